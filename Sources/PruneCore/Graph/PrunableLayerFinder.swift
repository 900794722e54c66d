extension Graph {
  /// Every stored weight tensor that Conv, ConvTranspose, Gemm, MatMul, LSTM, GRU or RNN nodes multiply by, in
  /// graph order; found also behind `Identity`, `Cast`, `Transpose` (rank 2) and `Reshape`.
  public func prunableLayers() -> [PrunableLayer] {
    PrunableLayerFinder(graph: self).layers()
  }
}

/// Finds the stored weight tensors behind the operands of layers.
struct PrunableLayerFinder {
  private let graph: Graph
  private let parameters: ParameterIndex
  private let producers: [String: Node]

  init(graph: Graph) {
    self.graph = graph
    parameters = ParameterIndex(graph)
    producers = Dictionary(
      graph.nodes.flatMap { node in node.outputs.map { ($0, node) } },
      uniquingKeysWith: { first, _ in first })
  }

  func layers() -> [PrunableLayer] {
    var found: [PrunableLayer] = []
    var positions: [String: Int] = [:]
    var names: Set<String> = []
    for (index, node) in graph.nodes.enumerated() {
      for candidate in candidates(in: node) {
        if let position = positions[candidate.parameter] {
          let known = found[position]
          guard known.layout == candidate.layout else { continue }
          found[position] = PrunableLayer(
            name: known.name, kind: known.kind, parameter: known.parameter, shape: known.shape,
            layout: known.layout, nodes: known.nodes + [index])
          continue
        }
        var name = node.label + candidate.suffix
        if !names.insert(name).inserted {
          name += " (\(candidate.parameter))"
          names.insert(name)
        }
        positions[candidate.parameter] = found.count
        found.append(
          PrunableLayer(
            name: name, kind: candidate.kind, parameter: candidate.parameter,
            shape: candidate.shape, layout: candidate.layout, nodes: [index]))
      }
    }
    return found
  }

  private struct Candidate {
    var kind: PrunableLayer.Kind
    var suffix = ""
    var parameter: String
    var shape: [Int]
    var layout: WeightLayout
  }

  private func candidates(in node: Node) -> [Candidate] {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else { return [] }
    switch node.operation {
    case "Conv", "ConvTranspose":
      guard let kernel = weight(of: node, at: 1) else { return [] }
      let groups = node.int("group") ?? 1
      guard groups >= 1, kernel.shape[0] % groups == 0 else { return [] }
      return [
        node.operation == "Conv"
          ? kernel.convolution(groups: groups) : kernel.transposedConvolution(groups: groups)
      ]
    case "Gemm":
      if let right = weight(of: node, at: 1) {
        return right.linear(outputsFirst: node.int("transB") == 1)
      }
      return weight(of: node, at: 0)?.linear(outputsFirst: node.int("transA") != 1) ?? []
    case "MatMul":
      if let right = weight(of: node, at: 1) { return right.linear(outputsFirst: false) }
      return weight(of: node, at: 0)?.linear(outputsFirst: true) ?? []
    case "LSTM", "GRU", "RNN":
      return [(1, PrunableLayer.Kind.recurrentInput, ".W"), (2, .recurrentState, ".R")].compactMap {
        weight(of: node, at: $0.0)?.recurrent($0.1, suffix: $0.2)
      }
    default: return []
    }
  }

  /// A weight operand traced back to storage.
  private struct Resolved {
    var parameter: String
    var storedShape: [Int]
    /// Shape as the operator sees it.
    var shape: [Int]
    /// `true` where a rank-2 transpose lies between storage and operator.
    var isTransposed: Bool

    func linear(outputsFirst: Bool) -> [Candidate] {
      guard shape.count == 2 else { return [] }
      let outputs = outputsFirst ? shape[0] : shape[1]
      let inputs = outputsFirst ? shape[1] : shape[0]
      return [
        Candidate(
          kind: .linear, parameter: parameter, shape: storedShape,
          layout: WeightLayout(
            outputs: outputs, inputs: inputs, isInputMajor: outputsFirst == isTransposed))
      ]
    }

    func convolution(groups: Int) -> Candidate {
      let area = shape.dropFirst(2).reduce(1, *)
      return Candidate(
        kind: .convolution, parameter: parameter, shape: storedShape,
        layout: WeightLayout(
          outputs: shape[0], inputs: shape.dropFirst().reduce(1, *), groups: groups,
          kernelArea: area))
    }

    func transposedConvolution(groups: Int) -> Candidate {
      let area = shape.dropFirst(2).reduce(1, *)
      return Candidate(
        kind: .transposedConvolution, parameter: parameter, shape: storedShape,
        layout: WeightLayout(
          outputs: shape.dropFirst().reduce(1, *), inputs: shape[0], isInputMajor: true,
          groups: groups, kernelArea: area))
    }

    func recurrent(_ kind: PrunableLayer.Kind, suffix: String) -> Candidate? {
      guard shape.count == 3 else { return nil }
      return Candidate(
        kind: kind, suffix: suffix, parameter: parameter, shape: storedShape,
        layout: WeightLayout(outputs: shape[0] * shape[1], inputs: shape[2]))
    }
  }

  private func weight(of node: Node, at position: Int) -> Resolved? {
    guard position < node.inputs.count else { return nil }
    guard let resolved = resolve(node.inputs[position], depth: 0) else { return nil }
    switch node.operation {
    case "Conv", "ConvTranspose":
      return resolved.shape.count >= 3 && !resolved.isTransposed ? resolved : nil
    case "LSTM", "GRU", "RNN": return resolved.isTransposed ? nil : resolved
    default: return resolved.shape.count == 2 ? resolved : nil
    }
  }

  private func resolve(_ value: String, depth: Int) -> Resolved? {
    if let shape = parameters.shape(of: value) {
      guard parameters.elementType(of: value)?.isFloatingPoint == true, !shape.contains(0) else {
        return nil
      }
      return Resolved(parameter: value, storedShape: shape, shape: shape, isTransposed: false)
    }
    guard depth < 16, let node = producers[value], let source = node.inputs.first,
      var resolved = resolve(source, depth: depth + 1)
    else { return nil }
    switch node.operation {
    case "Identity", "Cast": return resolved
    case "Transpose":
      guard resolved.shape.count == 2, node.ints("perm") ?? [1, 0] == [1, 0] else { return nil }
      resolved.shape.swapAt(0, 1)
      resolved.isTransposed.toggle()
      return resolved
    case "Reshape":
      guard !resolved.isTransposed, let target = reshapeTarget(of: node, from: resolved.shape)
      else { return nil }
      resolved.shape = target
      return resolved
    default: return nil
    }
  }

  private func reshapeTarget(of node: Node, from shape: [Int]) -> [Int]? {
    let stated =
      node.inputs.count > 1
      ? parameters.tensor(of: node.inputs[1])?.integers : node.ints("shape")
    guard var target = stated else { return nil }
    for axis in target.indices where target[axis] == 0 && node.int("allowzero") != 1 {
      guard axis < shape.count else { return nil }
      target[axis] = shape[axis]
    }
    let count = shape.reduce(1, *)
    let free = target.firstIndex(of: -1)
    var known = 1
    for axis in target.indices where axis != free {
      // Bounded by the stored tensor's size, so that a hostile shape cannot overflow.
      guard target[axis] > 0, target[axis] <= count / known else { return nil }
      known *= target[axis]
    }
    guard count % known == 0 else { return nil }
    if let free { target[free] = count / known }
    return free != nil || known == count ? target : nil
  }
}
