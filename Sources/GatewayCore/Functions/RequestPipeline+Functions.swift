import Model

extension RequestPipeline {
    /// Has a function answer the request (`docs/lambda.md`).
    @inline(never)
    func callFunction(
        _ access: GatewayLambdaAccess, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        guard let function = api.operations[Int(exchange.operation)].function, let caller = settings.functions else {
            return .refused(.functionMissing)
        }
        if exchange.requestBody == nil, head.body != .none { return .needsBody(limit: Self.functionBodyBytes) }
        if let tokens = settings.backendTokens, let refusal = addBackendToken(tokens, api, call, head, exchange) {
            return .refused(refusal)
        }
        let event = event(for: function, head, exchange)
        let definition = function.definition
        let now = call.now
        return .waits(
            Errand("the function", timeoutMilliseconds: Int64(definition.timeoutMilliseconds)) {
                try await caller.call(definition, access, event: event)
            } resume: { [self] (result: Result<[UInt8], any Error>) in
                switch result {
                case .success(let answer):
                    exchange.upstreamStatus = 200
                    exchange.answer.status = 200
                    exchange.answer.headerLines += Self.jsonLines
                    exchange.answer.body = answer
                    return passAnswer(exchange, nowMilliseconds: now)
                case .failure(ErrandFailure.timedOut): return .refused(.endpointFailed(UpstreamFailure.timedOut.rawValue))
                case .failure: return .refused(.functionFailed)
                }
            })
    }

    /// The longest event that functions take is 6 MB; Base64 makes a body a third longer.
    private static let functionBodyBytes = 4_500_000
    private static let jsonLines = Array("Content-Type: application/json\r\n".utf8)

    private func event(for function: CompiledFunction, _ head: RequestHead, _ exchange: Exchange) -> FunctionEvent {
        let draft = exchange.editRequest(head)
        // A draft that policies have made holds what the client sent in the place of these lines.
        if !exchange.addedRequestLines.isEmpty {
            if let name = FieldName(bytes: backendTokenField) { draft.remove(name) }
            draft.add(lines: Array(exchange.addedRequestLines))
        }
        return FunctionEvent(
            method: String(decoding: draft.method, as: UTF8.self), path: function.template, fields: draft.fields,
            pathParameters: function.parameters(in: exchange.upstreamPath(draft)),
            query: exchange.upstreamQuery(draft) ?? [], body: exchange.requestBody ?? [],
            encodesBody: function.definition.encodesContent)
    }
}
