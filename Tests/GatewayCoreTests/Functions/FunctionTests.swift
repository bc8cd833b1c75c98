import Documents
import Model
import Synchronization
import Testing

@testable import GatewayCore

@Suite("Functions in the place of back ends")
struct FunctionTests {
    private struct Broken: Error {}

    /// Answers with the event, or with nothing.
    private final class Functions: FunctionCaller {
        let events = Mutex<[(function: String, event: [UInt8])]>([])
        let fails: Bool

        init(fails: Bool = false) { self.fails = fails }

        func call(
            _ function: GatewayLambdaFunction, _ access: GatewayLambdaAccess, event: FunctionEvent
        ) async throws -> [UInt8] {
            events.withLock { $0.append((function.resourceName, event.json)) }
            if fails { throw Broken() }
            return Array(#"{"ok":true}"#.utf8)
        }
    }

    private func scene(
        _ functions: Functions?, names: Bool = true, policies: [String: ScriptedPolicy] = [:]
    ) -> ScriptedConnection {
        var settings = PipelineSettings()
        settings.functions = functions
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil), policies: ScriptedPolicies(policies: policies))
        let flows = GatewayPolicyFlows(response: policies.keys.sorted().flatMap { PolicyScene.uses($0) })
        let api = GatewayFixture.api { api in
            api.endpointKind = .lambda(GatewayLambdaAccess(accessKey: "AK", secretKey: nil, region: nil, role: nil))
            api.production = GatewayEndpointGroup(strategy: .single, endpoints: [GatewayEndpoint(url: "http://placeholder")])
            api.operations = ["GET", "POST"].map { verb in
                var operation = GatewayOperation(
                    verb: verb, target: "/order/{id}/{+rest}", authType: "None", policy: "Unlimited", scopes: [],
                    policies: flows)
                operation.lambda = names ? GatewayLambdaFunction(resourceName: "menu") : nil
                return operation
            }
        }
        builder.apply([.put(.api(api))])
        return ScriptedConnection(pipeline: RequestPipeline(settings: settings, snapshot: builder.build()))
    }

    @Test("the function gets the request and its answer is the client's")
    func answers() async throws {
        let functions = Functions()
        let subject = scene(functions)
        subject.client(
            EndpointSecurityScene.request(
                "POST", "/order/a%20b/c?x=1", "Authorization: Bearer client", "X-A: 1", "X-A: 2", "Content-Length: 2",
                body: "hi"))
        #expect(await subject.runErrand() == [])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"))
        #expect(subject.toClient.hasSuffix(#"{"ok":true}"#))
        let (name, bytes) = try #require(functions.events.withLock { $0.first })
        let event = try JSONValue.parse(bytes)
        #expect(name == "menu")
        #expect(event["pathParameters"] == ["id": "a b", "rest": "c"])
        #expect(event["path"] == "/order/{id}/{+rest}" && event["body"] == "hi")
        #expect(event["headers"]?["X-A"] == "1, 2")
        #expect(event["headers"]?["Authorization"] == nil)
        #expect(subject.connection.isIdle)
    }

    @Test("policies of the response flow change what the function answers, at once and later")
    func appliesPolicies() async {
        let first = ScriptedPolicy(needsBody: true) { visit in
            visit.set(.contentType, to: Array("text/plain".utf8))
            visit.body = Array("\(visit.text ?? "") seen".utf8)
            return .next
        }
        let second = ScriptedPolicy { visit in
            .waits(
                Errand("the oracle", timeoutMilliseconds: 10, work: { "later" }) { (result: Result<String, any Error>) in
                    visit.response?.setStatus(201)
                    visit.body = (visit.body ?? []) + Array(((try? result.get()) ?? "").utf8)
                    return .next
                })
        }
        let subject = scene(Functions(), policies: ["1": first, "2": second])
        subject.showsDates = true
        subject.client(EndpointSecurityScene.request("GET", "/order/1/2"))
        #expect(await subject.runErrand() == .runErrand)
        #expect(await subject.runErrand() == [])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nactivityid: 1\r\nDate: "))
        #expect(subject.toClient.hasSuffix("Content-Length: 21\r\n\r\n{\"ok\":true} seenlater"))
        #expect(subject.connection.isIdle)
    }

    @Test("a policy that refuses what the function answers has the gateway's own answer sent")
    func refusesAnswers() async {
        let refusal = Refusal(code: 900_999, status: 403, message: "Refused", description: "Not this")
        let subject = scene(Functions(), policies: ["no": ScriptedPolicy { _ in .refused(refusal) }])
        subject.client(EndpointSecurityScene.request("GET", "/order/1/2"))
        #expect(await subject.runErrand() == [])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 403 Forbidden\r\n") && subject.toClient.contains("activityid: 1\r\n"))
        #expect(!subject.toClient.contains("ok"))
    }

    @Test("a function that fails is a 500 that tells nothing of it")
    func fails() async {
        let subject = scene(Functions(fails: true))
        subject.client(EndpointSecurityScene.request("GET", "/order/1/2"))
        await subject.runErrand()
        #expect(subject.toClient.hasPrefix("HTTP/1.1 500 "))
        #expect(subject.toClient.contains(#""code":"101503""#))
    }

    @Test("an operation without function is refused, and so is a gateway without a way to call them")
    func refuses() {
        let nameless = scene(Functions(), names: false)
        #expect(nameless.client(EndpointSecurityScene.request("GET", "/order/1/2")) == [])
        #expect(nameless.toClient.hasPrefix("HTTP/1.1 500 "))
        #expect(scene(nil).client(EndpointSecurityScene.request("GET", "/order/1/2")) == [])
    }
}
