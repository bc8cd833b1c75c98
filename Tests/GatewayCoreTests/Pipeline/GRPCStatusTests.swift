import Testing

@testable import GatewayCore

struct GRPCStatusTests {
    @Test(
        "refusals have the status of gRPC that means the same",
        arguments: [
            (900_901, 401, 16), (900_908, 403, 7), (404, 404, 12), (405, 405, 12), (900_800, 429, 8), (900_801, 503, 14),
            (101_503, 500, 14), (101_504, 500, 4), (101_510, 502, 14), (303_001, 500, 14), (413, 413, 8), (400, 400, 13),
            (500, 500, 2),
        ] as [(Int32, Int32, Int64)])
    func maps(code: Int32, status: Int32, expected: Int64) {
        let refusal = Refusal(code: code, status: status, message: "", description: "")
        #expect(GRPCStatus(refusal).rawValue == expected)
    }

    @Test(
        "only messages of gRPC itself are answered in its terms",
        arguments: [
            ("application/grpc", true), ("application/grpc+proto", true), ("Application/gRPC;x=y", true),
            ("application/grpc-web", false), ("application/grpc-web+proto", false), ("application/json", false), ("", false),
        ])
    func recognises(type: String, expected: Bool) {
        #expect(Array(type.utf8).withUnsafeBytes { GRPCStatus.isType($0) } == expected)
    }

    @Test("a refusal is a head without body")
    func writes() {
        var answer = GatewayAnswer()
        let refusal = Refusal(code: 900_902, status: 401, message: "m", description: "50% näher", challenge: "Bearer")
        RefusalWriter.write(refusal, .grpc, into: &answer)
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(
            String(decoding: answer.headerLines, as: UTF8.self)
                == "Content-Type: application/grpc\r\ngrpc-status: 16\r\ngrpc-message: 900902: 50%25 n%C3%A4her\r\n"
                + "WWW-Authenticate: Bearer\r\n")
    }
}
