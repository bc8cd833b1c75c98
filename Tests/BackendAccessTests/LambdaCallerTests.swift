import Documents
import FoundationEssentials
import Logging
import Model
import Synchronization
import Testing

@testable import BackendAccess
@testable import GatewayCore

@Suite("Functions of AWS Lambda")
struct LambdaCallerTests {
    private static let name = "arn:aws:lambda:eu-west-1:123456789012:function:menu"
    private static let now: Int64 = 1_700_000_000_000

    /// Services that answer as a test says, and keep what they were asked.
    private final class Services: Sendable {
        private let state: Mutex<(calls: [AWSCall], milliseconds: Int64)> = Mutex(([], LambdaCallerTests.now))
        private let answer: @Sendable (AWSCall) -> AWSAnswer

        init(_ answer: @escaping @Sendable (AWSCall) -> AWSAnswer) { self.answer = answer }

        var calls: [AWSCall] { state.withLock { $0.calls } }
        func pass(_ milliseconds: Int64) { state.withLock { $0.milliseconds += milliseconds } }

        func caller(environment: [String: String] = [:]) -> LambdaCaller {
            LambdaCaller(
                services: AWSServices(), environment: environment, time: TimeSource { self.state.withLock { $0.milliseconds } },
                logger: Logger(label: "test")
            ) { call in
                self.state.withLock { $0.calls.append(call) }
                return self.answer(call)
            }
        }
    }

    private static func ok(_ text: String, error: String? = nil, status: Int = 200) -> AWSAnswer {
        AWSAnswer(status: status, functionError: error, body: Array(text.utf8))
    }

    private static func access(
        key: String? = "AK", region: String? = "eu-west-1", role: GatewayLambdaRole? = nil
    ) -> GatewayLambdaAccess {
        GatewayLambdaAccess(accessKey: key, secretKey: key.map { _ in GatewaySecret("sk") }, region: region, role: role)
    }

    private static func event(_ body: String = "") -> FunctionEvent {
        FunctionEvent(
            method: "POST", path: "/order/{id}", fields: [(name: Array("A".utf8), value: Array("1".utf8))],
            pathParameters: [("id", "7")], query: Array("x=1&x=a%20b&y".utf8), body: Array(body.utf8), encodesBody: false)
    }

