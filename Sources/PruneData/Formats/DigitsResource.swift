import Foundation
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
