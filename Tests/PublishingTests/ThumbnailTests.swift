import Model
import Testing

@testable import Publishing

@Suite("Thumbnails")
struct ThumbnailTests {
    static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]

    @Test("a picture is stored and answered as it was")
    func stores() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        #expect(try await fixture.services.thumbnails.thumbnail(ofAPI: api.id, for: .publisher)?.bytes == nil)
        #expect(try await replace(api, Self.png, "icon.png", fixture) == .png)
        let stored = try #require(try await fixture.services.thumbnails.thumbnail(ofAPI: api.id, for: .publisher))
        #expect(stored.bytes == Self.png && stored.mediaType == "image/png" && stored.rowVersion == 1)
        #expect(try await fixture.services.apis.api(api.id, for: .publisher).hasThumbnail)
    }

    static let refused: [([UInt8], String, Int)] = [
        ([], "icon.png", 901003), (Array("hello".utf8), "icon.png", 400), (png, "icon.jpg", 400), (png, "icon.exe", 400),
        (png + [UInt8](repeating: 0, count: 200), "icon.png", 901001),
        (Array("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".utf8), "a.svg", 400),
        (Array("<svg onload='alert(1)'/>".utf8), "a.svg", 400),
    ]

    @Test("what is no picture of the announced kind is refused", arguments: refused)
    func refuses(_ bytes: [UInt8], _ name: String, _ expected: Int) async throws {
        let fixture = try await PublishingFixture(limits: PublishingLimits(thumbnailSize: 100))
        let api = try await fixture.create()
        #expect(try await code { _ = try await replace(api, bytes, name, fixture) } == expected)
    }

    @Test("kinds are known by their first bytes")
    func kinds() {
        #expect(ImageFormat(contentOf: [0xff, 0xd8, 0xff, 0xe0]) == .jpeg)
        #expect(ImageFormat(contentOf: Array("GIF89a".utf8)) == .gif)
        #expect(ImageFormat(contentOf: Array("<?xml version='1.0'?><svg/>".utf8)) == .svg)
    }

    private func replace(
        _ api: APIRecord, _ bytes: [UInt8], _ name: String, _ fixture: PublishingFixture
    ) async throws -> ImageFormat {
        try await fixture.services.thumbnails.replace(
            ofAPI: api.id, with: bytes, fileName: name, by: .publisher, .test(.publisher))
    }
}
