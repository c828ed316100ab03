// swift-tools-version: 6.2
import PackageDescription
import class Foundation.ProcessInfo

// One source tree, two builds. Without TIDEPOOL_EMBEDDED this is an ordinary Swift package: every room, both programs,
// all tests. With it (Board/cross-build sets it) only the board's rooms exist, as Embedded Swift for the triple that it
// names. With TIDEPOOL_BOARD_ONLY the board's rooms and their tests are left, as ordinary Swift and without any package from
// elsewhere: quick to build under a sanitizer.
let environment = ProcessInfo.processInfo.environment
let isEmbedded = environment["TIDEPOOL_EMBEDDED"] != nil
let isBoardOnly = isEmbedded || environment["TIDEPOOL_BOARD_ONLY"] != nil
let linkFlags = (environment["TIDEPOOL_LINK_FLAGS"] ?? "").split(separator: " ").map(String.init)

// The heavy loops are C: on the board Swift is compiled for size.
let boardC: [CSetting] = isEmbedded ? [.define("TIDEPOOL_EMBEDDED")] : []
let boardSwift: [SwiftSetting] = isEmbedded ? [
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
] : []
let boardLinker: [LinkerSetting] = isEmbedded ? [.unsafeFlags(linkFlags)] : []

// A target names every room that it imports: it is not built anew when one changes that it reaches through another.

/// A room on the board's side: Embedded Swift subset, built twice.
func board(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: boardSwift)
}

/// The tests of a room, with what they need beside it.
func tests(of room: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(name: room + "Tests", dependencies: [.byName(name: room)] + dependencies, exclude: exclude)
}

let boardSide: [Target] = [
    .target(name: "CPlatform", cSettings: boardC, linkerSettings: [.linkedLibrary("pthread"), .linkedLibrary("m")]),
    .target(name: "CKernels", exclude: ["README.md"]),
    board("KernelCheck", ["CKernels"]),
    .target(name: "CJPEG", cSettings: boardC, linkerSettings: [.linkedLibrary("jpeg")]),
    board("ModelFile", ["CPlatform"], exclude: ["FORMAT.md"]),
    board("Runtime", ["ModelFile", "CKernels", "CPlatform"]),
    board("PoolScene"),
    board("Camera", ["CPlatform", "CJPEG", "CKernels", "PoolScene"]),
    board("Budget"),
    board("Recognition", ["Budget", "CPlatform", "Camera", "ModelFile", "PoolScene", "Runtime"]),
    .target(name: "CYAMLTree", cSettings: boardC, linkerSettings: [.linkedLibrary("yaml")]),
    board("BoardConfig", ["CPlatform", "CYAMLTree", "Camera", "PoolScene", "Recognition"]),
    board("LatencyReport", ["Budget", "CPlatform", "Camera", "ModelFile", "PoolScene", "Recognition", "Runtime"]),
    .executableTarget(
        name: "tidepool-edge", dependencies: [
            "BoardConfig", "Budget", "CJPEG", "CKernels", "CPlatform", "Camera", "KernelCheck", "LatencyReport",
            "ModelFile", "PoolScene", "Recognition", "Runtime",
        ],
        swiftSettings: boardSwift, linkerSettings: boardLinker),
]

let workstationSide: [Target] = [
    .target(name: "CDigest", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CInflate", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "ZipArchive", dependencies: ["CInflate"]),
    .target(name: "FloatGraph"),
    .target(name: "ONNXFormat", dependencies: [
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ], exclude: ["onnx.proto"]),
    .target(name: "TFLiteFormat"),
    .target(name: "CHDF5", linkerSettings: [.linkedLibrary("hdf5_serial")]),
    .target(name: "Importers", dependencies: [
        "CHDF5", "FloatGraph", "ONNXFormat", "TFLiteFormat", "ZipArchive",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ]),
    .target(name: "Quantizer", dependencies: ["FloatGraph", "ModelFile", "Runtime"]),
    .target(name: "Exporters", dependencies: [
        "ModelFile", "ONNXFormat", "TFLiteFormat", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ]),
    .target(name: "BudgetSimulation", dependencies: ["Budget"]),
    .executableTarget(name: "tidepool", dependencies: [
        "BoardConfig", "Budget", "BudgetSimulation", "CDigest", "CJPEG", "CPlatform", "Camera", "Exporters",
        "FloatGraph", "Importers", "ModelFile", "PoolScene", "Quantizer", "Recognition", "Runtime", "Yams", "ZipArchive",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
]

let boardTests: [Target] = [
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    .target(name: "ModelSamples", dependencies: ["ModelFile"], path: "Tests/ModelSamples"),
    tests(of: "CPlatform"),
    tests(of: "CKernels", ["KernelCheck"], exclude: ["Goldens"]),
    tests(of: "CJPEG"),
    tests(of: "ModelFile", ["ModelSamples"]),
    tests(of: "Runtime", ["CAllocationCount", "CPlatform", "ModelFile", "ModelSamples"]),
    tests(of: "PoolScene"),
    tests(of: "Camera", ["CJPEG", "CPlatform", "PoolScene"], exclude: ["Goldens"]),
    tests(of: "Budget"),
    tests(of: "Recognition", ["Budget", "CJPEG", "Camera", "ModelFile", "ModelSamples", "PoolScene", "Runtime"]),
    tests(of: "BoardConfig", ["Camera", "PoolScene", "Recognition"]),
    tests(of: "LatencyReport", ["Budget", "Camera", "ModelFile", "ModelSamples", "Recognition", "Runtime"]),
    tests(of: "tidepool-edge", ["Camera", "ModelFile", "ModelSamples", "Recognition", "Runtime"]),
]

let workstationTests: [Target] = [
    .target(name: "GraphSamples", dependencies: ["FloatGraph"], path: "Tests/GraphSamples"),
    tests(of: "ZipArchive", exclude: ["Archives", "make.py"]),
    tests(of: "BudgetSimulation", ["Budget"]),
    tests(of: "FloatGraph", ["GraphSamples"]),
    tests(of: "Importers", ["FloatGraph", "GraphSamples", "ONNXFormat", "TFLiteFormat"]),
    tests(of: "Quantizer", ["FloatGraph", "GraphSamples", "Importers", "ModelFile", "Runtime"]),
    tests(of: "Exporters", [
        "FloatGraph", "GraphSamples", "Importers", "ModelFile", "ModelSamples", "ONNXFormat", "Quantizer",
        "TFLiteFormat",
    ]),
    tests(of: "tidepool", ["FloatGraph", "ModelFile", "ModelSamples", "Quantizer", "Recognition"]),
]

let package = Package(
    name: "tidepool",
    products: [.executable(name: "tidepool-edge", targets: ["tidepool-edge"])]
        + (isBoardOnly ? [] : [.executable(name: "tidepool", targets: ["tidepool"])]),
    dependencies: isBoardOnly ? [] : [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: boardSide + (isEmbedded ? [] : boardTests) + (isBoardOnly ? [] : workstationSide + workstationTests)
)