    private func call(
        _ caller: LambdaCaller, _ access: GatewayLambdaAccess = access(), name: String = name
    ) async throws -> String {
        let answer = try await caller.call(GatewayLambdaFunction(resourceName: name), access, event: Self.event("hi"))
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("a function is called with the request as an event, signed with the API's keys")
    func calls() async throws {
        let services = Services { _ in Self.ok(#"{"dish":"soup"}"#) }
        #expect(try await call(services.caller()) == #"{"dish":"soup"}"#)
        let call = try #require(services.calls.first)
        #expect(call.base == "https://lambda.eu-west-1.amazonaws.com")
        #expect(
            call.path
                == "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Amenu/invocations")
        let authorization = call.fields.first { $0.name == "Authorization" }?.value
        #expect(authorization?.hasPrefix("AWS4-HMAC-SHA256 Credential=AK/20231114/eu-west-1/lambda/aws4_request, ") == true)
        let event = try JSONValue.parse(call.body)
        #expect(event["httpMethod"] == "POST" && event["path"] == "/order/{id}")
        #expect(event["headers"] == ["A": "1"] && event["pathParameters"] == ["id": "7"])
        #expect(event["queryStringParameters"] == ["x": "1,a b", "y": ""])
        #expect(event["body"] == "hi" && event["isBase64Encoded"] == false)
    }

    @Test("bodies that are no text, or that the API wants so, are sent in Base64; an empty one is an empty object")
    func encodesBodies() throws {
        var event = Self.event()
        #expect(try JSONValue.parse(event.json)["body"] == "{}")
        event.body = [0xff, 0x00]
        #expect(try JSONValue.parse(event.json)["body"] == "/wA=")
        #expect(try JSONValue.parse(event.json)["isBase64Encoded"] == true)
        event.body = Array("hi".utf8)
        event.encodesBody = true
        #expect(try JSONValue.parse(event.json)["body"] == "aGk=")
    }

    @Test("without a region the function's name tells it")
    func findsRegion() async throws {
        let services = Services { _ in Self.ok("{}") }
        _ = try await call(services.caller(), Self.access(region: nil))
        #expect(services.calls.first?.base == "https://lambda.eu-west-1.amazonaws.com")
        _ = try await call(services.caller(environment: ["AWS_REGION": "us-east-2"]), Self.access(region: nil), name: "menu")
        #expect(services.calls.last?.base == "https://lambda.us-east-2.amazonaws.com")
    }

    @Test(
        "a refusal of the service and a failure of the function are errors",
        arguments: [
            (ok("", status: 403), AWSError.status(403, service: "the function service")),
            (ok(#"{"errorMessage":"x","stackTrace":[]}"#, error: "Unhandled"), AWSError.functionFailed("Unhandled")),
        ])
    func fails(_ answer: AWSAnswer, _ error: AWSError) async throws {
        let services = Services { _ in answer }
        await #expect(throws: error) { try await self.call(services.caller()) }
    }

    @Test("a name that cannot stand in a request is refused")
    func refusesNames() async throws {
        let services = Services { _ in Self.ok("{}") }
        await #expect(throws: AWSError.malformedName) { try await self.call(services.caller(), name: "a\r\nb") }
        #expect(services.calls.isEmpty)
    }

    @Test("a role is taken on first, once, and again shortly before its keys end")
    func takesOnRole() async throws {
        let expiration = Date(timeIntervalSince1970: Double(Self.now) / 1000 + 3_600).ISO8601Format()
        let services = Services { call in
            guard call.base.contains("sts") else { return Self.ok("{}") }
            return Self.ok(
                """
                <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>TEMP</AccessKeyId>
                <SecretAccessKey>ts</SecretAccessKey><SessionToken>st+/=</SessionToken>
                <Expiration>\(expiration)</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
                """)
        }
        let caller = services.caller()
        let access = Self.access(
            role: GatewayLambdaRole(resourceName: "arn:aws:iam::1:role/r", sessionName: "martlet", region: ""))
        _ = try await call(caller, access)
        _ = try await call(caller, access)
        #expect(services.calls.count == 3)
        let first = services.calls[0]
        #expect(first.base == "https://sts.eu-west-1.amazonaws.com")
        #expect(
            String(decoding: first.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=martlet")
        #expect(first.fields.contains { $0.value.contains("Credential=AK/20231114/eu-west-1/sts/") })
        #expect(services.calls[1].fields.contains { $0.name == "X-Amz-Security-Token" && $0.value == "st+/=" })
        #expect(services.calls[1].fields.contains { $0.value.contains("Credential=TEMP/") })
        services.pass(3_300_000)
        _ = try await call(caller, access)
        #expect(services.calls.count == 5)
    }

    @Test("a role that is denied, or an answer without keys, is an error")
    func isDenied() async throws {
        let access = Self.access(role: GatewayLambdaRole(resourceName: "r", sessionName: "s", region: "us-east-1"))
        let denying = Services { _ in Self.ok("", status: 403) }
        await #expect(throws: AWSError.status(403, service: "the token service")) {
            try await self.call(denying.caller(), access)
        }
        let odd = Services { _ in Self.ok("<AccessKeyId>a<b/></AccessKeyId>") }
        await #expect(throws: AWSError.malformedAnswer(service: "the token service")) {
            try await self.call(odd.caller(), access)
        }
    }

    @Test("without keys those of the environment, of the container, or of the machine's role count")
    func findsKeys() async throws {
        let expiration = Date(timeIntervalSince1970: Double(Self.now) / 1000 + 3_600).ISO8601Format()
        let services = Services { call in
            switch call.path {
            case "/latest/api/token": Self.ok("imds")
            case "/latest/meta-data/iam/security-credentials/": Self.ok("gateway-role\n")
            case "/latest/meta-data/iam/security-credentials/gateway-role", "/creds":
                Self.ok(
                    #"{"AccessKeyId":"MK","SecretAccessKey":"ms","Token":"mt","Expiration":"\#(expiration)"}"#)
            default: Self.ok("{}")
            }
        }
        _ = try await call(services.caller(), Self.access(key: nil))
        #expect(services.calls.map(\.method) == ["PUT", "GET", "PUT", "GET", "POST"])
        #expect(services.calls.dropLast().allSatisfy { $0.isOfMachine && $0.base == "http://169.254.169.254" })
        #expect(services.calls.last?.fields.contains { $0.value.contains("Credential=MK/") } == true)
        _ = try await call(
            services.caller(environment: ["AWS_ACCESS_KEY_ID": "EK", "AWS_SECRET_ACCESS_KEY": "es"]), Self.access(key: nil))
        #expect(services.calls.last?.fields.contains { $0.value.contains("Credential=EK/") } == true)
        _ = try await call(
            services.caller(environment: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/creds"]), Self.access(key: nil))
        #expect(services.calls.contains { $0.base == "http://169.254.170.2" && $0.path == "/creds" })
    }

    @Test("a machine without role has no keys")
    func hasNoKeys() async throws {
        let services = Services { Self.ok("", status: $0.path == "/latest/api/token" ? 200 : 404) }
        await #expect(throws: AWSError.noCredentials("the machine has no role")) {
            try await self.call(services.caller(), Self.access(key: nil))
        }
    }
}
