import CLuaSandbox

/// The tables of a script behind which the host stands.
public enum ScriptObject: Sendable {
    case request, requestHeaders, requestQuery, response, responseHeaders, context, parameters

    init?(_ object: sandbox_object) {
        switch object {
        case SANDBOX_REQUEST: self = .request
        case SANDBOX_REQUEST_HEADERS: self = .requestHeaders
        case SANDBOX_REQUEST_QUERY: self = .requestQuery
        case SANDBOX_RESPONSE: self = .response
        case SANDBOX_RESPONSE_HEADERS: self = .responseHeaders
        case SANDBOX_CONTEXT: self = .context
        case SANDBOX_PARAMETERS: self = .parameters
        default: return nil
        }
    }
}

/// What a script sees and changes during a call.
public protocol ScriptHost: AnyObject {
    /// The value of a member; nil if there is none.
    func value(of key: String, in object: ScriptObject) -> [UInt8]?
    /// Sets a member, or removes it; false if it cannot be set to this here.
    func set(_ key: String, in object: ScriptObject, to value: [UInt8]?) -> Bool
    /// The name of a member by position from 0 on; nil behind the last.
    func name(at position: Int, in object: ScriptObject) -> [UInt8]?
    func log(_ message: String)
}

/// Stands between a sandbox and its host for the time of a call, and holds the text that was handed out last.
final class HostBridge {
    private let host: any ScriptHost
    private var lent: UnsafeMutableRawBufferPointer?

    init(_ host: any ScriptHost) { self.host = host }

    deinit { lent?.deallocate() }

    /// Hands the callbacks out for the time of a call.
    func lend(_ call: (UnsafePointer<sandbox_host>) -> sandbox_result) -> sandbox_result {
        // Unretained: the bridge lives until the call is over.
        var callbacks = sandbox_host(
            context: Unmanaged.passUnretained(self).toOpaque(),
            get: { context, object, key in HostBridge.of(context)?.get(object, key) ?? .nothing },
            set: { context, object, key, value in HostBridge.of(context)?.set(object, key, value) ?? false ? 1 : 0 },
            name: { context, object, position in HostBridge.of(context)?.name(object, Int(position)) ?? .nothing },
            log: { context, message in HostBridge.of(context)?.host.log(message.string) })
        return withExtendedLifetime(self) { call(&callbacks) }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> HostBridge? {
        context.map { Unmanaged<HostBridge>.fromOpaque($0).takeUnretainedValue() }
    }

    private func get(_ object: sandbox_object, _ key: sandbox_text) -> sandbox_text {
        guard let object = ScriptObject(object) else { return .nothing }
        return lend(host.value(of: key.string, in: object))
    }

    private func set(_ object: sandbox_object, _ key: sandbox_text, _ value: sandbox_text) -> Bool {
        guard let object = ScriptObject(object) else { return false }
        return host.set(key.string, in: object, to: value.array)
    }

    private func name(_ object: sandbox_object, _ position: Int) -> sandbox_text {
        guard let object = ScriptObject(object) else { return .nothing }
        return lend(host.name(at: position, in: object))
    }

    private func lend(_ bytes: [UInt8]?) -> sandbox_text {
        guard let bytes else { return .nothing }
        lent?.deallocate()
        // One byte more, so that an empty text has an address too.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
        copy.copyBytes(from: bytes)
        lent = copy
        return sandbox_text(bytes: copy.baseAddress?.assumingMemoryBound(to: CChar.self), count: bytes.count)
    }
}

extension sandbox_text {
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.init(
            bytes: UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), count: bytes.count)
    }

    static var nothing: sandbox_text { sandbox_text(bytes: nil, count: 0) }

    /// The bytes, or `nil` where there is nothing.
    var array: [UInt8]? { bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } }
    var string: String { String(decoding: array ?? [], as: UTF8.self) }
}
