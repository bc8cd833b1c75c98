/// Which fields end at this hop (RFC 9110 §7.6.1).
package enum FieldRules {
    /// Fields that are never copied to the other side; framing and `Host` are written anew.
    @inline(__always)
    package static func isHopByHop(_ known: KnownHeader) -> Bool {
        switch known {
        case .connection, .keepAlive, .proxyConnection, .te, .upgrade, .transferEncoding, .contentLength, .removed: true
        default: false
        }
    }

    /// Whether a `Connection` field names others than itself, so that ``isNominated(_:by:)`` has to be asked.
    static func nominates(_ connection: UnsafeRawBufferPointer) -> Bool {
        var result = false
        ByteScanning.forEachElement(of: connection) { element in
            guard let start = element.baseAddress else { return true }
            switch element.count {
            case 5: result = !ByteScanning.equals(start, "close")
            case 10: result = !ByteScanning.equals(start, "keep-alive")
            default: result = true
            }
            return !result
        }
        return result
    }

    /// Whether the `Connection` field's list holds this name.
    static func isNominated(_ name: UnsafeRawBufferPointer, by connection: UnsafeRawBufferPointer) -> Bool {
        var result = false
        ByteScanning.forEachElement(of: connection) { element in
            result = ByteScanning.equalTokens(element, name)
            return !result
        }
        return result
    }

    /// Whether one of the `Connection` fields in `fields` names the field called `name`.
    static func isNominated(_ name: ByteSpan, in fields: HeaderFields, base: UnsafeRawPointer) -> Bool {
        func bytes(_ span: ByteSpan) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: base + Int(span.start), count: Int(span.count))
        }
        for field in fields where field.known == .connection {
            if isNominated(bytes(name), by: bytes(field.value)) { return true }
        }
        return false
    }

    /// Whether one of the `Connection` fields in `fields` names other fields.
    @inline(__always)
    static func hasNominations(_ fields: HeaderFields, base: UnsafeRawPointer) -> Bool {
        for field in fields where field.known == .connection {
            let value = UnsafeRawBufferPointer(start: base + Int(field.value.start), count: Int(field.value.count))
            if nominates(value) { return true }
        }
        return false
    }
}
