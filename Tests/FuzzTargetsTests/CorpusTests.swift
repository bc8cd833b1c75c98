import Foundation
import Testing

@testable import FuzzTargets

/// Plays every input again that was worth keeping.
@Suite(.timeLimit(.minutes(60)))
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    @Test("no input of the corpus breaks a promise", arguments: FuzzTarget.allCases)
    func replays(target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: target.rawValue)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        try #require(!files.isEmpty)
        for file in files {
            let input = try Array(Data(contentsOf: file))
            #expect(throws: Never.self, "\(target)/\(file.lastPathComponent)") { try target.run(input) }
        }
    }

    @Test("a cut at any place breaks no promise either", arguments: FuzzTarget.allCases)
    func replaysParts(target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: target.rawValue)
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let input = try Array(Data(contentsOf: file).prefix(200))
            for end in 0..<input.count {
                #expect(throws: Never.self, "\(target)/\(file.lastPathComponent), \(end) bytes") {
                    try target.run(Array(input[..<end]))
                }
            }
        }
    }

    /// Changes of each input; `MARTLET_FUZZ_ROUNDS` has more of them made.
    private static let rounds = ProcessInfo.processInfo.environment["MARTLET_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 10

    @Test("changed inputs break no promise", arguments: FuzzTarget.allCases)
    func mutates(target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let inputs = try names.map { try Array(Data(contentsOf: folder.appending(path: $0))) }
        var mutations = Mutations(seed: 1)
        for round in 0..<Self.rounds {
            for (index, input) in inputs.enumerated() {
                let changed = mutations.mutate(input, with: inputs[(index + round + 1) % inputs.count])
                #expect(throws: Never.self, "\(target): \(String(reflecting: String(decoding: changed, as: UTF8.self)))") {
                    try target.run(changed)
                }
            }
        }
    }

    @Test("the genuine token is accepted, so that accepting another one would show")
    func verifies() throws {
        let input = try Array(Data(contentsOf: Self.folder.appending(path: "token/signed")).dropFirst())
        #expect(TokenTarget.accepts(input))
        #expect(!TokenTarget.accepts(input.dropLast()))
    }
}
