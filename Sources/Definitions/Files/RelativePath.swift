import Documents

/// Paths of files within a set of files, with `/` between their parts.
enum RelativePath {
    /// The file that `reference` means in the file `base` (RFC 3986 §5.2, percent-encoding undone); `nil` if it is outside of the set.
    static func resolved(_ reference: String, from base: String) -> String? {
        guard let decoded = PercentDecoding.text(of: reference), !decoded.hasPrefix("/"),
            !decoded.contains(where: { $0 == "\\" || $0 == ":" })
        else { return nil }
        var parts = base.split(separator: "/").dropLast().map(String.init)
        for part in decoded.split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case ".", "": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(String(part))
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}
