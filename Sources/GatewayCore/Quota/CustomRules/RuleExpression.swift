import Model

/// An expression of a custom rule as it is evaluated: texts as bytes, patterns prepared.
indirect enum RuleExpression: Sendable {
    case constant(RuleValue)
    case attribute(CustomRuleAttribute)
    case property(RuleProperty)
    case find(TextPattern, RuleExpression)
    case call(CustomRuleFunction, [RuleExpression])

    init(_ expression: CustomRuleExpression) {
        switch expression {
        case .text(let text): self = .constant(.text(Array(text.utf8)))
        case .integer(let value): self = .constant(.integer(value))
        case .number(let value): self = .constant(.number(value))
        case .truth(let value): self = .constant(.truth(value))
        case .attribute(let attribute): self = .attribute(attribute)
        case .property(let name): self = .property(RuleProperty(name))
        case .call(.find, let arguments):
            guard arguments.count == 2, case .text(let text) = arguments[0], let pattern = TextPattern(text) else {
                self = .constant(.missing)
                return
            }
            self = .find(pattern, RuleExpression(arguments[1]))
        case .call(let function, let arguments): self = .call(function, arguments.map(RuleExpression.init))
        }
    }

    /// Evaluates for a request. The depth is bounded where rules are read.
    func value(for request: RuleSubject) -> RuleValue {
        switch self {
        case .constant(let value): return value
        case .attribute(let attribute): return request.value(of: attribute)
        case .property(let property): return property.value(for: request)
        case .find(let pattern, let subject):
            guard let text = subject.value(for: request).text else { return .missing }
            return .truth(pattern.occurs(in: text))
        case .call(let function, let arguments): return RuleFunctions.apply(function, arguments, request)
        }
    }
}

/// An entry of the properties map.
enum RuleProperty: Sendable {
    case ip, ipv6, messageSize, applicationName
    /// Name in lower case.
    case header([UInt8])

    init(_ name: String) {
        switch name {
        case "ip": self = .ip
        case "ipv6": self = .ipv6
        case "messageSize": self = .messageSize
        case "applicationName": self = .applicationName
        default: self = .header(Array(name.lowercased().utf8))
        }
    }

    func value(for request: RuleSubject) -> RuleValue {
        switch self {
        case .ip: return .integer(Int64(request.clientAddress?.version4 ?? 0))
        case .ipv6: return request.value(of: .clientIp)
        case .messageSize: return .integer(request.counted.bytes)
        case .applicationName:
            return (request.counted.application?.definition.name).map { .text(Array($0.utf8)) } ?? .missing
        case .header(let name):
            guard let found = RequestFields.find(name, request.counted.head) else { return .missing }
            return .text(Array(RequestFields.value(found.index, request.counted.head)))
        }
    }
}
