/// The head of the flow's message, whichever it is.
extension PolicyVisit {
    /// The value of the first field of a name; nil if there is none.
    package func value(of name: FieldName) -> [UInt8]? {
        flow == .request ? request?.value(of: name) : response?.value(of: name)
    }

    /// Makes the message have exactly one field of a name.
    package func set(_ name: FieldName, to value: [UInt8]) {
        if flow == .request { request?.set(name, to: value) } else { response?.set(name, to: value) }
    }

    package func remove(_ name: FieldName) {
        if flow == .request { request?.remove(name) } else { response?.remove(name) }
    }

    /// All fields, in order.
    package var fields: [(name: [UInt8], value: [UInt8])] { (flow == .request ? request?.fields : response?.fields) ?? [] }
}
