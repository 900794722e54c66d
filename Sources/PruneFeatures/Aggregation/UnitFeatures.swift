public import PruneCore

/// Features of the larger units of a layer, a column per feature and aggregate.
public struct UnitFeatures: Hashable, Sendable {
  /// As ``FeatureAggregate/name(of:)`` gives them.
  public let names: [String]
  /// Which connections each unit is made of.
  public let grouping: UnitGrouping
  /// `[names][units]`; 0 for units with nothing left.
  public let columns: [[Float]]

  /// The column of a name, `[units]`.
  public subscript(name: String) -> [Float]? {
    names.firstIndex(of: name).map { columns[$0] }
  }
}

extension FeatureSource {
  /// Features of the units of one layer, from those of their connections; one column is in memory at a time.
  ///
  /// - Parameters:
  ///   - mask: what the layer has left; `nil` for everything.
  ///   - aggregates: each is taken of each feature.
  public func aggregated(
    layer: Int, by grouping: UnitGrouping, mask: Mask? = nil, as aggregates: [FeatureAggregate]
  ) -> UnitFeatures {
    let count = prunableLayers[layer].count
    var (names, columns): ([String], [[Float]]) = ([], [])
    for (feature, name) in self.names.enumerated() {
      let values = ParallelChunks(count: count, length: 1 << 14).joined { range in
        [Float](unsafeUninitializedCapacity: range.count) { target, initialized in
          fill(
            UnsafeMutableBufferPointer(rebasing: target[0..<range.count]), features: [feature],
            layer: layer, range: range)
          initialized = range.count
        }
      }
      for aggregate in aggregates {
        names.append(aggregate.name(of: name))
        columns.append(aggregate.combine(values, kept: mask?.kept, by: grouping))
      }
    }
    return UnitFeatures(names: names, grouping: grouping, columns: columns)
  }
}
