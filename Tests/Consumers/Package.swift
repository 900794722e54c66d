// swift-tools-version: 6.2
import PackageDescription

// Packages of other people that use AutoPrune, as `make consumers` builds and runs them.
let package = Package(
  name: "Consumers",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "AutoPrune", path: "../..")],
  targets: [
    .executableTarget(
      name: "PruneDigits",
      dependencies: [
        .product(name: "AutoPrune", package: "AutoPrune"),
        .product(name: "AutoPruneTorch", package: "AutoPrune"),
      ]),
    // A runtime in plain Swift is slow where it is not optimized.
    .executableTarget(
      name: "OwnEngine", dependencies: [.product(name: "AutoPrune", package: "AutoPrune")],
      swiftSettings: [.unsafeFlags(["-O"])]),
  ],
  swiftLanguageModes: [.v6]
)
