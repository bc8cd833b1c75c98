extension JSONParser {
    /// Reads a number and keeps its text; its value may lie outside of every machine type.
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() else { throw failure("expected a digit, found \(found)") }
        } else if position < end, isDigit(bytes[position]) {
            throw failure("a number must not begin with a superfluous zero", at: start)
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() else { throw failure("expected a digit after the decimal point, found \(found)") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { throw failure("expected a digit in the exponent, found \(found)") }
        }
        guard position - start <= limits.numberLength else {
            throw failure("a number has more than \(limits.numberLength) characters", .limit, at: start)
        }
        return JSONNumber(checked: String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Steps over digits; `false` if there is none.
    private mutating func skipDigits() -> Bool {
        let start = position
        while position < end, isDigit(bytes[position]) { position += 1 }
        return position > start
    }
}
