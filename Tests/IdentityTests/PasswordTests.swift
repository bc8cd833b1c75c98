import Foundation
import Model
import Testing

@testable import Identity

@Suite("Passwords")
struct PasswordTests {
    private static let cheap = PasswordCost(exponent: 4, blockSize: 1, parallelism: 1)

    /// The first of two SHA-256 blocks of the published value; the second is independent of it (RFC 8018 §5.2).
    @Test("hashes are those of RFC 7914 §12")
    func vector() throws {
        let salt = Data("NaCl".utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
        let digest: [UInt8] = [
            0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00, 0x78, 0x56, 0xe7, 0x19, 0x0d, 0x01, 0xe9, 0xfe, 0x7c, 0x6a, 0xd7,
            0xcb, 0xc8, 0x23, 0x78, 0x30, 0xe7, 0x73, 0x76, 0x63, 0x4b, 0x37, 0x31, 0x62,
        ]
        let text = Data(digest).base64EncodedString().replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        let hash = try require(PasswordHash("scrypt$10$8$16$\(salt)$\(text)"))
        #expect(hash.digest == digest)
        #expect(try hash.matches("password"))
        #expect(try !hash.matches("Password"))
        #expect(hash.text == "scrypt$10$8$16$\(salt)$\(text)")
    }

    @Test(
        "what is no hash is refused", arguments: ["", "plain", "scrypt$a$8$3$x$y", "bcrypt$15$8$3$AA$AA", "scrypt$15$8$3$AA"])
    func malformed(_ text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("the delivered cost is that of the design")
    func cost() {
        #expect(PasswordCost.standard == PasswordCost(exponent: 15, blockSize: 8, parallelism: 3))
        #expect(IdentitySettings().passwordCost == .standard)
    }

    @Test("equal passwords have different hashes")
    func salts() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        let first = try await hasher.hash("secret")
        let second = try await hasher.hash("secret")
        #expect(first != second)
        #expect(try await hasher.matches("secret", stored: first))
        #expect(try await !hasher.matches("other", stored: first))
        #expect(try await !hasher.matches("secret", stored: nil))
        #expect(try await !hasher.matches("secret", stored: "damaged"))
    }

    @Test("a remembered success does not outlive a changed password")
    func memory() async throws {
        let hasher = try PasswordHasher(cost: Self.cheap)
        let old = try await hasher.hash("secret")
        let new = try await hasher.hash("changed")
        for _ in 0..<3 { #expect(try await hasher.matches("secret", stored: old)) }
        #expect(try await !hasher.matches("secret", stored: new))
    }

    @Test("an unknown user costs as much work as a wrong password")
    func equalWork() async throws {
        let hasher = try PasswordHasher(cost: PasswordCost(exponent: 13, blockSize: 8, parallelism: 1))
        let stored = try await hasher.hash("secret")
        var known: [Duration] = []
        var unknown: [Duration] = []
        for _ in 0..<9 {
            known.append(try await duration { try await hasher.matches("wrong", stored: stored) })
            unknown.append(try await duration { try await hasher.matches("wrong", stored: nil) })
        }
        let ratio = known.sorted()[4] / unknown.sorted()[4]
        #expect((0.4...2.5).contains(ratio))
    }

    private func duration(_ work: () async throws -> Bool) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try await !work())
        return start.duration(to: clock.now)
    }

    @Test("a flood of guesses is refused rather than queued without end")
    func flood() async throws {
        let hasher = try PasswordHasher(cost: PasswordCost(exponent: 12, blockSize: 8, parallelism: 1))
        let refusals = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    do {
                        return try await hasher.matches("x", stored: nil)
                    } catch {
                        return error as? CatalogueError == .tooManySignIns
                    }
                }
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
        #expect(refusals > 0)
        #expect(try await !hasher.matches("x", stored: nil))
    }
}
