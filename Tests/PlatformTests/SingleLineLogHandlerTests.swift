import Logging
import Synchronization
import Testing

@testable import Platform

@Suite("Lines of the platform's log")
struct SingleLineLogHandlerTests {
    private final class Events: Sendable {
        let all = Mutex<[(message: String, metadata: Logger.Metadata)]>([])
    }

    private struct Recorder: LogHandler {
        let events: Events
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
            events.all.withLock { $0.append((event.message.description, metadata)) }
        }
    }

    @Test(
        "what clients send begins no line of its own",
        arguments: [
            ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("a\tb", #"a\tb"#), ("a\u{1B}[31mb", #"a\u{1b}[31mb"#),
            ("a\u{85}b\u{2028}c", #"a\u{85}b\u{2028}c"#), (#"käse 🧀 \n"#, #"käse 🧀 \n"#),
        ])
    func controls(text: String, line: String) throws {
        let events = Events()
        var logger = Logger(label: "test") { _ in SingleLineLogHandler(Recorder(events: events)) }
        logger[metadataKey: "standing"] = "\(text)"
        logger.info("\(text)", metadata: ["one": "\(text)", "list": [["two": "\(text)"]]])
        let logged = events.all.withLock { $0 }
        let event = try #require(logged.first)
        #expect(event.message == line)
        #expect(event.metadata == ["standing": "\(line)", "one": "\(line)", "list": [["two": "\(line)"]]])
    }
}
