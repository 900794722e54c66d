import PruneCore

/// `LSTM`, `GRU`, `RNN`: a hidden unit is its row in every gate, its column in `R` and its states.
///
/// `X [T, N, I]`, `W [D, G·H, I]`, `R [D, G·H, H]`, `B [D, 2·G·H]`, states `[D, N, H]`, peepholes `[D, 3·H]`; with
/// `layout` 1 the examples come first. The same units are removed from both directions, which share extents.
enum RecurrenceRule: CouplingRule {
  static let operations: Set<String> = ["GRU", "LSTM", "RNN"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (data, weight, state) = (try view.input(0), try view.input(1), try view.input(2))
    guard data.rank == 3, weight.rank == 3, state.rank == 3,
      state.shape[1] == weight.shape[1], state.shape[2] > 0, data.shape[2] == weight.shape[2],
      state.shape[1] % state.shape[2] == 0
    else {
      throw Unprovable("has operands \(data.shape), \(weight.shape) and \(state.shape)")
    }
    for labels in data.axes.prefix(2) + [weight.axes[0], state.axes[0]] {
      channels.block(labels, view.blockage("runs along this axis"))
    }
    try channels.contract(data, 2, weight, 2, at: view)
    let hidden = state.axes[2]
    if state.isStored {
      channels.consume(hidden)
    } else {
      channels.block(hidden, view.blockage("computes its recurrent weights"))
    }
    for gates in [weight, state] { try channels.tie(gates.axes[1], to: hidden, at: view) }
    if let bias = view.optionalInput(3), bias.rank == 2 {
      channels.block(bias.axes[0], view.blockage("runs along this axis"))
      try channels.tie(bias.axes[1], to: hidden, at: view)
    }
    for position in 4..<max(4, view.inputs.count) {
      guard let operand = view.optionalInput(position) else { continue }
      for labels in operand.axes.dropLast() {
        channels.block(labels, view.blockage("runs along this axis"))
      }
      guard let last = operand.axes.last else { continue }
      if position == 4 {
        channels.block(last, view.blockage("reads lengths from it"))
      } else {
        try channels.tie(last, to: hidden, at: view)
      }
    }
    channels.produce(hidden, .hiddenUnit, by: view)
    if case .channels(let units) = hidden {
      channels.edit(view, .count(attribute: "hidden_size", of: units))
    }
    let fixed = view.fixed(3, "runs along this axis")
    return [fixed + [hidden], Array(fixed.prefix(2)) + [hidden], Array(fixed.prefix(2)) + [hidden]]
  }
}

extension ChannelPropagation {
  /// Matches an axis of several times `hidden` positions, gate after gate, with the hidden units.
  fileprivate mutating func tie(
    _ gates: AxisLabels, to hidden: AxisLabels, at view: NodeView
  ) throws(Unprovable) {
    guard case .channels(let units) = hidden, case .channels(let rows) = gates,
      rows.count % units.count == 0
    else {
      let blockage = view.blockage("shares its hidden units with an axis that is fixed")
      block(gates, blockage)
      block(hidden, blockage)
      return
    }
    for (index, row) in rows.enumerated() { classes.merge(units[index % units.count], row) }
  }
}
