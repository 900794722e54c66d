internal import CTorch
internal import PruneCore

/// `ScatterElements` (once `Scatter`) and `ScatterND`: writes updates at indices.
struct Scatter: GraphOperator {
  static let operations = [
    "Scatter": 9...10, "ScatterElements": 11...newestOpset, "ScatterND": 11...newestOpset,
  ]

  private static let kinds: [String: ct_scatter_kind] = [
    "none": CT_SCATTER_REPLACE, "add": CT_SCATTER_ADD, "mul": CT_SCATTER_MULTIPLY,
    "max": CT_SCATTER_MAXIMUM, "min": CT_SCATTER_MINIMUM,
  ]

  private let kind: ct_scatter_kind
  /// `nil` for rows of indices.
  private let axis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "reduction")
    try node.requireInputs(3...3)
    let reduction = node.string("reduction", default: "none")
    guard let kind = Self.kinds[reduction] else {
      throw node.refusal(of: "reduction", "'\(reduction)' is not supported")
    }
    self.kind = kind
    axis = node.operation == "ScatterND" ? nil : node.int("axis", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    let updates = try inputs.required(2)
    guard let axis else {
      return [
        try shim("ScatterND", keeping: x, indices, updates) {
          ct_scatter_nd(&$0, kind, x.handle, indices.handle, updates.handle, $1)
        }
      ]
    }
    let position = try axis.axis(ofRank: x.rank)
    return [
      try shim("ScatterElements", keeping: x, indices, updates) {
        ct_scatter_elements(
          &$0, kind, x.handle, indices.handle, updates.handle, Int64(position), $1)
      }
    ]
  }
}
