internal import CTorch
internal import PruneCore

/// A graph prepared for libtorch, with its weights, masks and optimizer state.
///
/// Not `Sendable`: used only with the engine that made it.
public final class TorchProgram {
  /// A stored tensor that changes: a trainable one or a running statistic.
  struct Parameter {
    let name: String
    let slot: Int
    let tensor: TorchTensor
    let shape: [Int]
  }

  let graph: Graph
  let slots: SlotTable
  /// Steps for the exported batch size.
  let steps: [Step]
  /// Stored and folded tensors in their slots; everything else is `nil`.
  let baseline: [TorchTensor?]
  let trainable: [Parameter]
  let runningStatistics: [Parameter]
  let inputSlots: [Int]
  let outputSlots: [Int]
  let logits: LogitsSource
  /// `true` where four-axis inputs are kept with channels innermost: 1.2 to 1.5 times faster for
  /// convolutions.
  let prefersChannelsLast: Bool
  /// Way to run batches of another size than the exported one; `nil` until the first such batch.
  var batching: Batching?
  var masks: [String: TorchTensor] = [:]
  var optimizer = OptimizerState()

  init(
    graph: Graph, slots: SlotTable, steps: [Step], baseline: [TorchTensor?],
    trainable: [Parameter], runningStatistics: [Parameter], inputSlots: [Int], outputSlots: [Int]
  ) {
    self.graph = graph
    self.slots = slots
    self.steps = steps
    self.baseline = baseline
    self.trainable = trainable
    self.runningStatistics = runningStatistics
    self.inputSlots = inputSlots
    self.outputSlots = outputSlots
    logits = LogitsSource(of: graph)
    prefersChannelsLast = graph.nodes.contains { $0.operation == "Conv" }
  }

  var changing: [Parameter] { trainable + runningStatistics }

  func trainableParameter(named name: String) throws(EngineError) -> Parameter {
    guard let parameter = trainable.first(where: { $0.name == name }) else {
      throw .unknownParameter(name)
    }
    return parameter
  }
}

/// Table of value names and their slots.
struct SlotTable {
  private(set) var names: [String] = []
  private var positions: [String: Int] = [:]

  subscript(name: String) -> Int? { positions[name] }

  mutating func slot(for name: String) -> Int {
    if let known = positions[name] { return known }
    let slot = names.count
    names.append(name)
    positions[name] = slot
    return slot
  }
}

/// Optimizer state of a program: step count, and momentum or moments by parameter.
struct OptimizerState {
  var step = 0
  var first: [String: TorchTensor] = [:]
  var second: [String: TorchTensor] = [:]
}

/// Value that holds a classifier's logits: its first output, or the input of the `Softmax` that
/// makes it.
struct LogitsSource {
  /// Name of the logits; `nil` for a graph without outputs.
  let value: String?
  /// `true` where the graph's output is a softmax of ``value``.
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
