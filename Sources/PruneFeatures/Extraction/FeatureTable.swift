public import PruneCore
import PruneSupport

/// Features of one layer's weights.
public struct LayerFeatures: Sendable {
  /// Layer whose weights are the rows.
  public let layer: PrunableLayer
  /// `[features][layer.count]`, weights in stored order; pruned weights hold 0.
  public var columns: [[Float]]

  /// - Parameter columns: `[features][layer.count]`, weights in stored order.
  public init(layer: PrunableLayer, columns: [[Float]]) {
    self.layer = layer
    self.columns = columns
  }
}

/// Features of a network's weights, a column per feature.
public struct FeatureTable: Sendable {
  public let names: [String]
  /// Features by layer, in graph order, each with the same columns.
  public let layers: [LayerFeatures]

  /// - Parameter layers: each with one column per name.
  public init(names: [String], layers: [LayerFeatures]) {
    self.names = names
    self.layers = layers
  }
}

/// Features of a network's weights that are computed when they are asked for, a run of weights at a time.
///
/// A table of all of them takes 4 bytes × features × weights; a source takes little more than the network itself.
/// Several threads may read it.
public protocol FeatureSource: Sendable {
  /// Names of the columns, in order.
  var names: [String] { get }
  /// Layers in graph order; `layer` below is a position in this list.
  var prunableLayers: [PrunableLayer] { get }

  /// The value of a column where it is known to be the same for all kept weights of a layer; `nil` elsewhere.
  func constant(_ feature: Int, layer: Int) -> Float?

  /// Writes chosen columns of `range` (stored order) of a layer.
  ///
  /// - Parameters:
  ///   - features: positions in ``names``.
  ///   - target: `[features, range.count]`.
  func fill(
    _ target: UnsafeMutableBufferPointer<Float>, features: [Int], layer: Int, range: Range<Int>)
}

extension FeatureSource {
  /// All columns of all weights.
  public var table: FeatureTable {
    let all = Array(names.indices)
    return FeatureTable(
      names: names,
      layers: prunableLayers.indices.map { layer in
        let columns = ParallelChunks(count: prunableLayers[layer].count, length: 1 << 14).map {
          range in
          [Float](unsafeUninitializedCapacity: names.count * range.count) { target, initialized in
            fill(
              UnsafeMutableBufferPointer(rebasing: target[0..<names.count * range.count]),
              features: all, layer: layer, range: range)
            initialized = names.count * range.count
          }
        }
        return LayerFeatures(
          layer: prunableLayers[layer],
          columns: names.indices.map { feature in
            columns.flatMap { part in
              let length = part.count / names.count
              return part[feature * length..<(feature + 1) * length]
            }
          })
      })
  }
}

extension FeatureTable: FeatureSource {
  public var prunableLayers: [PrunableLayer] { layers.map(\.layer) }

  public func constant(_ feature: Int, layer: Int) -> Float? {
    let column = layers[layer].columns[feature]
    guard let first = column.first, column.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  public func fill(
    _ target: UnsafeMutableBufferPointer<Float>, features: [Int], layer: Int, range: Range<Int>
  ) {
    for (position, feature) in features.enumerated() {
      layers[layer].columns[feature].withUnsafeBufferPointer { column in
        for index in 0..<range.count {
          target[position &* range.count &+ index] = column[range.lowerBound &+ index]
        }
      }
    }
  }
}
