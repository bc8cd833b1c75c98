// swift-tools-version:6.2
import PackageDescription

// Exact versions: two checkouts of one commit must build the same program, and Package.resolved stays out of git.
let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", exact: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHPACK = product(name: "NIOHPACK", package: "swift-nio-http2")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let yams = product(name: "Yams", package: "Yams")
}

/// What `make fuzz` wants in our own modules. Not for all by a flag of the command: programs that run during the build could not be linked.
let instrumentation: [SwiftSetting] = Context.environment["MARTLET_FUZZING"] == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer"])]

/// A library with the tests beside it. A floor imports only the floors below it (docs/architecture.md).
func floor(
    _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [], testData: [String] = [],
    settings: [SwiftSetting] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings + instrumentation),
        .testTarget(
            name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies + tests, exclude: testData),
    ]
}

/// The data plane's objects never leave their event loop, so checking each access for exclusivity finds nothing there and costs 4 % of
/// its time. Debug builds, and so all tests, keep the checks.
let dataPlane: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let first: [Target] =
    floor("Documents", [.yams]) + floor("Model", []) + floor("Archives", ["CZlib"])
    + [.systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])])]

let second: [Target] =
    floor("Definitions", ["Archives", "Documents", "Model"])
    + floor("Settings", ["Documents", "Model"])
    + floor("Storage", ["Documents", "Model", .grdb, .crypto, .logging])
    + floor("Tokens", ["Documents", "Model", .crypto, .cryptoExtras, .asn1, .x509])
    + [.target(name: "CByteScan"), .target(name: "CPrefetch")]
    + floor("Counters", ["Model"], settings: dataPlane)
    + floor("OutgoingHTTP", ["Model", .asyncHTTPClient, .nioSSL, .logging])
    + floor("RegularExpressions", ["CPCRE2"])
    + floor("Scripting", ["CLuaSandbox"])
    + [
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CLibXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaSandbox", dependencies: ["CLua"]),
        .target(name: "CXMLReader", dependencies: ["CLibXML"]),
    ]
    + floor("Redis", ["Model", .nioCore, .nioPosix, .nioSSL], tests: ["RedisTesting", .crypto, .asn1, .x509])
    + [.target(name: "RedisTesting")]
    + floor("Telemetry", ["Model"])

let third: [Target] =
    floor(
        "Identity", ["Documents", "Model", "Storage", "Tokens", "Settings", "OutgoingHTTP", .crypto, .cryptoExtras, .logging])
    + floor(
        "GatewayCore", ["Documents", "Model", "Tokens", "Counters", "CByteScan", "CPrefetch", .crypto], tests: [.x509],
        testData: ["Cases"],
        settings: dataPlane)
    + floor(
        "SharedCounters", ["Counters", "Model", "Redis", .nioCore, .nioPosix, .logging], tests: ["RedisTesting"])
    + [
        .executableTarget(name: "ContractCompiler", dependencies: [.yams]),
        .plugin(name: "EmbedContracts", capability: .buildTool(), dependencies: ["ContractCompiler"]),
        .target(name: "Contracts", plugins: ["EmbedContracts"]),
    ]

let fourth: [Target] =
    floor(
        "ContractRouter",
        [
            "Documents", "Model", "Contracts", "CZlib", .hummingbird, .hummingbirdCore, .httpTypes, .nioCore, .nioPosix,
            .nioSSL,
            .nioHTTPTypes, .logging,
            .serviceLifecycle,
        ],
        tests: ["ContractTesting", .x509, .crypto])
    + [.target(name: "ContractTesting", dependencies: ["ContractRouter", "Documents", "Model"])]
    + floor(
        "Publishing",
        [
            "Archives", "Documents", "Model", "Definitions", "Storage", "Tokens", "OutgoingHTTP", "Identity",
            "RegularExpressions", "Scripting", .logging, .crypto, .x509,
        ])
    + floor(
        "GatewayPolicies",
        [
            "Definitions", "Documents", "Model", "GatewayCore", "OutgoingHTTP", "RegularExpressions", "Scripting",
            "CXMLReader", "CZlib", .logging,
        ],
        tests: ["Tokens"])
    + floor(
        "Consuming", ["Documents", "Model", "Definitions", "Storage", "Tokens", "Identity", .logging], tests: ["OutgoingHTTP"])
    + floor("Operating", ["Documents", "Model", "Storage", "Identity", .logging])
    + floor(
        "BackendAccess",
        ["Documents", "Model", "Tokens", "GatewayCore", "OutgoingHTTP", .asyncHTTPClient, .nioCore, .logging])

