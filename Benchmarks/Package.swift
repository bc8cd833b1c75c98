// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "martlet-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "martlet", path: "..")],
    targets: [
        .executableTarget(
            name: "gateway-bench",
            dependencies: [.product(name: "Gateway", package: "martlet")])
    ],
    swiftLanguageModes: [.v6]
)
