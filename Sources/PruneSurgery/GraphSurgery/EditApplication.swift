import PruneCore

/// A constant inside a node that counts or names channels, and has to follow when some are removed.
struct StructuralEdit: Sendable {
  let node: Int
  let kind: Kind

  enum Kind: Sendable {
    /// An integer attribute that counts these channels: `group`, `hidden_size`, `num_groups`.
    case count(attribute: String, of: [Int])
    /// Sizes of the parts of a `Split`.
    case parts([AxisLabels], sizes: [Int])
    /// Bounds of a `Slice` with step 1, at one position of its `axes`.
    case bounds(entry: Int, start: Int, axis: [Int], within: [Int])
    /// Constant indices of a `Gather`: positions along an axis of these channels.
    case indices(axis: [Int], chosen: [Int])
    /// Entries of a `Pad`: channels added before and after.
    case padding(axis: Int, before: [Int], after: [Int])
    /// Entries of a shape operand that state these channels' number.
    case extents(input: Int, entries: [Int: [Int]])
    /// A `Squeeze` that names no axes, and would squeeze a channel axis of which one channel is kept.
    case squeeze(axes: [Int])
  }
}

/// Writes the constants inside nodes that count or name channels.
struct EditApplication {
  private var graph: Graph
  private let original: ShapeValues
  private let map: ChannelMap
  private let units: Set<Int>
  private var names: GraphNames
  /// Integers stored on the way, by name.
  private var stored: [String: [Int]] = [:]
  /// Nodes to insert before the node of this index.
  private var insertions: [Int: [Node]] = [:]

  init(_ graph: Graph, _ map: ChannelMap, removing units: Set<Int>) {
    self.graph = graph
    original = ShapeValues(ParameterIndex(graph))
    self.map = map
    self.units = units
    names = GraphNames(graph)
  }

  mutating func apply() -> Graph {
    for edit in map.edits { apply(edit) }
    guard !insertions.isEmpty else { return graph }
    graph.nodes = graph.nodes.enumerated().flatMap { (insertions[$0] ?? []) + [$1] }
    return graph
  }

  private mutating func apply(_ edit: StructuralEdit) {
    let index = edit.node
    switch edit.kind {
    case .count(let attribute, let channels):
      guard count(channels) != channels.count else { return }
      graph.nodes[index].replace(attribute, with: .int(Int64(count(channels))))
    case .parts(let parts, let sizes):
      let counts = zip(parts, sizes).map { labels, size in labels.channels.map(count) ?? size }
      guard counts != sizes else { return }
      graph.nodes[index].attributes.removeAll { $0.name == "num_outputs" }
      write(counts, to: index, attribute: "split", input: 1, isAttribute: graph.opset < 13)
    case .bounds(let entry, let start, let axis, let within):
      guard count(axis) != axis.count else { return }
      let first = count(Array(axis[..<start]))
      let end = first + count(within)
      rewrite(index, attribute: "starts", input: 1) { $0[entry] = first }
      rewrite(index, attribute: "ends", input: 2) { $0[entry] = end }
    case .indices(let axis, let chosen):
      guard count(axis) != axis.count else { return }
      gather(index, axis: axis, chosen: chosen)
    case .padding(let axis, let before, let after):
      guard count(before) != before.count || count(after) != after.count else { return }
      pad(index, axis: axis, before: count(before), after: count(after))
    case .extents(let input, let entries):
      let changed = entries.filter { count($0.value) != $0.value.count }
      guard !changed.isEmpty else { return }
      restate(index, input: input, entries: changed)
    case .squeeze(let axes):
      write(axes, to: index, attribute: "axes", input: 1, isAttribute: graph.opset < 13)
    }
  }

  private func count(_ channels: [Int]) -> Int { map.keptCount(channels, removing: units) }

  // MARK: Operands

  /// Integers of an attribute or of a constant input.
  private func integers(_ node: Int, attribute: String, input: Int) -> [Int]? {
    if let values = graph.nodes[node].ints(attribute) { return values }
    guard input < graph.nodes[node].inputs.count else { return nil }
    let name = graph.nodes[node].inputs[input]
    return stored[name] ?? original.integers(name)
  }

  private mutating func write(
    _ values: [Int], to node: Int, attribute: String, input: Int, isAttribute: Bool,
    isScalar: Bool = false
  ) {
    guard !isAttribute else {
      return graph.nodes[node].replace(attribute, with: .ints(values.map { Int64($0) }))
    }
    let name = names.fresh("\(graph.nodes[node].label).\(attribute)")
    graph.store(values, as: name, isScalar: isScalar)
    stored[name] = values
    while graph.nodes[node].inputs.count <= input { graph.nodes[node].inputs.append("") }
    graph.nodes[node].inputs[input] = name
  }

  private mutating func rewrite(
    _ node: Int, attribute: String, input: Int, _ change: (inout [Int]) -> Void
  ) {
    guard var values = integers(node, attribute: attribute, input: input) else { return }
    change(&values)
    write(
      values, to: node, attribute: attribute, input: input,
      isAttribute: graph.nodes[node].ints(attribute) != nil)
  }

  // MARK: Operators

  private mutating func gather(_ node: Int, axis: [Int], chosen: [Int]) {
    var positions: [Int: Int] = [:]
    for (position, channel) in axis.enumerated() where !units.contains(map.unit(of: channel)) {
      positions[position] = positions.count
    }
    let isScalar = map.values[graph.nodes[node].inputs[1]]?.rank == 0
    write(
      chosen.compactMap { positions[$0] }, to: node, attribute: "indices", input: 1,
      isAttribute: false, isScalar: isScalar)
  }

  private mutating func pad(_ node: Int, axis: Int, before: Int, after: Int) {
    var entry = axis
    if graph.nodes[node].inputs.count > 3,
      let axes = original.integers(graph.nodes[node].inputs[3]),
      let rank = map.values[graph.nodes[node].inputs[0]]?.rank
    {
      entry = axes.firstIndex { ($0 < 0 ? $0 + rank : $0) == axis } ?? axis
    }
    rewrite(node, attribute: "pads", input: 1) { pads in
      pads[entry] = before
      pads[pads.count / 2 + entry] = after
    }
  }

  /// A constant shape is written anew; a computed one gets the differences added.
  private mutating func restate(_ node: Int, input: Int, entries: [Int: [Int]]) {
    if integers(node, attribute: "shape", input: input) != nil {
      let counts = entries.mapValues(count)
      return rewrite(node, attribute: "shape", input: input) { values in
        for (entry, count) in counts { values[entry] = count }
      }
    }
    let source = graph.nodes[node].inputs[input]
    let length = map.values[source]?.shape.first ?? 0
    var difference = [Int](repeating: 0, count: length)
    for (entry, channels) in entries { difference[entry] = count(channels) - channels.count }
    let label = graph.nodes[node].label
    let operand = names.fresh("\(label).shape_change")
    let result = names.fresh("\(label).shape")
    graph.store(difference, as: operand)
    insertions[node, default: []].append(
      Node("Add", name: result, inputs: [source, operand], outputs: [result]))
    graph.nodes[node].inputs[input] = result
  }
}

extension Node {
  /// Sets an attribute, which keeps its place where it exists.
  mutating func replace(_ name: String, with value: Attribute.Value) {
    if let position = attributes.firstIndex(where: { $0.name == name }) {
      attributes[position].value = value
    } else {
      attributes.append(Attribute(name, value))
    }
  }
}
