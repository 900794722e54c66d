package import PruneCore

/// Kind of numbers in the first output of a network.
package enum OutputKind {
  /// Unnormalised class scores, or any output of no other kind.
  case logits
  /// Output of a softmax.
  case probabilities
  /// Output of a log-softmax.
  case logProbabilities
  /// Output of an element-wise saturating function, such as a sigmoid; not scores of competing classes.
  case activations

  /// Kind by the operator that makes the first output, through nodes that only change its shape or type.
  package init(of graph: Graph) {
    let producers = Dictionary(
      graph.nodes.flatMap { node in node.outputs.map { ($0, node) } },
      uniquingKeysWith: { first, _ in first })
    var value = graph.outputs.first?.name ?? ""
    while let node = producers[value] {
      switch node.operation {
      case "Softmax":
        self = .probabilities
        return
      case "LogSoftmax":
        self = .logProbabilities
        return
      case "Sigmoid", "HardSigmoid", "Tanh":
        self = .activations
        return
      case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast":
        value = node.inputs.first ?? ""
      default:
        self = .logits
        return
      }
    }
    self = .logits
  }
}

/// Meaning of a network's outputs, which decides how they are compared with those of another network.
enum OutputMeaning: Equatable {
  /// Rows of class scores, one per example or position; two rows agree where their highest-scored class is the same.
  case classes
  /// Values, such as those of a regressor or of a detector's heads; agreement is 1 − relative error.
  case values

  /// Classes where there are labels or a softmax, or where the only output is a row of two or more numbers per example;
  /// values where it is one number per example, a sequence, a map, one of several outputs or made by a sigmoid.
  ///
  /// - Parameters:
  ///   - shape: shape of the first output, examples first.
  ///   - hasLabels: `true` where the data has class labels.
  init(of graph: Graph, kind: OutputKind, shape: [Int], hasLabels: Bool) {
    if hasLabels {
      self = .classes
      return
    }
    let isOnePosition = shape.dropFirst(2).allSatisfy { $0 == 1 }
    switch kind {
    case .probabilities, .logProbabilities:
      self = isOnePosition || shape.count == 3 ? .classes : .values
    case .activations: self = .values
    case .logits:
      self =
        shape.count >= 2 && shape[1] > 1 && isOnePosition && graph.outputs.count == 1
        ? .classes : .values
    }
  }
}
