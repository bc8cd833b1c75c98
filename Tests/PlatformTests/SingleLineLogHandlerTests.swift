import Logging
import Testing

@testable import Platform

@Suite("Lines of the platform's log")
struct SingleLineLogHandlerTests {
    @Test(
        "what clients send begins no line of its own",
        arguments: [
            ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("a\tb", #"a\tb"#), ("a\u{1B}[31mb", #"a\u{1b}[31mb"#),
            ("a\u{85}b\u{2028}c", #"a\u{85}b\u{2028}c"#), (#"käse 🧀 \n"#, #"käse 🧀 \n"#),
        ])
    func controls(text: String, line: String) throws {
        let log = RecordedLog()
        var logger = Logger(label: "test") { _ in SingleLineLogHandler(RecordedLog.Handler(log: log)) }
        logger[metadataKey: "standing"] = "\(text)"
        logger.info("\(text)", metadata: ["one": "\(text)", "list": [["two": "\(text)"]]])
        let event = try #require(log.events.first)
        #expect(event.message == line)
        #expect(event.metadata == ["standing": "\(line)", "one": "\(line)", "list": [["two": "\(line)"]]])
    }
}
