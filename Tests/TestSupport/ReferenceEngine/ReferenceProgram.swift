import PruneCore

/// A graph with its current weights, masks and optimizer state.
public final class ReferenceProgram {
  let graph: Graph
  var parameters: [String: HostTensor]
  var masks: [String: [Bool]] = [:]
  var optimizerState: [String: HostTensor] = [:]

  init(graph: Graph) {
    self.graph = graph
    parameters = graph.parameters()
  }

  /// Floating-point tensors in file order.
  var trainableNames: [String] {
    graph.parameterNames.filter { parameters[$0]?.elementType == .float32 }
  }
}
