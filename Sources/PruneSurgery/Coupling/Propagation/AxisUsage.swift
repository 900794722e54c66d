import PruneCore

/// Looks ahead: whether a new axis will be needed whole, and whether products will treat it as a batch of heads.
///
/// A split of channels into `heads × width` can lose heads or width, but not both; what reads the result decides.
struct AxisUsage {
  enum Kind: Int {
    /// Summed, normalised or compared over.
    case neededWhole
    case open
    /// A batch axis of a product of computed values, such as attention heads.
    case batched
  }

  private let graph: Graph
  private let consumers: ConsumerIndex
  private let values: [String: TrackedValue]
  private let shapeValues: ShapeValues

  /// Largest number of nodes followed from the value on.
  private static let longestWalk = 10

  init(_ channels: ChannelPropagation) {
    graph = channels.graph
    consumers = channels.consumers
    values = channels.values
    shapeValues = channels.shapeValues
  }

  /// Use of an axis by the readers of a value.
  ///
  /// - Parameter rank: rank of the value, which has no labels yet.
  func kind(of axis: Int, rank: Int, of name: String) -> Kind {
    kind(of: axis, rank: rank, name, steps: Self.longestWalk)
  }

  private func kind(of axis: Int, rank: Int, _ name: String, steps: Int) -> Kind {
    guard steps > 0 else { return .open }
    var result = Kind.open
    for reader in consumers.readers(of: name) {
      switch kind(of: axis, rank: rank, in: graph.nodes[reader.node], reader.position, steps) {
      case .batched: return .batched
      case .neededWhole: result = .neededWhole
      case .open: break
      }
    }
    return result
  }

  private func kind(
    of axis: Int, rank: Int, in node: Node, _ position: Int, _ steps: Int
  ) -> Kind {
    func onward(_ axis: Int, _ rank: Int) -> Kind {
      var result = Kind.open
      for output in node.outputs where !output.isEmpty {
        let next = kind(of: axis, rank: rank, output, steps: steps - 1)
        if next == .batched { return next }
        if next == .neededWhole { result = next }
      }
      return result
    }
    switch node.operation {
    case "MatMul": return product(axis, rank, position)
    case "Transpose":
      let order = node.ints("perm") ?? Array((0..<rank).reversed())
      return order.firstIndex(of: axis).map { onward($0, rank) } ?? .open
    case "Softmax", "LogSoftmax", "LpNormalization", "ArgMax", "ArgMin", "TopK":
      let along = node.int("axis") ?? -1
      return (along < 0 ? along + rank : along) == axis ? .neededWhole : onward(axis, rank)
    case "LayerNormalization", "RMSNormalization":
      let first = node.int("axis") ?? -1
      return axis >= (first < 0 ? first + rank : first) ? .neededWhole : onward(axis, rank)
    case "InstanceNormalization", "GroupNormalization":
      return axis >= 2 ? .neededWhole : onward(axis, rank)
    case "Gather", "Split", "Slice": return cut(node, axis, rank, position, onward)
    case let operation where ElementwiseRule.operations.contains(operation):
      return onward(axis, rank)
    case let operation where BroadcastRule.operations.contains(operation):
      let others = node.inputs.compactMap { values[$0]?.rank }
      let result = max(rank, others.max() ?? rank)
      return onward(axis + result - rank, result)
    default: return .open
    }
  }

  private func product(_ axis: Int, _ rank: Int, _ position: Int) -> Kind {
    if rank >= 3, axis < rank - 2 { return .batched }
    let isSummed = position == 0 ? axis == rank - 1 : axis == rank - 2
    return isSummed ? .neededWhole : .open
  }

  private func cut(
    _ node: Node, _ axis: Int, _ rank: Int, _ position: Int, _ onward: (Int, Int) -> Kind
  ) -> Kind {
    guard position == 0 else { return .open }
    guard node.operation != "Slice" else { return onward(axis, rank) }
    let along = node.int("axis") ?? 0
    let cutAxis = along < 0 ? along + rank : along
    if cutAxis == axis { return .neededWhole }
    guard node.operation == "Gather", node.inputs.count > 1 else { return onward(axis, rank) }
    let indices = values[node.inputs[1]]?.rank ?? 0
    return onward(axis > cutAxis ? axis + indices - 1 : axis, rank + indices - 1)
  }
}
