package import Foundation
import PruneCore

/// The UCI optical digits shipped with the package.
///
/// - Source: Alpaydin & Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository,
///   1998, [doi:10.24432/C50P49](https://doi.org/10.24432/C50P49), CC BY 4.0.
enum DigitsResource {
  /// Largest value of a pixel.
  private static let divisor: Float = 16

  static func load(options: DataOptions) throws(DataError) -> LoadedParts {
    let locator = ResourceLocator(bundle: "AutoPrune_PruneData")
    let file = try NPZFile(contentsOf: try locator.url(of: "digits.npz"))
    return LoadedParts(
      train: try part("train", of: file, options: options),
      test: try part("test", of: file, options: options))
  }

  private static func part(
    _ name: String, of file: NPZFile, options: DataOptions
  ) throws(DataError) -> ExampleSet {
    guard case .uint8(let pixels)? = file["x_\(name)"]?.storage,
      let labels = file["y_\(name)"]?.integers
    else { throw .missingArray("digits.npz", name: "x_\(name)", found: file.names) }
    let shape = [1, 8, 8]
    let normalization = try Normalization(
      options, divisor: options.isRaw ? 1 : divisor, shape: shape, isPixels: true)
    return try ExampleSet(
      source: "digits (\(name))",
      columns: [Column(storage: .bytes(pixels), shape: shape, normalization: normalization)],
      targets: .labels(labels, perExample: 1))
  }
}

extension DataSet {
  /// 1,347 training and 450 test images `[1, 8, 8]` of handwritten digits in 0 … 1, embedded in the package.
  public static func digits(options: DataOptions = DataOptions()) throws -> DataSet {
    try DataSet(
      name: "digits", format: .embedded, parts: try DigitsResource.load(options: options),
      seed: options.seed)
  }
}

/// Finds files shipped with the package; `Bundle.module` would trap where they are missing.
///
/// Searched are, in this order: the folder in the environment variable `AUTOPRUNE_RESOURCES`, the
/// executable's own folder, and `../share/autoprune` beside it; each with and without the bundle's folder.
package struct ResourceLocator {
  private let bundle: String

  /// - Parameter bundle: name of the resource bundle, `PACKAGE_TARGET`.
  package init(bundle: String) { self.bundle = bundle }

  /// Location of a file of the bundle.
  ///
  /// - Throws: ``DataError/resourceNotFound(_:lookedIn:)``.
  package func url(of name: String) throws(DataError) -> URL {
    let folders = searchFolders
    for folder in folders {
      for container in ["\(bundle).resources", "\(bundle).bundle", "."] {
        let url = folder.appendingPathComponent(container).appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: url.path) { return url.standardizedFileURL }
      }
    }
    throw .resourceNotFound(name, lookedIn: folders.map(\.path))
  }

  private var searchFolders: [URL] {
    var folders: [URL] = []
    if let stated = ProcessInfo.processInfo.environment["AUTOPRUNE_RESOURCES"], !stated.isEmpty {
      folders.append(URL(fileURLWithPath: stated))
    }
    if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      let folder = executable.deletingLastPathComponent()
      folders.append(folder)
      folders.append(
        folder.deletingLastPathComponent().appendingPathComponent("share/autoprune"))
    }
    if !folders.contains(where: { $0.path == Bundle.main.bundleURL.path }) {
      folders.append(Bundle.main.bundleURL)
    }
    return folders
  }
}
