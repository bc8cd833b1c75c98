import Documents

/// What an OpenAPI document says of the messages of its operations, compiled: to check a message, nothing of the document is read any more.
public struct MessageContract: Sendable {
    private let operations: [String: OperationContract]

    /// Compiles a document of any OpenAPI version. Throws where a schema cannot be used, with its place.
    public init(_ document: JSONValue) throws(SchemaError) {
        let document = document["swagger"] == nil ? document : Swagger2Conversion(document).converted
        var compiler = MessageContractCompiler(document: document)
        let rules = try compiler.operations()
        let schemas = try JSONSchema.compile(document: document, at: compiler.pointers)
        operations = rules.mapValues { OperationContract(rules: $0, schemas: schemas) }
    }

    /// What is said of the operation with a verb and a path template; `nil` if the document does not have it.
    public subscript(verb: String, target: String) -> OperationContract? { operations["\(verb.uppercased()) \(target)"] }
}

/// What an OpenAPI document says of the requests and answers of one operation.
public struct OperationContract: Sendable {
    let rules: OperationMessageRules
    /// Those of the whole document; rules name them by their index.
    let schemas: [JSONSchema]

    /// Whether anything is said of the bodies of requests.
    public var readsRequestBodies: Bool { rules.body.map { $0.isRequired || !$0.contents.isEmpty } ?? false }
    /// Whether anything is said of the bodies of answers.
    public var readsResponseBodies: Bool { rules.responses.contains { !$0.rules.contents.isEmpty } }

    /// The same without the fields and query parameters of some names, lower case.
    public func ignoring(_ names: Set<String>) -> OperationContract {
        var rules = rules
        rules.parameters.removeAll { ($0.place == .header || $0.place == .query) && names.contains($0.name.lowercased()) }
        return OperationContract(rules: rules, schemas: schemas)
    }

    /// What is wrong with the parameters of a request, one sentence each.
    public func findings(in parameters: MessageParameters) -> [String] {
        rules.parameters.flatMap { ParameterCheck(rule: $0, schemas: schemas).findings(in: parameters) }
    }

    /// What is expected of the body of a request.
    public func requestBody(ofType mediaType: String?) -> BodyExpectation {
        guard let body = rules.body else { return .anything }
        return expectation(body.contents, mediaType, isRequired: body.isRequired, .request)
    }

    /// What is expected of an answer with a status.
    public func response(status: Int) -> ResponseContract {
        guard !rules.responses.isEmpty else { return .anything }
        let found =
            rules.responses.first { $0.status == .code(status) } ?? rules.responses.first { $0.status == .group(status / 100) }
            ?? rules.responses.first { $0.status == .others }
        guard let found else {
            // Documents seldom name every failure, so that only successes have to be among what they name.
            return (200...299).contains(status) ? .undeclared("the status \(status) is not declared") : .anything
        }
        return .declared(self, found.rules)
    }

    func expectation(
        _ contents: [OperationMessageRules.Content], _ mediaType: String?, isRequired: Bool, _ direction: BodySchema.Direction
    ) -> BodyExpectation {
        guard !contents.isEmpty else { return isRequired ? .checked(BodySchema(nil, isRequired: true, direction)) : .anything }
        let essence = MediaRange.essence(of: mediaType ?? "")
        guard let content = contents.first(where: { $0.range.includes(essence) }) else {
            let expected = contents.map(\.range.text).joined(separator: ", ")
            let given = essence.isEmpty ? "the content type is missing" : "the content type \(essence) is not expected"
            return .otherType("\(given); one of \(expected) is", isRequired: isRequired)
        }
        guard let form = BodySchema.Form(essence), let schema = content.schema else {
            return isRequired ? .checked(BodySchema(nil, isRequired: true, direction)) : .anything
        }
        return .checked(
            BodySchema((form, schemas[schema]), lists: content.lists, isRequired: isRequired, direction))
    }
}

/// What is expected of a body.
public enum BodyExpectation: Sendable {
    /// It may be anything.
    case anything
    /// A body of this type is not expected; with a sentence. Without body there is nothing wrong unless one is required.
    case otherType(String, isRequired: Bool)
    /// It has to be looked at.
    case checked(BodySchema)
}

/// What is expected of answers with one status.
public enum ResponseContract: Sendable {
    case anything
    /// There should be no such answer; with a sentence.
    case undeclared(String)
    case declared(OperationContract, ResponseMessageRules)

    /// What is wrong with the answer's fields.
    public func findings(in parameters: MessageParameters) -> [String] {
        switch self {
        case .anything: []
        case .undeclared(let sentence): [sentence]
        case .declared(let contract, let rules):
            rules.headers.flatMap { ParameterCheck(rule: $0, schemas: contract.schemas).findings(in: parameters) }
        }
    }

    /// What is expected of the answer's body.
    public func body(ofType mediaType: String?) -> BodyExpectation {
        guard case .declared(let contract, let rules) = self else { return .anything }
        return contract.expectation(rules.contents, mediaType, isRequired: false, .response)
    }
}
