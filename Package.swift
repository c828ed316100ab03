// swift-tools-version: 6.2
import PackageDescription
import class Foundation.ProcessInfo

// One source tree, two builds. Without TIDEPOOL_EMBEDDED this is an ordinary Swift package: every room, both programs, all tests.
// With it (set by Board/cross-build, never by hand) only the board's rooms exist, compiled as Embedded Swift for the triple it names.
let environment = ProcessInfo.processInfo.environment
let embeddedTriple = environment["TIDEPOOL_EMBEDDED"]
let linkFlags = (environment["TIDEPOOL_LINK_FLAGS"] ?? "").split(separator: " ").map(String.init)

let boardSwift: [SwiftSetting] = embeddedTriple == nil ? [] : [
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags(["-wmo", "-Xfrontend", "-function-sections"]),
]
let boardC: [CSetting] = embeddedTriple == nil ? [] : [.define("TIDEPOOL_EMBEDDED")]
let boardLinker: [LinkerSetting] = embeddedTriple == nil ? [] : [.unsafeFlags(linkFlags)]

/// A room on the board's side: Embedded Swift subset, built twice.
func board(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: boardSwift)
}

func test(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.byName(name: name)] + dependencies)
}

var targets: [Target] = [
    .target(name: "CPlatform", cSettings: boardC, linkerSettings: [.linkedLibrary("pthread")]),
    .target(name: "CKernels", exclude: ["README.md"]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    board("ModelFile", ["CPlatform"]),
    board("Runtime", ["ModelFile", "CKernels", "CPlatform"]),
    board("PoolScene"),
    board("Camera", ["CPlatform", "CJPEG", "CKernels", "PoolScene"]),
    board("Budget"),
    board("Recognition", ["Runtime", "Camera", "Budget"]),
    .executableTarget(
        name: "tidepool-edge", dependencies: ["Recognition"], swiftSettings: boardSwift, linkerSettings: boardLinker),
]

if embeddedTriple == nil {
    targets += [
        .target(name: "FloatGraph"),
        .target(name: "Importers", dependencies: [
            "FloatGraph", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        ]),
        .target(name: "Quantizer", dependencies: ["FloatGraph", "ModelFile", "Runtime"]),
        .executableTarget(name: "tidepool", dependencies: [
            "Importers", "Quantizer", "Recognition", "Yams",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    ]
}

let package = Package(
    name: "tidepool",
    products: [.executable(name: "tidepool-edge", targets: ["tidepool-edge"])]
        + (embeddedTriple == nil ? [.executable(name: "tidepool", targets: ["tidepool"])] : []),
    dependencies: embeddedTriple == nil ? [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ] : [],
    targets: targets
)
