/// How stored numbers become network inputs.
///
/// Pixels (8-bit unsigned integers) are divided by 255 unless ``isRaw``; then every value becomes
/// `(value − mean) / standardDeviation` of its channel.
public struct DataOptions: Hashable, Sendable {
  /// One for all channels, or one per channel; empty for 0.
  public var mean: [Float]
  /// One for all channels, or one per channel, > 0; empty for 1.
  public var standardDeviation: [Float]
  /// Leaves pixels in 0 … 255. Mean and standard deviation still apply where they are given.
  public var isRaw: Bool
  /// Decides which examples are set aside where the data has no test part.
  public var seed: UInt64
  /// Characters per example of a text, > 0.
  public var context: Int

  /// - Parameters:
  ///   - mean: one for all channels, or one per channel; finite.
  ///   - standardDeviation: likewise, above 0.
  public init(
    mean: [Float] = [], standardDeviation: [Float] = [], isRaw: Bool = false, seed: UInt64 = 0,
    context: Int = 64
  ) {
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.isRaw = isRaw
    self.seed = seed
    self.context = context
  }

  func validate() throws(DataError) {
    if let value = mean.first(where: { !$0.isFinite }) {
      throw .badOption("--mean", got: "\(value)", expected: "finite numbers")
    }
    if let value = standardDeviation.first(where: { !($0.isFinite && $0 > 0) }) {
      throw .badOption("--std", got: "\(value)", expected: "numbers > 0")
    }
    guard (1...1 << 20).contains(context) else {
      throw .badOption("context", got: "\(context)", expected: "1 to 1,048,576 characters")
    }
  }
}
