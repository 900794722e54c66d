import PruneCore

/// Functions of several values: channels at the same position belong together.
enum BroadcastRule: CouplingRule {
  static let operations: Set<String> = [
    "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean",
    "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
  ]

  private static let undefinedAtZero: Set<String> = ["Div", "Mod", "Pow"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    var operands: [TrackedValue] = []
    for position in view.inputs.indices { operands.append(try view.input(position)) }
    if undefinedAtZero.contains(view.node.operation) {
      for operand in operands { channels.markUndefinedAtZero(operand.axes) }
    }
    return [try channels.broadcast(operands, to: try view.outputShape(), at: view)]
  }
}
