import GatewayTransport
import NIOSSL

/// A key and a certificate for `localhost` and `127.0.0.1` that nobody trusts outside of these tests.
enum TestIdentity {
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZeBNdGDDXi8y7CGa
        wqXygghxMf9Rg0NVwyXVL/dZwfOhRANCAASmTXR+No1UaE3e12HGMR/byOKjkRXY
        ta+WVYimhg648zD2rjrmkoCO02fdAfa45CcSm7i8JZ95MakIu3rbUN5a
        -----END PRIVATE KEY-----
        """

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBYzCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKZNdH42jVRoTd7X
        YcYxH9vI4qORFdi1r5ZViKaGDrjzMPauOuaSgI7TZ90B9rjkJxKbuLwln3kxqQi7
        ettQ3lqjSzBJMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAMBgNVHRMEBTAD
        AQH/MB0GA1UdDgQWBBQULbHFC0J1gYP9U0Qv9tNN/tay0jAKBggqhkjOPQQDAgNH
        ADBEAiAK5jW4GPowM2mUsZFxE092h20C/ETX8KqMK4CrWq4QBAIgMvLBYN8Vdu6a
        Egc8LuShjKtF3nnBFx70RUYHoo55TbE=
        -----END CERTIFICATE-----
        """

    static func listener() throws -> ListenerIdentity {
        try ListenerIdentity(certificatePEM: certificate, privateKeyPEM: key)
    }

    static func certificates() throws -> [NIOSSLCertificate] { try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)) }

    /// What a server shows with this identity.
    static func serverHandler() throws -> NIOSSLServerHandler {
        let identity = try listener()
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.certificateChain.map { .certificate($0) }, privateKey: .privateKey(identity.privateKey))
        return NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration))
    }

    /// A client that trusts this certificate.
    static func clientHandler() throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try certificates())
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: "localhost")
    }
}
