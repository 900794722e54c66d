import PruneCore

extension RandomGraph {
  /// One layer on `[N, T, F]` with an even number of features.
  mutating func sequenceStep(_ value: Value) -> Value {
    switch pick(11) {
    case 0, 1: return attention(value)
    case 2, 3: return recurrence(value)
    case 4: return feedForward(value)
    case 5: return opset >= 17 ? layerNormalized(value) : rearranged(value)
    case 6: return opset >= 12 ? einsum(value) : projection(value, to: 8)
    case 7:
      let moved = cut(projection(value, to: 8), axis: 2)
      return projection(moved, to: 6)
    case 8, 9: return rare(projection(value, to: 6))
    default: return scaled(activation(value))
    }
  }

  mutating func projection(_ value: Value, to outputs: Int) -> Value {
    let inputs = value.shape[2]
    let scale = 1.5 / Double(inputs).squareRoot()
    let matrix: Value
    if pick(3) == 0 {
      let stored = weight([outputs, inputs], scale: scale)
      matrix = node("Transpose", [stored], [inputs, outputs], [Self.ints("perm", [1, 0])])
    } else {
      matrix = weight([inputs, outputs], scale: scale)
    }
    let shape = Array(value.shape.dropLast()) + [outputs]
    let product = node("MatMul", [value, matrix], shape)
    guard pick(3) > 0 else { return product }
    return node("Add", [weight([outputs]), product], shape)
  }

  private mutating func einsum(_ value: Value) -> Value {
    let outputs = 2 * (2 + pick(3))
    let matrix = weight([outputs, value.shape[2]], scale: 0.5)
    return node(
      "Einsum", [value, matrix], [1, value.shape[1], outputs],
      [Attribute("equation", .string(Array("ntf,of->nto".utf8)))])
  }

  private mutating func layerNormalized(_ value: Value) -> Value {
    let width = value.shape[2]
    return node(
      "LayerNormalization", [value, weight([width], around: 1), weight([width])], value.shape,
      [Self.int("axis", -1)])
  }

  private mutating func feedForward(_ value: Value) -> Value {
    let wide = activation(projection(value, to: 10))
    let narrow = projection(wide, to: value.shape[2])
    switch pick(4) {
    case 0: return narrow
    case 1: return joined(value, narrow)
    default: return added(narrow, to: value)
    }
  }

  private mutating func attention(_ value: Value) -> Value {
    let (steps, heads, width) = (value.shape[1], pick([2, 3]), 1 + pick(3))
    let inner = heads * width
    let isFused = pick(3) == 0
    var parts: [Value]
    if isFused {
      let all = projection(value, to: 3 * inner)
      let parted = reshaped(all, [0, 0, 3, heads, width], [1, steps, 3, heads, width])
      let turned = node(
        "Transpose", [parted], [3, 1, heads, steps, width], [Self.ints("perm", [2, 0, 3, 1, 4])])
      parts = (0..<3).map { part in
        node(
          "Gather", [turned, integers([part], isScalar: true)], [1, heads, steps, width],
          [Self.int("axis", 0)])
      }
    } else {
      parts = []
      for _ in 0..<3 {
        let projected = projection(value, to: inner)
        let target = pick([[0, 0, -1, width], [0, 0, heads, width], [0, steps, heads, -1]])
        let parted = reshaped(projected, target, [1, steps, heads, width])
        parts.append(
          node(
            "Transpose", [parted], [1, heads, steps, width], [Self.ints("perm", [0, 2, 1, 3])]))
      }
    }
    let key = node(
      "Transpose", [parts[1]], [1, heads, width, steps], [Self.ints("perm", [0, 1, 3, 2])])
    var scores = node("MatMul", [parts[0], key], [1, heads, steps, steps])
    scores = node("Mul", [scores, scalar(0.5)], scores.shape)
    if pick(2) == 0 { scores = node("Add", [scores, weight([steps, steps])], scores.shape) }
    if opset >= 13 {
      scores = node("Softmax", [scores], scores.shape, [Self.int("axis", -1)])
    } else {
      scores = node("Softmax", [scores], scores.shape, [Self.int("axis", 3)])
    }
    let mixed = node("MatMul", [scores, parts[2]], [1, heads, steps, width])
    let turned = node(
      "Transpose", [mixed], [1, steps, heads, width], [Self.ints("perm", [0, 2, 1, 3])])
    let flat = reshaped(turned, pick([[0, 0, -1], [0, 0, inner]]), [1, steps, inner])
    let branch = projection(flat, to: value.shape[2])
    return pick(3) > 0 ? added(branch, to: value) : joined(value, branch)
  }

  private mutating func recurrence(_ value: Value) -> Value {
    let operation = pick(["LSTM", "GRU", "RNN"])
    let gates = ["LSTM": 4, "GRU": 3, "RNN": 1][operation] ?? 1
    let (steps, features) = (value.shape[1], value.shape[2])
    let (directions, hidden) = (1 + pick(2), 2 + pick(5))
    let timeFirst = node(
      "Transpose", [value], [steps, 1, features], [Self.ints("perm", [1, 0, 2])])
    var operands = [
      timeFirst, weight([directions, gates * hidden, features]),
      weight([directions, gates * hidden, hidden]),
    ]
    if pick(3) > 0 { operands.append(weight([directions, 2 * gates * hidden])) }
    if pick(3) == 0 {
      if operands.count == 3 { operands.append(Self.absent) }
      operands.append(Self.absent)
      operands.append(initialState(timeFirst, directions, hidden))
    }
    var attributes = [Self.int("hidden_size", hidden)]
    if directions == 2 {
      attributes.append(Attribute("direction", .string(Array("bidirectional".utf8))))
    }
    if operation == "GRU" { attributes.append(Self.int("linear_before_reset", pick(2))) }
    let result = nodes(
      operation, operands, [[steps, directions, 1, hidden], [directions, 1, hidden]], attributes)
    // Y is [T, D, N, H].
    let turned = node(
      "Transpose", [result[0]], [1, steps, directions, hidden], [Self.ints("perm", [2, 0, 1, 3])])
    let flat = reshaped(turned, [0, 0, -1], [1, steps, directions * hidden])
    return projection(flat, to: features)
  }

  /// Zeros `[D, N, H]` whose number of examples is found at run time.
  private mutating func initialState(_ value: Value, _ directions: Int, _ hidden: Int) -> Value {
    let shape = node("Shape", [value], [3])
    let batch = node("Gather", [shape, integers([1])], [1], [Self.int("axis", 0)])
    let target = node(
      "Concat", [integers([directions]), batch, integers([hidden])], [3], [Self.int("axis", 0)])
    if pick(2) == 0 { return node("ConstantOfShape", [target], [directions, 1, hidden]) }
    return node(
      "Expand", [weight([directions, 1, pick([1, hidden])]), target], [directions, 1, hidden])
  }

  mutating func vector(fromSequence value: Value) -> Value {
    let (steps, features) = (value.shape[1], value.shape[2])
    switch pick(3) {
    case 0:
      return node(
        "Gather", [value, integers([-1], isScalar: true)], [1, features], [Self.int("axis", 1)])
    case 1:
      return reshaped(value, [0, -1], [1, steps * features])
    default:
      let attributes = [Self.int("keepdims", 0)]
      if opset >= 18 {
        return node("ReduceMean", [value, integers([1])], [1, features], attributes)
      }
      return node("ReduceMean", [value], [1, features], attributes + [Self.ints("axes", [1])])
    }
  }
}
