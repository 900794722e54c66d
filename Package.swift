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
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

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
  of target: String, _ modules: [String] = [], _ products: [Target.Dependency] = [],
  hasGolden: Bool = false, hasSnapshots: Bool = false
) -> Target {
  .testTarget(
    name: "\(target)Tests",
    dependencies: Set([target, "PruneCore", "TestSupport"] + modules).sorted()
      .map { .byName(name: $0) } + products,
    exclude: (hasGolden ? ["Golden"] : []) + (hasSnapshots ? ["Snapshots"] : []),
    swiftSettings: swiftSettings)
}

/// What tests of the loop's targets share.
let loop = [
  "LoopTestSupport", "PruneData", "PruneFeatures", "PrunePredictor", "PruneSession",
  "PruneSupport", "PruneSurgery", "PruneTraining",
]

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
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
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

    module("PruneSupport", [crypto]),
    module("PruneCore", ["PruneSupport"], linked: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    module("GSLNumerics", ["CGSL"]),
    module("LAPACKNumerics", ["CLAPACK"]),
    module(
      "ONNXFormat", ["PruneCore", "PruneSupport", "CZlib", "CZstd", protobuf], exclude: ["Proto"]),
    module(
      "PruneData", ["PruneCore", "PruneSupport", "CZlib", "CImageCodecs"],
      exclude: ["Resources/make_digits.py", "Resources/ATTRIBUTION.md"],
      resources: [.copy("Resources/digits.npz")]),
    module("ModelZoo", ["PruneCore", "PruneSupport"]),
    module("TorchBackend", ["PruneCore", "PruneSupport", "CTorch"]),
    module("PruneArchive", ["PruneCore", "PruneSupport", "CZlib", grdb]),

    module("PruneFeatures", ["PruneCore", "PruneSupport", "LAPACKNumerics"]),
    module("PrunePredictor", ["PruneCore", "PruneFeatures", "PruneSupport", "GSLNumerics"]),
    module("PruneSurgery", ["PruneCore"]),
    module("PruneSession", ["PruneCore", "PruneData", "PruneFeatures", "PruneSupport"]),
    module("PruneTraining", ["PruneCore", "PruneData", "PruneSession", "PruneSupport"]),
    module(
      "PruneSelection",
      [
        "GSLNumerics", "PruneCore", "PruneData", "PruneFeatures", "PrunePredictor", "PruneSession",
        "PruneSupport", "PruneSurgery", "PruneTraining",
      ]),
    module(
      "PruneCompensation",
      [
        "LAPACKNumerics", "PruneCore", "PruneData", "PruneFeatures", "PruneSelection",
        "PruneSession", "PruneSupport", "PruneTraining",
      ]),
    module(
      "PruneController",
      [
        "GSLNumerics", "PruneCompensation", "PruneCore", "PruneData", "PruneFeatures",
        "PrunePredictor", "PruneSelection", "PruneSession", "PruneSupport", "PruneSurgery",
        "PruneTraining",
      ]),
    module(
      "PruneLearning",
      [
        "GSLNumerics", "ONNXFormat", "PruneArchive", "PruneController", "PruneCore", "PruneData",
        "PruneFeatures", "PrunePredictor", "PruneSelection", "PruneSession", "PruneSupport",
        "PruneSurgery", "PruneTraining",
      ]),
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
        "GSLNumerics", "ModelZoo", "ONNXFormat", "Presets", "PruneArchive", "PruneCompensation",
        "PruneController", "PruneCore", "PruneData", "PruneFeatures", "PruneLearning",
        "PrunePredictor", "PruneSelection", "PruneSession", "PruneSupport", "PruneSurgery",
        "PruneTraining", "SVGCharts", "TensorBoardEvents", mustache,
      ],
      resources: [
        .copy("Report/HTML/report.mustache"), .copy("Report/HTML/figure.mustache"),
      ]),
    program("AutoPruneCLI", ["AutoPrune", "PruneLearning", "PruneSupport", "TorchBackend", argumentParser]),
    program(
      "AutoPruneBench",
      ["AutoPrune", "PruneLearning", "PruneSupport", "TorchBackend", argumentParser],
      exclude: ["Peers", "results.json"]),
    program(
      "Training", ["AutoPrune", "PruneLearning", "PruneSupport", "TorchBackend", argumentParser],
      path: "Training"),

    module("TestSupport", ["PruneCore", "PruneSupport"], path: "Tests/TestSupport"),
    module(
      "LoopTestSupport",
      [
        "PruneCore", "PruneData", "PruneFeatures", "PruneLearning", "PrunePredictor",
        "PruneSupport", "PruneTraining", "TestSupport",
      ],
      path: "Tests/LoopTestSupport"),
    tests(of: "TestSupport"),
    tests(of: "PruneSupport"),
    tests(of: "PruneCore", ["PruneSupport"], hasGolden: true),
    tests(of: "GSLNumerics", hasGolden: true),
    tests(of: "ONNXFormat", ["PruneSupport"], [protobuf], hasGolden: true),
    tests(of: "PruneData", ["PruneSupport"], hasGolden: true),
    tests(of: "ModelZoo"),
    tests(
      of: "TorchBackend", ["CTorch", "ONNXFormat", "ModelZoo", "PruneSupport"], hasGolden: true),
    tests(of: "PruneFeatures", ["PruneSupport"], hasGolden: true),
    tests(
      of: "PrunePredictor", ["LoopTestSupport", "PruneFeatures", "PruneSupport", "GSLNumerics"], hasGolden: true),
    tests(of: "PruneSurgery", ["ModelZoo", "ONNXFormat", "PruneSupport", "TorchBackend"]),
    tests(of: "PruneArchive", ["PruneSupport"], [grdb], hasGolden: true),
    tests(of: "PruneSession", ["PruneData"]),
    tests(of: "PruneTraining", loop, hasGolden: true),
    tests(of: "PruneSelection", loop),
    tests(
      of: "PruneCompensation", loop + ["PruneSelection", "TorchBackend"], hasGolden: true),
    tests(
      of: "PruneController", loop + ["GSLNumerics", "PruneCompensation", "PruneSelection"],
      hasGolden: true),
    tests(of: "PruneLearning", loop + ["AutoPrune", "PruneSelection", "TorchBackend"]),
    tests(of: "SVGCharts"),
    tests(of: "TensorBoardEvents", hasGolden: true),
    tests(of: "AutoPrune", ["PruneLearning", "PruneSupport", "TorchBackend"]),
    tests(of: "AutoPruneCLI", ["AutoPrune", "PruneSupport"], hasGolden: true, hasSnapshots: true),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
