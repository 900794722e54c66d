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
    .executableTarget(
      name: "OwnEngine", dependencies: [.product(name: "AutoPrune", package: "AutoPrune")]),
  ],
  swiftLanguageModes: [.v6]
)
