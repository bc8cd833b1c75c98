import Archives
import Documents
import Model
import Testing

@testable import Publishing

@Suite("Archives of policies")
struct PolicyArchiveTests {
    @Test("what is exported can be imported elsewhere, unchanged", arguments: [PolicyArchive.Form.yaml, .json])
    func roundTrip(_ form: PolicyArchive.Form) async throws {
        let here = try await PublishingFixture()
        let policy = try await here.upload(script: "function on_request() end")
        let archive = PolicyArchive.archive(policy, form)
        let elsewhere = try await PublishingFixture()
        let imported = try await elsewhere.services.operationPolicies.add(
            PolicyArchive.upload(archive), toAPI: nil, by: .publisher, .test(.publisher))
        #expect(imported.md5 == policy.md5 && imported.specification == policy.specification)
        #expect(imported.definitions == policy.definitions)
    }

    @Test("files are named after the policy")
    func names() async throws {
        let fixture = try await PublishingFixture()
        let archive = PolicyArchive.archive(try await fixture.upload(), .yaml)
        #expect(try ZIPArchive.files(of: archive).map(\.path) == ["season_v1/season_v1.yaml", "season_v1/season_v1.lua"])
    }

    @Test("what is no archive of a policy is refused")
    func refused() throws {
        func code(_ bytes: [UInt8]) -> Int? {
            do throws(CatalogueError) {
                _ = try PolicyArchive.upload(bytes).content()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([1, 2, 3]) == 902006)
        #expect(code(ZIPArchive.archive(of: [.init(path: "a.lua", bytes: [])])) == 902006)
        #expect(code(ZIPArchive.archive(of: [.init(path: "a.yaml", bytes: Array("name: [".utf8))])) == 902006)
    }
}