#if os(Linux)
    let epoll: [Target] =
        [.target(name: "CEpoll")] + floor("GatewayEpoll", ["Model", "GatewayCore", "CEpoll"], settings: dataPlane)
    let epollDependency: [Target.Dependency] = ["GatewayEpoll"]
#else
    let epoll: [Target] = []
    let epollDependency: [Target.Dependency] = []
#endif

let fifth: [Target] =
    floor(
        "GatewayTransport",
        epollDependency + [
            "Model", "Tokens", "GatewayCore", .nioCore, .nioPosix, .nioTLS, .nioSSL, .nioHTTP2, .nioHPACK, .logging,
        ],
        settings: dataPlane)
    + floor("PublisherAPI", ["Definitions", "Documents", "Model", "ContractRouter", "Publishing"], tests: ["ContractTesting"])
    + floor(
        "DevPortalAPI", ["Documents", "Model", "ContractRouter", "Consuming", "Identity"],
        tests: ["ContractTesting", "Storage", "Tokens", "Publishing", "Operating", .logging])
    + floor(
        "AdminAPI", ["Documents", "Model", "ContractRouter", "Operating", "Consuming", "Identity"],
        tests: ["ContractTesting", "Storage", "Tokens", .logging])
    + floor(
        "MartletAPI", ["Documents", "Model", "ContractRouter", "Consuming", "Operating"],
        tests: ["ContractTesting", "Storage", "Identity", .logging])
    + floor(
        "DevOpsAPI", ["Documents", "Model", "ContractRouter", "Operating"],
        tests: ["ContractTesting", "Storage", "Identity", .logging])
    + floor("InspectionAPI", ["Documents", "Model", "ContractRouter"], tests: ["ContractTesting", .logging])
    + floor(
        "InternalAPI", ["Documents", "Model", "ContractRouter", "Storage", "Operating"],
        tests: ["ContractTesting", "Identity", .logging])
    + floor(
        "RemoteFeed",
        ["Documents", "Model", "GatewayCore", .asyncHTTPClient, .crypto, .nioCore, .nioPosix, .nioSSL, .nioHTTP1, .logging])
    + floor(
        "IdentityAPI", ["Documents", "Model", "ContractRouter", "Identity", .logging],
        tests: ["ContractTesting", "Storage", "Tokens"])

let sixth: [Target] =
    floor(
        "FuzzTargets",
        [
            "Documents", "Model", "Tokens", "GatewayCore", "GatewayTransport", "ContractRouter", .nioCore, .nioEmbedded,
            .nioHPACK,
        ],
        testData: ["Corpus"])
    + floor(
        "Platform",
        [
            "Documents", "Model", "Settings", "Storage", "Tokens", "Counters", "OutgoingHTTP", "Identity", "GatewayCore",
            "GatewayPolicies", "ContractRouter", "Publishing", "Consuming", "Operating", "GatewayTransport", "PublisherAPI",
            "DevPortalAPI", "AdminAPI", "IdentityAPI", "MartletAPI", "InternalAPI", "InspectionAPI", "DevOpsAPI", "RemoteFeed",
            "BackendAccess", "Telemetry", "Redis", "SharedCounters", .crypto, .argumentParser, .asyncHTTPClient,
            .serviceLifecycle, .unixSignals, .nioCore, .nioPosix, .nioSSL, .logging,
        ])
    + [
        .executableTarget(name: "martlet", dependencies: ["Platform"]),
        .executableTarget(
            name: "coffee-shop", dependencies: ["Documents", .argumentParser, .hummingbird, .httpTypes, .nioCore],
            path: "Samples/CoffeeShop", exclude: ["openapi.yaml"]),
    ]

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        // For Benchmarks/, which measures the data plane without the rest.
        .library(name: "Gateway", targets: ["Documents", "Model", "Tokens", "Counters", "GatewayCore", "GatewayTransport"]),
        // For Fuzz/, which builds them for a fuzzer.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    dependencies: dependencies,
    targets: first + second + third + fourth + epoll + fifth + sixth,
    swiftLanguageModes: [.v6]
)
