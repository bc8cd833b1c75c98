extension Setting where Value == String {
    /// The path of a URL, perhaps with a query.
    func urlPath() -> Self {
        var copy = self
        copy.isAllowed = { $0.hasPrefix("/") && $0.utf8.allSatisfy { (0x21...0x7e).contains($0) } }
        copy.expectation = "a path that begins with /"
        return copy
    }
}
