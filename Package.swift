// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Another libtorch than the system's, such as that of an unpacked PyTorch download.
let libtorch = Context.environment["LIBTORCH"]
let torchCompilerFlags: [CXXSetting] =
  libtorch.map { [.unsafeFlags(["-I\($0)/include"])] } ?? []
let torchLinkerFlags: [LinkerSetting] =
  libtorch.map {
    [.unsafeFlags(["-L\($0)/lib", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib"])]
  } ?? []

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
  exclude: [String] = [], resources: [Resource] = [], linked: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: exclude, resources: resources,
    swiftSettings: swiftSettings, linkerSettings: linked)
}

func program(
  _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, exclude: exclude,
    swiftSettings: swiftSettings)
}

func tests(
  of target: String, _ dependencies: [Target.Dependency] = [], hasGolden: Bool = false,
  hasSnapshots: Bool = false
) -> Target {
  .testTarget(
    name: "\(target)Tests",
    dependencies: Set([target, "PruneCore", "TestSupport"]).sorted().map { .byName(name: $0) }
      + dependencies,
    exclude: (hasGolden ? ["Golden"] : []) + (hasSnapshots ? ["Snapshots"] : []),
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "AutoPrune",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AutoPrune", targets: ["AutoPrune"]),
    .library(name: "AutoPruneTorch", targets: ["TorchBackend"]),
    .executable(name: "autoprune", targets: ["AutoPruneCLI"]),
    .executable(name: "autoprune-bench", targets: ["AutoPruneBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CImageCodecs",
      providers: [.apt(["libpng-dev", "libturbojpeg0-dev"]), .brew(["libpng", "jpeg-turbo"])]),
    .target(
      name: "CTorch", cxxSettings: torchCompilerFlags,
      linkerSettings: torchLinkerFlags + [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")]),

    module("PruneCore", linked: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    module("GSLNumerics", ["CGSL"]),
    module("ONNXFormat", ["PruneCore", "CZlib", "CZstd", protobuf], exclude: ["Proto"]),
    module(
      "PruneData", ["PruneCore", "CZlib", "CImageCodecs"],
      exclude: ["Resources/make_digits.py", "Resources/ATTRIBUTION.md"],
      resources: [.copy("Resources/digits.npz")]),
    module("ModelZoo", ["PruneCore"]),
    module("TorchBackend", ["PruneCore", "CTorch"]),
    module("PruneFeatures", ["PruneCore"]),
    module("PrunePredictor", ["PruneCore", "PruneFeatures", "GSLNumerics"]),
    module("PruneSurgery", ["PruneCore", "CLAPACK"]),
    module("PruneArchive", ["PruneCore", "CZlib", grdb]),
    module(
      "PruneController",
      ["PruneCore", "PruneData", "PruneFeatures", "PrunePredictor", "PruneSurgery", "GSLNumerics"]),
    module(
      "Presets", ["PruneData", "PrunePredictor"], path: "Presets",
      exclude: [
        "README.md", "auto.md", "block.md", "channel.md", "default.md", "head.md", "held-out.json",
        "kernel.md", "layer.md", "learning-curve.json", "logistic-tree.md", "nm.md", "tree.md",
      ],
      resources: [
        "auto", "block", "channel", "default", "head", "kernel", "layer", "logistic-tree", "nm",
        "tree",
      ].map { .copy("\($0).json") }),
    module("SVGCharts"),
    module("TensorBoardEvents"),
    module(
      "AutoPrune",
      [
        "GSLNumerics", "ModelZoo", "ONNXFormat", "Presets", "PruneArchive", "PruneController",
        "PruneCore", "PruneData", "PruneFeatures", "PrunePredictor", "PruneSurgery", "SVGCharts",
        "TensorBoardEvents", mustache,
      ],
      resources: [
        .copy("Report/HTML/report.mustache"), .copy("Report/HTML/figure.mustache"),
      ]),
    program("AutoPruneCLI", ["AutoPrune", "TorchBackend", argumentParser]),
    program("AutoPruneBench", ["AutoPrune", "TorchBackend", argumentParser],
      exclude: ["Peers", "results.json"]),
    program("Training", ["AutoPrune", "TorchBackend", argumentParser], path: "Training"),

    module("TestSupport", ["PruneCore"], path: "Tests/TestSupport"),
    tests(of: "TestSupport"),
    tests(of: "PruneCore", hasGolden: true),
    tests(of: "GSLNumerics", hasGolden: true),
    tests(of: "ONNXFormat", [protobuf], hasGolden: true),
    tests(of: "PruneData", hasGolden: true),
    tests(of: "ModelZoo"),
    tests(of: "TorchBackend", ["CTorch", "ONNXFormat", "ModelZoo"], hasGolden: true),
    tests(of: "PruneFeatures", hasGolden: true),
    tests(of: "PrunePredictor", ["PruneFeatures", "GSLNumerics"], hasGolden: true),
    tests(
      of: "PruneSurgery", ["ModelZoo", "ONNXFormat", "TorchBackend"], hasGolden: true),
    tests(of: "PruneArchive", [grdb], hasGolden: true),
    tests(
      of: "PruneController", ["PruneData", "PruneFeatures", "PrunePredictor", "PruneSurgery"],
      hasGolden: true),
    tests(of: "SVGCharts"),
    tests(of: "TensorBoardEvents", hasGolden: true),
    tests(of: "AutoPrune", ["TorchBackend"]),
    tests(of: "AutoPruneCLI", ["AutoPrune"], hasGolden: true, hasSnapshots: true),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
