import GatewayCore

/// `xmlValidator`: refuses XML that is malformed, declares a document type, or is larger in one of its dimensions than a backend should have
/// to bear.
struct XMLThreatPolicy: FlowPolicy {
    let needsBody = true
    private let limits: PolicyLimits

    init(limits: PolicyLimits) { self.limits = limits }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard visit.mediaType.isXML, visit.body?.isEmpty == false else { return .next }
        return visit.withContent(limits, work: { XMLBounds().violation(in: $0) }) { violation in
            violation.map { .refused(.threat($0)) } ?? .next
        }
    }
}

/// Bounds of XML documents.
struct XMLBounds: Sendable {
    var depth = 100
    /// Elements of the document.
    var elements = 100
    /// Attributes of one element.
    var attributes = 100
    /// Bytes of an attribute's value.
    var attributeLength = 100
    /// Elements directly within one.
    var children = 100

    /// What is wrong first, as a sentence for the client, or `nil`.
    func violation(in bytes: [UInt8]) -> String? {
        let scan = XMLBoundsScan(self)
        do throws(XMLParser.Failure) { try XMLParser.parse(bytes, scan) } catch {
            switch error {
            case .stopped: return "XML Validation Failed: due to \(scan.reason)"
            case .documentType: return "XML Validation Failed: due to a document type declaration"
            case .malformed(let message): return "Error occurred while parsing XML payload : \(message)"
            }
        }
        return nil
    }
}

private final class XMLBoundsScan: XMLHandler {
    private let bounds: XMLBounds
    private var elements = 0
    /// Children so far of each open element.
    private var children: [Int] = []
    private(set) var reason = ""

    init(_ bounds: XMLBounds) { self.bounds = bounds }

    func start(_ name: String, attributes: [(name: String, value: String)]) -> Bool {
        elements += 1
        if let last = children.indices.last { children[last] += 1 }
        let siblings = children.last ?? 0
        children.append(0)
        return check(elements, bounds.elements, "Element Count") && check(children.count, bounds.depth, "Element Depth")
            && check(siblings, bounds.children, "Number of Child Elements")
            && check(attributes.count, bounds.attributes, "Number of Attributes")
            && attributes.allSatisfy { check($0.value.utf8.count, bounds.attributeLength, "Attribute Length") }
    }

    func end() { children.removeLast() }

    func text(_ text: UnsafeRawBufferPointer) {}

    private func check(_ value: Int, _ limit: Int, _ what: String) -> Bool {
        guard value > limit else { return true }
        reason = "Maximum \(what) limit (\(limit)) Exceeded"
        return false
    }
}
