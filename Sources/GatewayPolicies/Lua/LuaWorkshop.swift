import GatewayCore
import Model
import Synchronization

/// The scripts of one API. Its policies share a state on each event loop, which they do not share with those of any other API.
final class LuaWorkshop: Sendable {
    private struct Script {
        let name: String
        let source: String
    }

    private static let lastIdentity = Atomic<UInt64>(0)

    /// Never used twice, other than an address in memory.
    let identity = LuaWorkshop.lastIdentity.wrappingAdd(1, ordering: .relaxed).newValue
    let services: PolicyServices
    private let scripts = Mutex<[Script]>([])

    init(services: PolicyServices) { self.services = services }

    func policy(_ use: GatewayPolicyUse, script source: String, parameters: [String: String]) -> LuaPolicy {
        let title = "\(use.name) \(use.version)"
        let index = scripts.withLock { scripts in
            if let known = scripts.firstIndex(where: { $0.name == title && $0.source == source }) { return known }
            scripts.append(Script(name: title, source: source))
            return scripts.count - 1
        }
        return LuaPolicy(
            needsBody: Self.namesBody(source), title: title, parameters: parameters, script: index, workshop: self)
    }

    func script(_ index: Int) -> (name: String, source: String)? {
        scripts.withLock { $0.indices.contains(index) ? ($0[index].name, $0[index].source) : nil }
    }

    /// Whether the script speaks of `body`, as a word of its own; only then bodies are collected for it.
    static func namesBody(_ script: String) -> Bool {
        func isPartOfWord(_ byte: UInt8) -> Bool {
            byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        return script.utf8.split { !isPartOfWord($0) }.contains { $0.elementsEqual("body".utf8) }
    }
}
