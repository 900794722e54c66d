import PruneCore

/// Selects single weights, exactly as many as asked for.
struct ElementSelection {
  let layers: [PrunableLayer]
  /// Current masks per layer; `nil` where nothing is pruned.
  let current: [Mask?]

  /// Masks with the highest scores of each group of layers; every layer keeps its best weight.
  ///
  /// - Throws: ``SelectionError``.
  func masks(
    scores: [[Float]], groups: [SelectionGroup]
  ) throws(SelectionError) -> [Mask] {
    for (layer, values) in zip(layers, scores) where values.count != layer.count {
      throw .wrongScoreCount(layer: layer.name, got: values.count, expected: "\(layer.count)")
    }
    var masks = layers.indices.map { current[$0] ?? Mask(keepingAll: layers[$0].count) }
    for group in groups { try select(group, scores: scores, into: &masks) }
    return masks
  }

  private func select(
    _ group: SelectionGroup, scores: [[Float]], into masks: inout [Mask]
  ) throws(SelectionError) {
    var best: [Int: Int] = [:]
    for layer in group.layers {
      if let index = try bestWeight(of: layer, scores: scores[layer]) { best[layer] = index }
    }
    guard group.keptCount >= best.count else {
      throw .tooFew(
        asked: group.keptCount, needed: best.count,
        layer: layers[group.layers.max { layers[$0].count < layers[$1].count } ?? 0].name)
    }
    let threshold = RadixThreshold.find(keeping: group.keptCount - best.count) { visit in
      for layer in group.layers {
        let first = best[layer] ?? -1
        forEachKept(layer, scores[layer]) { index, key in
          if index != first { visit(key) }
        }
      }
    }
    var equalLeft = threshold?.equalCount ?? 0
    for layer in group.layers {
      let first = best[layer] ?? -1
      let thresholdKey = threshold?.key ?? .max
      masks[layer] = Mask(
        [Bool](unsafeUninitializedCapacity: layers[layer].count) { kept, initialized in
          kept.initialize(repeating: false)
          forEachKept(layer, scores[layer]) { index, key in
            if key > thresholdKey || index == first {
              kept[index] = true
            } else if key == thresholdKey, equalLeft > 0 {
              kept[index] = true
              equalLeft -= 1
            }
          }
          initialized = layers[layer].count
        })
    }
  }

  /// Position of the highest score among kept weights, the first of equal ones; `nil` in an empty layer.
  private func bestWeight(
    of layer: Int, scores: [Float]
  ) throws(SelectionError) -> Int? {
    var best = -1
    var bestKey: UInt32 = 0
    var notANumber = -1
    forEachKept(layer, scores) { index, key in
      if ScoreOrder.isNotANumber(key), notANumber < 0 { notANumber = index }
      if key > bestKey { (best, bestKey) = (index, key) }
    }
    guard notANumber < 0 else {
      throw .notANumber(layer: layers[layer].name, index: notANumber)
    }
    return best < 0 ? nil : best
  }

  /// Calls `body` with position and key of each kept weight.
  @inline(__always) private func forEachKept(
    _ layer: Int, _ scores: [Float], _ body: (Int, UInt32) -> Void
  ) {
    scores.withUnsafeBufferPointer { scores in
      guard let kept = current[layer]?.kept else {
        for index in 0..<scores.count { body(index, ScoreOrder.key(scores[index])) }
        return
      }
      kept.withUnsafeBufferPointer { kept in
        for index in 0..<scores.count where kept[index] {
          body(index, ScoreOrder.key(scores[index]))
        }
      }
    }
  }
}
