import Foundation
package import PruneCore
package import PruneSupport

/// Targets drawn from a network's own outputs, about which the gradients of single examples scatter by the Fisher matrix.
package struct DrawnTargets {
  let kind: OutputKind
  let isClassifier: Bool

  package init(kind: OutputKind, isClassifier: Bool) {
    self.kind = kind
    self.isClassifier = isClassifier
  }

  /// Classes by their probabilities, or values with noise of the outputs' own spread.
  package func targets(
    from outputs: HostTensor, using generator: inout SeededGenerator
  ) -> Batch.Targets {
    isClassifier
      ? .labels(classes(outputs, using: &generator))
      : .values(values(around: outputs, using: &generator))
  }

  /// One class per row, by the probabilities in that row.
  private func classes(_ outputs: HostTensor, using generator: inout SeededGenerator) -> [Int] {
    var shape = outputs.shape
    while shape.count > 2, shape.last == 1 { shape.removeLast() }
    guard let values = outputs.floats, let classes = shape.last, classes > 0 else { return [] }
    return stride(from: 0, to: values.count, by: classes).map { start in
      let row = values[start..<start + classes]
      let top = row.max() ?? 0
      let weights = row.map { kind == .probabilities ? Double($0) : exp(Double($0 - top)) }
      var left = generator.uniform() * weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        left -= weight
        if left < 0 { return index }
      }
      return classes - 1
    }
  }

  /// Outputs with noise of their own spread.
  private func values(
    around outputs: HostTensor, using generator: inout SeededGenerator
  ) -> HostTensor {
    let values = outputs.floats ?? []
    let mean = values.reduce(0, +) / Float(max(1, values.count))
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let spread = (variance / Float(max(1, values.count))).squareRoot()
    return HostTensor(
      values.map { $0 + (generator.next() & 1 == 0 ? spread : -spread) }, shape: outputs.shape)
  }
}
