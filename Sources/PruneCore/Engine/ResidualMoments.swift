/// Sums over positions of a layer's inputs `x` with its residuals `r`, block by block: what a least-squares fit of the
/// layer's product to that of a reference needs.
///
/// `r = W′x′ − W x`, where `W′` and `x′` are the reference's weights and inputs, without biases and without Gemm's `alpha`.
/// Blocks are those of ``PrunableLayer/blocks``; a *position* is as in ``LayerStatistics``.
public struct ResidualMoments: Sendable {
  /// Which inputs of each block are looked at, ascending; the same in every block.
  public let features: [Int]
  /// The matrices that the layer's weight splits into; all sums are kept per block.
  public let blocks: WeightBlocks
  /// Number of positions added so far.
  public private(set) var positions = 0.0
  /// Σ x xᵀ, `[blocks, features, features]`, row-major.
  public private(set) var gram: [Double]
  /// Σ x rᵀ, `[blocks, features, outputs]`, row-major.
  public private(set) var cross: [Double]
  /// Σ x, `[blocks, features]`.
  public private(set) var featureSum: [Double]
  /// Σ r, `[blocks, outputs]`.
  public private(set) var residualSum: [Double]

  /// - Parameter features: inputs of a block; bounds the memory, which grows with the square of their number.
  /// - Precondition: ascending and within the block.
  public init(_ layer: PrunableLayer, features: [Int]) {
    blocks = layer.blocks
    precondition(
      zip(features, features.dropFirst()).allSatisfy(<) && (features.first ?? 0) >= 0
        && (features.last ?? -1) < blocks.inputs,
      "features of '\(layer.name)' must ascend within 0 ..< \(blocks.inputs)")
    self.features = features
    let (count, width) = (blocks.count, features.count)
    gram = [Double](repeating: 0, count: count * width * width)
    cross = [Double](repeating: 0, count: count * width * blocks.outputs)
    featureSum = [Double](repeating: 0, count: count * width)
    residualSum = [Double](repeating: 0, count: count * blocks.outputs)
  }

  /// Adds the sums of some positions, laid out as the properties of the same names.
  public mutating func add(
    positions: Double, gram: [Float], cross: [Float], featureSum: [Float], residualSum: [Float]
  ) {
    self.positions += positions
    Self.add(gram, to: &self.gram)
    Self.add(cross, to: &self.cross)
    Self.add(featureSum, to: &self.featureSum)
    Self.add(residualSum, to: &self.residualSum)
  }

  private static func add(_ values: [Float], to sums: inout [Double]) {
    precondition(values.count == sums.count, "\(values.count) values for \(sums.count) sums")
    sums.withUnsafeMutableBufferPointer { sums in
      values.withUnsafeBufferPointer { values in
        for index in sums.indices { sums[index] += Double(values[index]) }
      }
    }
  }
}
