import Logging
import OutgoingHTTP

/// How the platform reaches key managers of others.
public struct KeyManagerConnections: Sendable {
    public var keys: KeySetSource
    public var wellKnown: WellKnownDocument
    public var call: KeyManagerCall
    public var logger: Logger

    public init(keys: KeySetSource, wellKnown: WellKnownDocument, call: KeyManagerCall, logger: Logger) {
        self.keys = keys
        self.wellKnown = wellKnown
        self.call = call
        self.logger = logger
    }

    /// Over HTTP, to the addresses that the fetcher's policy allows.
    public init(fetcher: OutgoingFetcher, logger: Logger) {
        self.init(
            keys: KeySetSource(fetcher: fetcher), wellKnown: WellKnownDocument(fetcher: fetcher),
            call: KeyManagerCall(fetcher: fetcher), logger: logger)
    }

    /// Reaches nobody.
    public static let none = KeyManagerConnections(
        keys: KeySetSource { _ in throw OutgoingError.malformedURL },
        wellKnown: WellKnownDocument { _ in throw OutgoingError.malformedURL },
        call: KeyManagerCall { _ in throw OutgoingError.malformedURL }, logger: Logger(label: "martlet.none"))
}
