import PruneCore

/// Functions of one value, position by position: every channel goes through on its own.
enum ElementwiseRule: CouplingRule {
  static let operations: Set<String> = [
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cast", "Ceil", "Celu", "Clip",
    "Cos", "Cosh", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish",
    "Identity", "IsInf", "IsNaN", "LeakyRelu", "Log", "Mish", "Neg", "Not", "Reciprocal", "Relu",
    "Round", "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish",
    "Tan", "Tanh", "ThresholdedRelu",
  ]

  /// Operators that are infinite or undefined at zero.
  private static let undefinedAtZero: Set<String> = ["Acosh", "Log", "Reciprocal"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    if undefinedAtZero.contains(view.node.operation) { channels.markUndefinedAtZero(data.axes) }
    return view.node.outputs.map { _ in data.axes }
  }
}

/// `CastLike`: only the type of the second input counts.
enum CastLikeRule: CouplingRule {
  static let operations: Set<String> = ["CastLike"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    [try view.input(0).axes]
  }
}

extension ChannelPropagation {
  /// Marks channels whose weights must not all be zeroed, because that would make NaN or infinity further on.
  mutating func markUndefinedAtZero(_ axes: [AxisLabels]) {
    for axis in axes {
      for channel in axis.channels ?? [] { classes.mark(channel, .undefinedAtZero) }
    }
  }
}

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
