import CXMLReader

/// Reads XML documents of strangers.
enum XMLParser {
    enum Failure: Error {
        /// The document has a document type declaration, the door to entities.
        case documentType
        /// The handler stopped.
        case stopped
        /// No well-formed XML; with the parser's words.
        case malformed(String)
    }

    static func parse(_ bytes: [UInt8], _ handler: any XMLHandler) throws(Failure) {
        let bridge = HandlerBridge(handler)
        // Unretained: the bridge lives until the document is read.
        var callbacks = xml_handler(
            context: Unmanaged.passUnretained(bridge).toOpaque(),
            start: { context, name, attributes, count in
                HandlerBridge.of(context)?.start(name, attributes, count) ?? false ? 1 : 0
            },
            end: { context in HandlerBridge.of(context)?.handler.end() },
            text: { context, text in HandlerBridge.of(context)?.handler.text(text.buffer) })
        var message = [CChar](repeating: 0, count: 256)
        let outcome = withExtendedLifetime(bridge) {
            bytes.withUnsafeBytes { buffer in
                let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return xml_read(xml_text(bytes: start, count: buffer.count), &callbacks, &message, message.count)
            }
        }
        switch outcome {
        case XML_READ: return
        case XML_STOPPED: throw .stopped
        case XML_DOCUMENT_TYPE: throw .documentType
        default:
            throw .malformed(
                String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    /// The tree of a document.
    static func tree(_ bytes: [UInt8]) throws(Failure) -> XMLElement {
        let builder = XMLTreeBuilder()
        try parse(bytes, builder)
        guard let root = builder.root else { throw .malformed("there is no element") }
        return root
    }
}

/// What the reader's callbacks work on.
private final class HandlerBridge {
    let handler: any XMLHandler

    init(_ handler: any XMLHandler) { self.handler = handler }

    static func of(_ context: UnsafeMutableRawPointer?) -> HandlerBridge? {
        context.map { Unmanaged<HandlerBridge>.fromOpaque($0).takeUnretainedValue() }
    }

    func start(_ name: xml_text, _ attributes: UnsafePointer<xml_attribute>?, _ count: Int) -> Bool {
        let list = UnsafeBufferPointer(start: attributes, count: attributes == nil ? 0 : count)
        // The parser leaves this one character of values as a reference.
        return handler.start(
            name.string, attributes: list.map { ($0.name.string, $0.value.string.replacing("&#38;", with: "&")) })
    }
}

extension xml_text {
    fileprivate var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }
    fileprivate var string: String { String(decoding: buffer, as: UTF8.self) }
}
