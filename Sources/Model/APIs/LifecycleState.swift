/// Where an API stands between its first draft and its retirement.
public enum LifecycleState: String, Sendable, Hashable, Codable, CaseIterable {
    case created = "CREATED"
    case prototyped = "PROTOTYPED"
    case published = "PUBLISHED"
    case blocked = "BLOCKED"
    case deprecated = "DEPRECATED"
    case retired = "RETIRED"
}

extension LifecycleState {
    /// What may happen to an API in this state, in the order in which portals offer it.
    public var transitions: [LifecycleTransition] {
        switch self {
        case .created: [.init(.publish, to: .published), .init(.prototype, to: .prototyped)]
        case .prototyped: [.init(.publish, to: .published), .init(.demote, to: .created)]
        case .published:
            [
                .init(.block, to: .blocked), .init(.prototype, to: .prototyped), .init(.demote, to: .created),
                .init(.deprecate, to: .deprecated),
            ]
        case .blocked: [.init(.deprecate, to: .deprecated), .init(.republish, to: .published)]
        case .deprecated: [.init(.retire, to: .retired)]
        case .retired: []
        }
    }

    /// The state after `action`, or `nil` when the action is not allowed here.
    public func target(of action: LifecycleAction) -> LifecycleState? {
        transitions.first { $0.action == action }?.target
    }

    /// Whether a change of a member needs a publisher's scope, not only a creator's.
    public var needsPublisherToEdit: Bool { self == .published || self == .deprecated }

    /// Whether the state is one before the first publication.
    public var isDraft: Bool { self == .created || self == .prototyped }
}

/// An event of the lifecycle, spelled as on the wire.
public enum LifecycleAction: String, Sendable, Hashable, CaseIterable {
    case publish = "Publish"
    case prototype = "Deploy as a Prototype"
    case demote = "Demote to Created"
    case block = "Block"
    case deprecate = "Deprecate"
    case republish = "Re-Publish"
    case retire = "Retire"
}

/// One edge of the lifecycle.
public struct LifecycleTransition: Sendable, Hashable {
    public var action: LifecycleAction
    public var target: LifecycleState

    public init(_ action: LifecycleAction, to target: LifecycleState) {
        self.action = action
        self.target = target
    }
}
