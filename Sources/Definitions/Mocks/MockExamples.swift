import Documents
import Model

/// The answers that an OpenAPI document gives as examples, so that an API can answer before its backend is there.
public struct MockExamples {
    private let document: JSONValue
    private let isVersion2: Bool

    public init(_ document: JSONValue) {
        self.document = document
        isVersion2 = document["swagger"] != nil
    }

    /// The answers of an operation by ascending status, the `default` one last. Where the document has no example, one is made of the
    /// schema. An operation without any answer gets an empty 200.
    public func responses(verb: String, target: String) -> [GatewayMock.Response] {
        let item = resolved(document["paths"]?[target])
        let operation = item?[verb.lowercased()]
        var found: [(order: Int, response: GatewayMock.Response)] = []
        for (name, value) in operation?["responses"]?.object ?? JSONObject() where !name.hasPrefix("x-") {
            let status = Self.status(name)
            for response in responses(status.value, resolved(value) ?? [:], operation) {
                found.append((status.order, response))
            }
        }
        guard !found.isEmpty else { return [GatewayMock.Response(status: 200, mediaType: "", body: "")] }
        return found.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }.map(
            \.element.response)
    }

    /// `2XX` stands for the first of its class, `default` for 200.
    private static func status(_ name: String) -> (value: Int, order: Int) {
        if let number = Int(name), (100...599).contains(number) { return (number, number) }
        if name.count == 3, name.uppercased().hasSuffix("XX"), let first = name.first?.wholeNumberValue, (1...5).contains(first)
        {
            return (first * 100, first * 100 + 99)
        }
        return (200, 1_000)
    }

    private func responses(_ status: Int, _ response: JSONValue, _ operation: JSONValue?) -> [GatewayMock.Response] {
        if isVersion2 { return version2(status, response, operation) }
        let content = response["content"]?.object ?? JSONObject()
        guard !content.isEmpty else { return [GatewayMock.Response(status: status, mediaType: "", body: "")] }
        return content.map { mediaType, media in
            let example =
                media["example"] ?? media["examples"]?.object?.first { _ in true }.flatMap { resolved($0.value)?["value"] }
            return self.response(status, mediaType, example ?? sample(of: media["schema"]))
        }
    }

    private func version2(_ status: Int, _ response: JSONValue, _ operation: JSONValue?) -> [GatewayMock.Response] {
        let examples = response["examples"]?.object ?? JSONObject()
        if !examples.isEmpty { return examples.map { self.response(status, $0.name, $0.value) } }
        guard let schema = response["schema"] else { return [GatewayMock.Response(status: status, mediaType: "", body: "")] }
        let types = operation?["produces"]?.strings ?? document["produces"]?.strings ?? []
        return (types.isEmpty ? ["application/json"] : types).map { self.response(status, $0, sample(of: schema)) }
    }

    private func response(_ status: Int, _ mediaType: String, _ value: JSONValue) -> GatewayMock.Response {
        let isJSON = mediaType.hasSuffix("json") || mediaType.contains("json;") || mediaType == "*/*"
        let body = isJSON ? value.text : value.string ?? value.text
        return GatewayMock.Response(status: status, mediaType: mediaType == "*/*" ? "application/json" : mediaType, body: body)
    }

    private func sample(of schema: JSONValue?) -> JSONValue {
        var sample = SchemaSample(document)
        return sample.value(of: schema ?? [:])
    }

    /// What a reference within the document means; the value itself when it is none.
    private func resolved(_ value: JSONValue?) -> JSONValue? {
        var value = value
        for _ in 0..<20 {
            guard let reference = value?["$ref"]?.string else { return value }
            guard let pointer = JSONPointer(reference) else { return nil }
            value = document[pointer]
        }
        return nil
    }
}
