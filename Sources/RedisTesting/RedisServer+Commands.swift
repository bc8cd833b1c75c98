import Foundation

extension RedisServer {
    /// Sends one command, words separated by spaces, and returns what the server answers, as it stands on the wire.
    public func command(_ line: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let request = Array((line + "\r\n").utf8)
        guard Self.connects(descriptor, to: port), send(descriptor, request, request.count, 0) == request.count else {
            throw Missing(description: "the Redis server on \(port) takes no commands")
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Missing(description: "the Redis server on \(port) does not answer") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
