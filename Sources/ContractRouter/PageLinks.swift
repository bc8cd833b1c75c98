import Documents

/// The `pagination` member of list bodies: relative links to the neighbouring pages with all other query parameters.
struct PageLinks {
    var page: Page
    var total: Int
    var request: APIRequest

    var json: JSONValue {
        let next = page.offset + page.limit < total ? link(offset: page.offset + page.limit) : ""
        let previous = page.offset > 0 ? link(offset: max(page.offset - page.limit, 0)) : ""
        return [
            "offset": JSONValue(page.offset), "limit": JSONValue(page.limit), "total": JSONValue(total),
            "next": JSONValue(next), "previous": JSONValue(previous),
        ]
    }

    private func link(offset: Int) -> String {
        var parameters = request.query
        parameters["limit"] = JSONValue(page.limit)
        parameters["offset"] = JSONValue(offset)
        let pairs = parameters.map { name, value in "\(name)=\(PercentEncoding.encodeQueryValue(value.plainText))" }
        return request.path + "?" + pairs.joined(separator: "&")
    }
}
