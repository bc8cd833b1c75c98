import GatewayCore
import NIOHTTP2

/// What one HTTP/2 connection may use and send (RFC 9113), on both sides of the gateway.
public struct HTTP2Bounds: Sendable {
    /// Requests of one connection at a time.
    public var streams = 100
    /// Bytes of one request's body that are under way before the gateway has passed them on.
    public var streamWindow = 256 * 1024
    /// The same for all requests of a connection together.
    public var connectionWindow = 1024 * 1024
    /// Requests that a peer may start and reset in ``countingSeconds``; more end the connection, as each costs work for nothing.
    public var resets = 1_000
    /// PING, SETTINGS and PRIORITY frames that a peer may send in ``countingSeconds``; more end the connection.
    public var controlFrames = 10_000
    /// How long frames are counted.
    public var countingSeconds: Int64 = 30
    /// Empty DATA frames in a row.
    public var emptyFrames = 16
    /// Frames that wait for a peer that does not read, before its connection is ended.
    public var waitingControlFrames = 1_000

    public init() {}

    /// For connections to upstreams.
    func connection(headerListBytes: Int) -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
            HTTP2Setting(parameter: .maxHeaderListSize, value: headerListBytes),
            HTTP2Setting(parameter: .enablePush, value: 0),
        ]
        configuration.targetWindowSize = connectionWindow
        configuration.maximumSequentialEmptyDataFrames = emptyFrames
        configuration.maximumBufferedControlFrames = waitingControlFrames
        configuration.controlFrameRateLimit.maximumCount = controlFrames
        configuration.controlFrameRateLimit.windowLength = .seconds(countingSeconds)
        return configuration
    }

    /// For streams to upstreams.
    var stream: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.targetWindowSize = streamWindow
        configuration.outboundBufferSizeHighWatermark = 64 * 1024
        configuration.outboundBufferSizeLowWatermark = 32 * 1024
        configuration.streamResetFrameRateLimit.maximumCount = resets
        configuration.streamResetFrameRateLimit.windowLength = .seconds(countingSeconds)
        configuration.streamErrorRateLimit.maximumCount = resets
        configuration.streamErrorRateLimit.windowLength = .seconds(countingSeconds)
        return configuration
    }
}
