public import PruneCore

/// A layer's inputs cut into parts that are fitted one after another, each to what the others leave: bounds the memory for
/// moments and the work of solving wide layers.
public struct FeatureParts: Hashable, Sendable {
  /// Inputs of a block, ascending; those without a kept connection are left out.
  public let parts: [[Int]]

  /// - Parameter kept: all connections where `nil`.
  public init(_ layer: PrunableLayer, kept: Mask?) {
    self.init(layer, kept: kept, widest: Self.widest, work: Self.workLimit)
  }

  init(_ layer: PrunableLayer, kept: Mask?, widest: Int, work limit: Double) {
    let blocks = layer.blocks
    let alive = (0..<blocks.inputs).filter { input in
      guard let kept = kept?.kept else { return true }
      return (0..<blocks.count).contains { block in
        (0..<blocks.outputs).contains {
          kept[blocks.index(block: block, output: $0, input: input)]
        }
      }
    }
    // Each of `outputs` systems takes k³ / 3 for a part's k connections: quadratic in the part's width.
    let connections = Double(kept?.keptCount ?? layer.count)
    let outputs = Double(max(blocks.outputs * blocks.count, 1))
    let density = connections / outputs / Double(max(alive.count, 1))
    let cubes = outputs * Double(alive.count) * density * density * density / 3
    let affordable = cubes > 0 ? (limit / cubes).squareRoot() : Double(widest)
    let width = max(1, min(widest, affordable < Double(widest) ? Int(affordable) : widest))
    parts = stride(from: 0, to: alive.count, by: width).map {
      Array(alive[$0..<min(alive.count, $0 + width)])
    }
  }

  /// A Gram matrix of this width takes 32 MiB.
  private static var widest: Int { 2_048 }
  /// Multiply–accumulates of all factorisations of a layer.
  private static var workLimit: Double { 2e11 }
}
