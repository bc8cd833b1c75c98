import Model

/// Which application a client id belongs to.
final class CompiledKeyMapping: Sendable {
    let tenant: Int
    let keyManager: String
    let consumerKey: String
    let application: Int32
    let keyType: KeyType

    init(_ definition: GatewayKeyMapping, application: Int32) {
        tenant = definition.tenant
        keyManager = definition.keyManager
        consumerKey = definition.consumerKey
        keyType = definition.keyType
        self.application = application
    }

    static func hash(_ consumerKey: String, seed: UInt64) -> UInt64 { ByteHash.hash(Array(consumerKey.utf8), seed: seed) }
}
