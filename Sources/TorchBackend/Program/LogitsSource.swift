internal import PruneCore

/// Where a classifier's logits are: its first output, or the input of the `Softmax` that makes it.
struct LogitsSource {
  /// `nil` for a graph without outputs.
  let value: String?
  /// Whether the graph's output is a softmax of ``value``.
  let precedesSoftmax: Bool

  init(of graph: Graph) {
    guard let output = graph.outputs.first?.name else {
      value = nil
      precedesSoftmax = false
      return
    }
    let passing: Set<String> = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]
    var name = output
    for _ in 0..<16 {
      guard let node = graph.nodes.first(where: { $0.outputs.first == name }),
        let input = node.inputs.first
      else { break }
      if node.operation == "Softmax" {
        value = input
        precedesSoftmax = true
        return
      }
      guard passing.contains(node.operation) else { break }
      name = input
    }
    value = output
    precedesSoftmax = false
  }
}
