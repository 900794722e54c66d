internal import CTorch
internal import PruneCore

/// `LSTM`, `GRU` and `RNN` with their default activations, in one or both directions.
///
/// Inputs: data, `W`, `R`, `B`, sequence lengths, initial state, and initial cell of an LSTM.
struct Recurrence: GraphOperator {
  static let operations = [
    "LSTM": 7...newestOpset, "GRU": 7...newestOpset, "RNN": 7...newestOpset,
  ]

  private let kind: ct_recurrence_kind
  private let isReversed: Bool
  /// `true` where data, states and outputs carry the examples along axis 0, not along axis 1.
  private let isBatchFirst: Bool
  private var isLSTM: Bool { kind == CT_LSTM }

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "activations", "activation_alpha", "activation_beta", "clip", "direction", "hidden_size",
      "input_forget", "layout", "linear_before_reset", "output_sequence")
    try node.requireInputs(3...8)
    guard node.node.attribute("clip") == nil else {
      throw node.refusal(of: "clip", "is not supported")
    }
    guard !node.flag("input_forget") else {
      throw node.refusal(of: "input_forget", "is 1, which is not supported")
    }
    guard !node.hasInput(7) else {
      throw node.refusal(of: "input P", "(peepholes) is not supported")
    }
    let direction = node.string("direction", default: "forward")
    guard ["forward", "reverse", "bidirectional"].contains(direction) else {
      throw node.refusal(of: "direction", "'\(direction)' is not known")
    }
    kind = try Self.kind(of: node, directions: direction == "bidirectional" ? 2 : 1)
    isReversed = direction == "reverse"
    isBatchFirst = node.flag("layout")
  }

  /// Checks that the activations are the defaults; an RNN may also use `Relu`.
  private static func kind(
    of node: NodeReader, directions: Int
  ) throws(EngineError) -> ct_recurrence_kind {
    let defaults: [String: [String]] = [
      "LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"], "RNN": ["tanh"],
    ]
    let usual = (0..<directions).flatMap { _ in defaults[node.operation] ?? [] }
    let stated = node.node.strings("activations") ?? []
    let activations = stated.isEmpty ? usual : stated.map { $0.lowercased() }
    let isRectified =
      node.operation == "RNN" && activations == [String](repeating: "relu", count: directions)
    guard activations == usual || isRectified else {
      throw node.refusal(
        of: "activations", "are \(stated), expected the default ones (an RNN may use Relu)")
    }
    switch node.operation {
    case "LSTM": return CT_LSTM
    case "GRU": return node.flag("linear_before_reset") ? CT_GRU_RESET_AFTER : CT_GRU_RESET_BEFORE
    default: return isRectified ? CT_RNN_RELU : CT_RNN_TANH
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let given = try inputs.required(0)
    let data = isBatchFirst ? try given.permuted([1, 0, 2]) : given
    let weight = try inputs.required(1)
    let stateWeight = try inputs.required(2)
    let state = isBatchFirst ? try inputs[5]?.permuted([1, 0, 2]) : inputs[5]
    let cell = isBatchFirst && isLSTM ? try inputs[6]?.permuted([1, 0, 2]) : inputs[6]
    let recurrence = ct_recurrence(
      kind: kind, input: data.handle, weight: weight.handle, state_weight: stateWeight.handle,
      bias: inputs[3].handle, lengths: inputs[4].handle, state: state.handle, cell: cell.handle,
      reversed: isReversed)
    let results = try shim(
      "recurrence", yielding: isLSTM ? 3 : 2, keeping: data, weight, stateWeight, inputs[3],
      inputs[4], state, cell
    ) {
      ct_recur($0, $0 + 1, isLSTM ? $0 + 2 : nil, recurrence, $1)
    }
    guard isBatchFirst else { return results }
    var swapped: [TorchTensor?] = [try results[0].permuted([2, 0, 1, 3])]
    for last in results.dropFirst() { swapped.append(try last.permuted([1, 0, 2])) }
    return swapped
  }

  /// Rule of recurrent operators: states and lengths given for one example serve all.
  func batchRule(_ facts: BatchFacts) -> BatchRule {
    let axis = isBatchFirst ? 0 : 1
    guard facts.inputs.first == .axis(axis) else {
      return .unprovable("its data does not carry the examples along axis \(axis)")
    }
    for (position, carried) in facts.inputs.enumerated().dropFirst() {
      let expected = position == 4 ? 0 : axis
      let isState = position >= 4 && facts.inputShapes[position] != nil
      switch carried {
      case .absent where !isState || facts.batch == 1: continue
      case .axis(expected) where isState: continue
      default: return .unprovable("input \(position) does not fit other numbers of examples")
      }
    }
    let last = BatchAxis.axis(axis)
    return .outputs([.axis(isBatchFirst ? 0 : 2), last] + (isLSTM ? [last] : []))
  }
}
