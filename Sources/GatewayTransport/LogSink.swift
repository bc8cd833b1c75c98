import Model
import NIOPosix
import Synchronization

/// When a log file is put aside.
public struct LogRotation: Sendable, Equatable {
    /// Size above which a new file is begun.
    public var bytes: Int
    /// How many old files (`name.1` is the newest) are kept.
    public var files: Int
    /// Whether a new file is also begun with each day (UTC).
    public var isDaily: Bool

    public init(bytes: Int = 100 << 20, files: Int = 10, isDaily: Bool = false) {
        self.bytes = bytes
        self.files = files
        self.isDaily = isDaily
    }
}

/// Writes blocks of log lines from all loops to one file, on a thread of its own. A full disk or a slow one never holds traffic up:
/// what cannot be written is dropped and counted.
public final class LogSink: Sendable {
    /// Bytes that may wait for the disk.
    private static let waitingLimit = 8 << 20

    private let file: Mutex<LogFile>
    private let thread: NIOThreadPool
    private let waiting = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    /// Starts the writing thread. The file is opened with the first block, and again after a failure.
    public init(path: String, rotation: LogRotation = LogRotation(), time: TimeSource = .system) {
        file = Mutex(LogFile(path: path, rotation: rotation, time: time))
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    /// Bytes of log lines that are lost because the disk was full or too slow.
    public var droppedBytes: Int { dropped.load(ordering: .relaxed) }

    /// Takes complete lines to be written; never blocks.
    public func write(_ block: [UInt8]) {
        guard !block.isEmpty else { return }
        guard waiting.add(block.count, ordering: .relaxed).newValue <= Self.waitingLimit else {
            waiting.subtract(block.count, ordering: .relaxed)
            dropped.add(block.count, ordering: .relaxed)
            return
        }
        thread.submit { [self] state in
            let written = state == .active ? file.withLock { $0.append(block) } : 0
            dropped.add(block.count - written, ordering: .relaxed)
            waiting.subtract(block.count, ordering: .relaxed)
        }
    }

    /// Begins a new file, after an outside program moved the old one away or when the administrator asks.
    public func reopen() {
        thread.submit { [self] _ in file.withLock { $0.close() } }
    }

    /// Returns when everything taken so far is written.
    public func flush() async {
        await withCheckedContinuation { continuation in thread.submit { _ in continuation.resume() } }
    }

    /// Writes what waits and ends the thread.
    public func close() async {
        await flush()
        file.withLock { $0.close() }
        try? await thread.shutdownGracefully()
    }
}
