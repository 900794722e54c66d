package import PruneCore

/// What the first output of a classifier holds.
package enum OutputKind {
  case logits
  case probabilities
  case logProbabilities
  /// Made by a function that saturates, number by number: no scores that compete.
  case activations

  /// Found from the operator that makes the output, looking through nodes that only change its shape.
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
