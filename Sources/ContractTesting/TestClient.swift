import ContractRouter
import Documents
import Testing

/// Sends requests to an engine without a socket and reads its answers; for the tests of every API target.
public struct TestClient: Sendable {
    public let engine: ContractEngine
    /// The `Authorization` header of every request, for instance `Bearer admin`; `nil` sends none.
    public var authorization: String?
    /// Whether an answer that breaks its contract is an issue of the test.
    public var checksAnswers = true

    public init(_ engine: ContractEngine, authorization: String? = nil) {
        self.engine = engine
        self.authorization = authorization
    }

    /// The same client with another credential.
    public func with(authorization: String?) -> TestClient {
        var client = self
        client.authorization = authorization
        return client
    }

    public func send(
        _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async -> TestAnswer {
        var headers = headers
        if let authorization { headers.append(("Authorization", authorization)) }
        let request = IncomingRequest(method: method, target: target, headers: headers, body: body, host: "localhost:9443")
        let response = await engine.respond(to: request)
        if checksAnswers {
            do {
                for violation in try engine.violations(of: response, to: request) { Issue.record("\(violation)") }
            } catch {
                Issue.record(error)
            }
        }
        return TestAnswer(response: response)
    }

    public func get(_ target: String, headers: [(name: String, value: String)] = []) async -> TestAnswer {
        await send("GET", target, headers: headers)
    }

    public func delete(_ target: String, headers: [(name: String, value: String)] = []) async -> TestAnswer {
        await send("DELETE", target, headers: headers)
    }

    public func post(_ target: String, json: JSONValue, headers: [(name: String, value: String)] = []) async -> TestAnswer {
        await send("POST", target, headers: headers + [("Content-Type", "application/json")], body: json.serialized())
    }

    public func put(_ target: String, json: JSONValue, headers: [(name: String, value: String)] = []) async -> TestAnswer {
        await send("PUT", target, headers: headers + [("Content-Type", "application/json")], body: json.serialized())
    }

    /// A form of `application/x-www-form-urlencoded`.
    public func post(_ target: String, form: String, headers: [(name: String, value: String)] = []) async -> TestAnswer {
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return await send("POST", target, headers: headers + [type], body: Array(form.utf8))
    }

    /// A multipart form of texts and files.
    public func multipart(_ method: String, _ target: String, _ fields: [TestField]) async -> TestAnswer {
        let boundary = "boundary-of-the-test"
        var body: [UInt8] = []
        for field in fields {
            let file = field.fileName.map { "; filename=\"\($0)\"" } ?? ""
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\(file)\r\n\r\n".utf8)
            body += field.bytes + [13, 10]
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return await send(method, target, headers: [("Content-Type", "multipart/form-data; boundary=\(boundary)")], body: body)
    }
}

/// One field of a multipart form.
public struct TestField: Sendable {
    public var name: String
    public var fileName: String?
    public var bytes: [UInt8]

    public init(_ name: String, _ text: String, fileName: String? = nil) {
        self.init(name, bytes: Array(text.utf8), fileName: fileName)
    }

    public init(_ name: String, bytes: [UInt8], fileName: String? = nil) {
        self.name = name
        self.fileName = fileName
        self.bytes = bytes
    }
}

/// What came back.
public struct TestAnswer: Sendable {
    public var response: OutgoingResponse
    public var status: Int { response.status }
    public var text: String { String(decoding: response.body, as: UTF8.self) }
    /// The body as JSON; `null` if it is none.
    public var json: JSONValue { (try? JSONValue.parse(response.body)) ?? .null }
    /// The `code` of an error body.
    public var code: Int? { json["code"]?.int }

    /// The first value of a header; `name` is lower case.
    public func header(_ name: String) -> String? { response.header(name) }
}
