public import PruneCore

extension GraphSurgery {
  /// Removes units without influence: those that nothing reads with a weight that is not zero, and those that hold
  /// one value for every input, which is added to the biases of the layers that read them.
  ///
  /// A constant that a padded convolution reads is no constant at its border, so that such a unit is kept unless the
  /// constant is zero. The result computes the same as the graph.
  ///
  /// - Returns: the graph, and the ids of the removed units.
  public func removeConstantUnits(
    from graph: Graph
  ) throws(SurgeryError) -> (graph: Graph, removed: Set<Int>) {
    let folding = ConstantFolding(graph, analysis)
    let removed = folding.findUnits()
    let small = try remove(removed, from: graph)
    return (folding.folded(removed, into: small), removed)
  }
}

/// Finds units without influence and moves their contributions into biases.
private struct ConstantFolding {
  private let graph: Graph
  private let analysis: CouplingAnalysis
  private let stored: [String: HostTensor]
  private let constants: ConstantChannels
  private var readings: [Reading] = []
  /// Units that a node reads in a way that is not looked into.
  private var opaque: Set<Int> = []

  /// A layer that sums over channels some of which are units.
  private struct Reading {
    let node: Int
    let weight: ConsumedWeight
    let inputUnits: [Int]
    /// `-1` where the outputs cannot be removed.
    let outputUnits: [Int]
    let constants: [Double?]
  }

  init(_ graph: Graph, _ analysis: CouplingAnalysis) {
    self.graph = graph
    self.analysis = analysis
    stored = graph.parameters()
    constants = ConstantChannels(graph.nodes, analysis.map, stored: stored)
    for (index, node) in graph.nodes.enumerated() { read(node, at: index) }
  }

  private static let summing: Set<String> = [
    "Conv", "ConvTranspose", "Einsum", "GRU", "Gemm", "LSTM", "MatMul", "RNN",
  ]

  private static let recurrent: Set<String> = ["GRU", "LSTM", "RNN"]

  private mutating func read(_ node: Node, at index: Int) {
    guard Self.summing.contains(node.operation), let name = node.inputs.first,
      let data = analysis.map.values[name], data.rank >= 2
    else { return }
    let map = analysis.map
    let axis = data.axes.indices.last { data.axes[$0].channels != nil }
    guard let axis, axis == ConstantChannels.channelAxis(data),
      let weight = ConsumedWeight(node, map, stored), weight.inputs == data.shape[axis],
      case .channels(let channels) = data.axes[axis], let output = map.values[node.outputs[0]],
      node.operation == "Conv" ? axis == 1 : axis == data.rank - 1
    else {
      // A depth-wise filter reads the unit that it belongs to, and no other.
      if node.operation == "Conv", node.int("group") == data.shape[1] { return }
      for name in node.inputs where map.values[name]?.isStored == false { block(name) }
      // A recurrent layer reads its own units as well.
      if Self.recurrent.contains(node.operation) { for name in node.outputs { block(name) } }
      return
    }
    let outputAxis = node.operation == "Conv" ? 1 : output.rank - 1
    let outputUnits =
      output.axes[outputAxis].channels.map { $0.map(map.unit) }
      ?? Array(repeating: -1, count: weight.outputs)
    readings.append(
      Reading(
        node: index, weight: weight, inputUnits: channels.map(map.unit), outputUnits: outputUnits,
        constants: constants.values[name] ?? Array(repeating: nil, count: channels.count)))
  }

  private mutating func block(_ name: String) {
    for axis in analysis.map.values[name]?.axes ?? [] {
      for channel in axis.channels ?? [] { opaque.insert(analysis.map.unit(of: channel)) }
    }
  }

  // MARK: Units

  /// The largest set of units each of whose readers is removed too or computes the same without them.
  func findUnits() -> Set<Int> {
    var units = Set(analysis.groups.flatMap(\.units).map(\.id)).subtracting(opaque)
    while true {
      let missed = missed(among: units)
      if missed.isEmpty {
        guard let axis = analysis.required.first(where: { $0.allSatisfy(units.contains) }) else {
          return units
        }
        units.remove(axis[0])
      } else {
        units.subtract(missed)
      }
    }
  }

  /// Units that a kept output reads and that cannot be folded into its bias.
  private func missed(among units: Set<Int>) -> Set<Int> {
    var missed: Set<Int> = []
    for reading in readings {
      let outputs = reading.outputUnits.indices.filter { !units.contains(reading.outputUnits[$0]) }
      for (input, unit) in reading.inputUnits.enumerated()
      where units.contains(unit) && !missed.contains(unit) {
        if let constant = reading.constants[input], constant == 0 || isFoldable(reading) {
          continue
        }
        let isRead = outputs.contains { !reading.weight.sum(output: $0, input: input).isZero }
        if isRead { missed.insert(unit) }
      }
    }
    return missed
  }

  private func isFoldable(_ reading: Reading) -> Bool {
    let node = graph.nodes[reading.node]
    let hasBias = node.inputs.count > 2 && !node.inputs[2].isEmpty
    return reading.weight.isUniform && reading.weight.scales.bias != 0
      && (!hasBias || reading.weight.bias(of: node, stored) != nil)
  }

  // MARK: Biases

  /// The graph after surgery, with the contributions of the units in the biases of their readers.
  func folded(_ units: Set<Int>, into small: Graph) -> Graph {
    var result = small
    var names = GraphNames(small)
    for reading in readings {
      let contribution = contribution(of: units, to: reading)
      guard contribution.contains(where: { $0 != 0 }) else { continue }
      let output = graph.nodes[reading.node].outputs[0]
      guard let index = result.nodes.firstIndex(where: { $0.outputs.first == output }) else {
        continue
      }
      add(contribution, scale: reading.weight.scales.bias, to: index, of: &result, &names)
    }
    result.removeDead(since: small)
    return result
  }

  /// Contribution of removed units to each kept output of a layer.
  private func contribution(of units: Set<Int>, to reading: Reading) -> [Double] {
    let outputs = reading.outputUnits.indices.filter { !units.contains(reading.outputUnits[$0]) }
    var result = [Double](repeating: 0, count: outputs.count)
    guard isFoldable(reading) else { return result }
    for (input, unit) in reading.inputUnits.enumerated() where units.contains(unit) {
      guard let constant = reading.constants[input], constant != 0 else { continue }
      for (position, output) in outputs.enumerated() {
        result[position] += reading.weight.sum(output: output, input: input).sum * constant
      }
    }
    return result
  }

  private func add(
    _ contribution: [Double], scale: Double, to index: Int, of graph: inout Graph,
    _ names: inout GraphNames
  ) {
    let node = graph.nodes[index]
    let isMatrixProduct = node.operation == "MatMul"
    let before =
      !isMatrixProduct && node.inputs.count > 2
      ? graph.parameter(named: node.inputs[2])?.floats ?? [] : []
    let bias = contribution.enumerated().map { position, value in
      Float(value / scale) + (before.count == 1 ? before[0] : before.isEmpty ? 0 : before[position])
    }
    let name = names.fresh(node.label + ".folded_bias")
    graph.store(HostTensor(bias, shape: [bias.count]), as: name)
    if isMatrixProduct {
      let product = names.fresh(node.label + ".product")
      graph.nodes[index].outputs[0] = product
      graph.nodes.insert(
        Node("Add", name: name, inputs: [product, name], outputs: node.outputs), at: index + 1)
    } else if node.inputs.count > 2 {
      graph.nodes[index].inputs[2] = name
    } else {
      graph.nodes[index].inputs.append(name)
    }
  }
}
