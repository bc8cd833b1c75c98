import Foundation

extension RedisServer {
    /// Sends one command, words separated by spaces, and returns what the server answers, as it stands on the wire.
    public func command(_ line: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let request = Array((line + "\r\n").utf8)
        guard isConnected, send(descriptor, request, request.count, 0) == request.count else {
            throw Missing(description: "the Redis server on \(port) takes no commands")
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Missing(description: "the Redis server on \(port) does not answer") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
