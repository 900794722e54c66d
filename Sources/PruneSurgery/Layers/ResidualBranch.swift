import PruneCore

/// A part of a network beside which a residual path carries on: `y = carried + branch(x)`, of which `carried` stays.
struct ResidualBranch: Sendable {
  /// Label of the addition that it ends in.
  let name: String
  /// What the addition puts out.
  let sum: String
  /// The operand of the addition that stays.
  let carried: String
  /// The operand that the branch makes.
  let output: String
  /// What the nodes put out that work for ``output`` alone.
  let made: Set<String>
  /// Prunable layers whose weights nothing outside of the branch reads.
  let layers: [PrunableLayer]
  /// Those of ``layers`` through which everything passes last: with their weights at zero ``output`` is constant.
  let last: Set<String>
  /// What the nodes of these layers put out.
  let ends: Set<String>

  /// Values that are gone with the branch.
  var values: Set<String> { made.union(layers.map(\.parameter)) }
}

/// Looks for ``ResidualBranch``es, one at most per addition.
struct ResidualBranchFinder {
  private let graph: Graph
  private let shapes: [String: [Int]]
  private let layers: [PrunableLayer]
  private let stored: Set<String>
  private let consumers: ConsumerIndex
  private var producers: [String: Int] = [:]
  /// Values that more reads than the inputs of nodes.
  private var promised: Set<String>

  init(_ graph: Graph, shapes: [String: [Int]]) {
    self.graph = graph
    self.shapes = shapes
    layers = graph.prunableLayers()
    stored = Set(graph.parameterNames)
    consumers = ConsumerIndex(graph)
    promised = Set(graph.outputs.map(\.name))
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs { producers[output] = index }
      promised.formUnion(graph.capturedNames(of: node))
    }
  }

  /// In graph order; a branch may lie within another.
  func branches() -> [ResidualBranch] {
    graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      guard node.operation == "Add", node.inputs.count == 2, node.inputs[0] != node.inputs[1],
        let shape = shapes[node.inputs[0]], shape == shapes[node.inputs[1]]
      else { return nil }
      let sides = [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])]
        .compactMap { branch(making: $0, beside: $1, at: index) }
      // Where both sides hold layers, the shorter one is the residual path.
      return sides.max { $0.layers.count < $1.layers.count }
    }
  }

  private func branch(
    making output: String, beside carried: String, at addition: Int
  ) -> ResidualBranch? {
    guard !stored.contains(carried), let nodes = nodes(making: output, for: addition),
      readsOnly(valuesBefore: carried, nodes)
    else { return nil }
    let own = layers.filter { nodes.isSuperset(of: $0.nodes) }
    guard let last = last(of: own, within: nodes, before: output) else { return nil }
    let node = graph.nodes[addition]
    let branch = ResidualBranch(
      name: node.label, sum: node.outputs[0], carried: carried, output: output,
      made: Set(nodes.flatMap { graph.nodes[$0].outputs }), layers: own, last: last,
      ends: Set(
        own.filter { last.contains($0.parameter) }.flatMap(\.nodes)
          .flatMap { graph.nodes[$0].outputs }))
    return BranchConstant(branch, of: graph, shapes: shapes).tensor == nil ? nil : branch
  }

  /// Nodes all of whose outputs end in `output`, which `addition` alone reads.
  private func nodes(making output: String, for addition: Int) -> Set<Int>? {
    guard let end = producers[output], !promised.contains(output),
      consumers.readers(of: output).count == 1
    else { return nil }
    var nodes: Set<Int> = [end]
    for index in (0..<end).reversed() {
      let outputs = graph.nodes[index].outputs.filter { !$0.isEmpty }
      let readers = outputs.flatMap { consumers.readers(of: $0) }
      guard !readers.isEmpty, promised.isDisjoint(with: outputs),
        readers.allSatisfy({ nodes.contains($0.node) })
      else { continue }
      nodes.insert(index)
    }
    return nodes
  }

  /// Whether the nodes read something computed, and nothing that the carried value does not come from.
  private func readsOnly(valuesBefore carried: String, _ nodes: Set<Int>) -> Bool {
    let made = Set(nodes.flatMap { graph.nodes[$0].outputs })
    let read = Set(nodes.flatMap { graph.nodes[$0].inputs }).subtracting(made)
      .subtracting(stored).subtracting([""])
    guard !read.isEmpty else { return false }
    var before: Set<String> = [carried]
    var pending = [carried]
    while let value = pending.popLast() {
      guard let producer = producers[value] else { continue }
      for input in graph.nodes[producer].inputs where before.insert(input).inserted {
        pending.append(input)
      }
    }
    return read.isSubset(of: before)
  }

  /// Parameters of the layers that are met first on all ways back from `output`; `nil` where a way meets none.
  private func last(
    of layers: [PrunableLayer], within nodes: Set<Int>, before output: String
  ) -> Set<String>? {
    var parameters: [Int: [String]] = [:]
    for layer in layers {
      for node in layer.nodes { parameters[node, default: []].append(layer.parameter) }
    }
    var result: Set<String> = []
    var seen: Set<String> = [output]
    var pending = [output]
    while let value = pending.popLast() {
      guard let producer = producers[value], nodes.contains(producer) else { return nil }
      if let own = parameters[producer] {
        result.formUnion(own)
        continue
      }
      for input in graph.nodes[producer].inputs
      where !input.isEmpty && !stored.contains(input) && seen.insert(input).inserted {
        pending.append(input)
      }
    }
    return result.isEmpty ? nil : result
  }
}
