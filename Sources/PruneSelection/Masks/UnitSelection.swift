import PruneCore

/// Selects whole units (channels, kernels, blocks), best first, while they fit.
struct UnitSelection {
  /// Unit with the key of its score and its number of kept weights.
  private struct Unit {
    var layer: Int
    var index: Int
    var key: UInt32
    var size: Int
  }

  private let layers: [PrunableLayer]
  private let current: [Mask?]
  private let partitions: [UnitPartition]

  init(
    layers: [PrunableLayer], current: [Mask?], granularity: Granularity
  ) throws(SelectionError) {
    self.layers = layers
    self.current = current
    var partitions: [UnitPartition] = []
    for layer in layers { partitions.append(try UnitPartition(layer, granularity: granularity)) }
    self.partitions = partitions
  }

  /// Masks with the best units of each group of layers; every layer keeps its best unit.
  ///
  /// - Parameter scores: per layer, one per unit or one per weight.
  /// - Throws: ``SelectionError``.
  func masks(scores: [[Float]], groups: [SelectionGroup]) throws(SelectionError) -> [Mask] {
    var masks = layers.indices.map { current[$0] ?? Mask(keepingAll: layers[$0].count) }
    for group in groups { try select(group, scores: scores, into: &masks) }
    return masks
  }

  private func select(
    _ group: SelectionGroup, scores: [[Float]], into masks: inout [Mask]
  ) throws(SelectionError) {
    var kept = partitions.map { [Bool](repeating: false, count: $0.unitCount) }
    var others: [Unit] = []
    var needed = 0
    var largest = (size: 0, layer: group.layers.first ?? 0)
    for layer in group.layers {
      var units = try rankedUnits(of: layer, scores: scores[layer])
      guard !units.isEmpty else { continue }
      let best = units.removeFirst()
      kept[layer][best.index] = true
      needed += best.size
      if best.size > largest.size { largest = (best.size, layer) }
      others += units
    }
    // A group of one layer keeps its best unit even where that exceeds its share.
    guard needed <= group.keptCount || group.layers.count == 1 else {
      throw .tooFew(asked: group.keptCount, needed: needed, layer: layers[largest.layer].name)
    }
    var left = group.keptCount - needed
    others.sort { ($1.key, $0.layer, $0.index) < ($0.key, $1.layer, $1.index) }
    for unit in others {
      guard unit.size <= left else { break }
      kept[unit.layer][unit.index] = true
      left -= unit.size
    }
    for layer in group.layers {
      masks[layer] = partitions[layer].mask(
        keeping: kept[layer], count: layers[layer].count, current: current[layer])
    }
  }

  /// Units with kept weights, best first; ties by index.
  private func rankedUnits(of layer: Int, scores: [Float]) throws(SelectionError) -> [Unit] {
    let partition = partitions[layer]
    let count = layers[layer].count
    let sizes = partition.sizes(count: count, current: current[layer])
    let unitScores: [Float]
    switch scores.count {
    case partition.unitCount: unitScores = scores
    case count: unitScores = partition.means(of: scores, sizes: sizes, current: current[layer])
    default:
      throw .wrongScoreCount(
        layer: layers[layer].name, got: scores.count,
        expected: "\(partition.unitCount) (units) or \(count) (weights)")
    }
    var units: [Unit] = []
    for index in sizes.indices where sizes[index] > 0 {
      guard !unitScores[index].isNaN else {
        throw .notANumber(layer: layers[layer].name, index: index)
      }
      units.append(
        Unit(layer: layer, index: index, key: ScoreOrder.key(unitScores[index]), size: sizes[index])
      )
    }
    return units.sorted { ($1.key, $0.index) < ($0.key, $1.index) }
  }
}
