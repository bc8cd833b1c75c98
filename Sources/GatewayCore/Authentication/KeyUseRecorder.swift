/// Learns which opaque API keys were used.
public protocol KeyUseRecorder: Sendable {
    /// Called on an event loop now and then; must not block it.
    ///
    /// - Parameter ids: UUIDs of keys that were used since the last call.
    func used(_ ids: [String], atMilliseconds: Int64)
}

extension RequestPipeline {
    /// Notes the use of a key, once between two calls of ``reportKeyUses(nowMilliseconds:)``.
    @inline(__always)
    func noteUse(of credential: Credential) {
        guard let key = credential.apiKey, credential.useReport != keyUseReport, settings.keyUses != nil else { return }
        credential.useReport = keyUseReport
        usedKeys.append(key.definition.id)
    }

    /// Tells the recorder which keys were used. To be called every minute.
    public func reportKeyUses(nowMilliseconds: Int64) {
        guard !usedKeys.isEmpty, let recorder = settings.keyUses else { return }
        recorder.used(usedKeys, atMilliseconds: nowMilliseconds)
        usedKeys.removeAll()
        keyUseReport &+= 1
    }
}
