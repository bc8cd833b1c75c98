import Testing

@testable import Tokens

/// With the published test vectors of Signature Version 4.
@Suite("Signatures of Amazon Web Services")
struct AWSRequestSignerTests {
    private static let signer = AWSRequestSigner(
        credentials: AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", service: "service")
    /// 2015-08-30T12:36:00Z.
    private static let now: Int64 = 1_440_938_160_000

    private func signature(_ message: AWSRequestSigner.Message, by signer: AWSRequestSigner = signer) -> String? {
        signer.signature(of: message, nowMilliseconds: Self.now, showsBodyDigest: false)
            .first { $0.name == "Authorization" }?.value.components(after: "Signature=")
    }

    @Test("a plain GET")
    func vanilla() {
        let message = AWSRequestSigner.Message(method: "GET", path: "/", host: "example.amazonaws.com")
        #expect(signature(message) == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        let fields = Self.signer.signature(of: message, nowMilliseconds: Self.now, showsBodyDigest: false)
        #expect(fields.map(\.name) == ["X-Amz-Date", "Authorization"])
        #expect(fields.first?.value == "20150830T123600Z")
        #expect(
            fields.last?.value.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature="
            ) == true)
    }

    @Test("parameters are signed in order, whatever order they are sent in")
    func ordersQuery() {
        let message = AWSRequestSigner.Message(
            method: "GET", path: "/", query: "Param2=value2&Param1=value1", host: "example.amazonaws.com")
        #expect(signature(message) == "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")
    }

    @Test("a form in the body")
    func signsBody() {
        let message = AWSRequestSigner.Message(
            method: "POST", path: "/", host: "example.amazonaws.com",
            fields: [("Content-Type", "application/x-www-form-urlencoded")], body: Array("Param1=value1".utf8))
        #expect(signature(message) == "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
    }

    @Test("one spelling of a parameter counts as the other")
    func normalizesQuery() {
        let one = AWSRequestSigner.Message(method: "GET", path: "/", query: "a=%7e%2f%zz", host: "x")
        let other = AWSRequestSigner.Message(method: "GET", path: "/", query: "a=~%2F%25zz", host: "x")
        #expect(signature(one) == signature(other))
    }

    @Test("temporary keys send their token, and sign it")
    func signsToken() {
        var signer = Self.signer
        signer.credentials.sessionToken = "session"
        let message = AWSRequestSigner.Message(method: "GET", path: "/", host: "x")
        let fields = signer.signature(of: message, nowMilliseconds: Self.now)
        #expect(fields.map(\.name) == ["X-Amz-Date", "X-Amz-Content-Sha256", "X-Amz-Security-Token", "Authorization"])
        #expect(fields.last?.value.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,") == true)
    }

    @Test("keys are not printed")
    func hides() {
        #expect("\(Self.signer.credentials)" == "[secret]")
        #expect(!String(reflecting: Self.signer).contains("wJalr"))
    }

    @Test("dates", arguments: [(951_782_400_000, "20000229T000000Z"), (1_767_225_599_999, "20251231T235959Z")])
    func dates(_ milliseconds: Int64, _ text: String) {
        #expect(AWSTime(milliseconds: milliseconds).text == text)
    }
}

extension String {
    /// What follows the first occurrence of a mark.
    fileprivate func components(after mark: String) -> String? {
        firstRange(of: mark).map { String(self[$0.upperBound...]) }
    }
}
