/// An element of an XML document: as much of it as policies need. Names are without prefixes.
struct XMLElement {
    var name: String
    var attributes: [(name: String, value: String)] = []
    var children: [XMLElement] = []
    /// The text directly inside, put together.
    var text = ""
}

/// Takes what a parser finds.
protocol XMLHandler: AnyObject {
    /// Answers false to stop.
    func start(_ name: String, attributes: [(name: String, value: String)]) -> Bool
    func end()
    func text(_ text: UnsafeRawBufferPointer)
}

/// Builds the tree of a document.
final class XMLTreeBuilder: XMLHandler {
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?

    func start(_ name: String, attributes: [(name: String, value: String)]) -> Bool {
        open.append(XMLElement(name: name, attributes: attributes))
        return true
    }

    func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    func text(_ text: UnsafeRawBufferPointer) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: text, as: UTF8.self)
    }
}
