package import PruneCore

/// Keeps the best N of every M consecutive input channels, for each output and kernel position.
///
/// - Source: Mishra et al., *Accelerating Sparse Deep Neural Networks*, 2021,
///   [arXiv:2104.08378](https://arxiv.org/abs/2104.08378), §3. Convolutions are grouped along input
///   channels, as that hardware reads them.
/// - Note: A last group of fewer than M channels keeps the same share of them, rounded up.
struct PatternSelection {
  private let pattern: NMPattern
  private let layers: [PrunableLayer]
  private let current: [Mask?]

  init(_ pattern: NMPattern, layers: [PrunableLayer], current: [Mask?]) {
    self.pattern = pattern
    self.layers = layers
    self.current = current
  }

  /// Masks by the pattern, one per layer.
  ///
  /// - Parameter free: positions of layers to prune; the others keep their masks.
  /// - Throws: ``SelectionError``.
  func masks(scores: [[Float]], free: Set<Int>) throws(SelectionError) -> [Mask] {
    var masks: [Mask] = []
    for (index, layer) in layers.enumerated() {
      let before = current[index] ?? Mask(keepingAll: layer.count)
      masks.append(
        free.contains(index) ? try select(layer, scores: scores[index], kept: before.kept) : before)
    }
    return masks
  }

  private func select(
    _ layer: PrunableLayer, scores: [Float], kept: [Bool]
  ) throws(SelectionError) -> Mask {
    guard scores.count == layer.count else {
      throw .wrongScoreCount(layer: layer.name, got: scores.count, expected: "\(layer.count)")
    }
    if let index = scores.indices.first(where: { kept[$0] && scores[$0].isNaN }) {
      throw .notANumber(layer: layer.name, index: index)
    }
    var result = [Bool](repeating: false, count: layer.count)
    for group in pattern.groups(of: layer) {
      let quota = pattern.quota(of: group.count)
      for index in best(quota, of: group.filter { kept[$0] }, scores: scores) {
        result[index] = true
      }
    }
    return Mask(result)
  }

  /// Positions of the `count` highest scores of a group, the first of equal ones.
  private func best(_ count: Int, of group: [Int], scores: [Float]) -> [Int] {
    Array(
      group.sorted { (ScoreOrder.key(scores[$1]), $0) < (ScoreOrder.key(scores[$0]), $1) }
        .prefix(count))
  }
}

extension NMPattern {
  /// Number of weights kept of a group of `count`, which is smaller at the end of a row.
  package func quota(of count: Int) -> Int { (count * kept + of - 1) / of }

  /// Groups of consecutive inputs, each as positions of its weights in stored order.
  package func groups(of layer: PrunableLayer) -> [[Int]] {
    let layout = layer.layout
    // The kernel of a transposed convolution is part of its outputs, so that its inputs are channels.
    let area = layout.isInputMajor ? 1 : max(layout.kernelArea, 1)
    let channels = layout.inputs / area
    return (0..<layout.outputs).flatMap { output in
      (0..<area).flatMap { position in
        stride(from: 0, to: channels, by: of).map { start in
          (start..<min(start + of, channels)).map {
            layout.index(output: output, input: $0 * area + position)
          }
        }
      }
    }
  }
}
