import PruneCore

/// `Einsum` without ellipsis, diagonals or broadcasting: equal letters are equal axes.
enum EinsumRule: CouplingRule {
  static let operations: Set<String> = ["Einsum"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let equation = (view.node.string("equation") ?? "").filter { $0 != " " }
    let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 2, sides[0].hasSuffix("-"), !equation.contains(".") else {
      throw Unprovable("has the equation '\(equation)', which is not followed")
    }
    let terms = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map(Array.init)
    guard terms.count == view.inputs.count else {
      throw Unprovable("has \(terms.count) terms for \(view.inputs.count) inputs")
    }
    var labels: [Character: AxisLabels] = [:]
    var extents: [Character: Int] = [:]
    var operands: [TrackedValue] = []
    for (position, term) in terms.enumerated() {
      let operand = try view.input(position)
      guard operand.rank == term.count, Set(term).count == term.count else {
        throw Unprovable("takes a diagonal or reads \(operand.shape) as '\(String(term))'")
      }
      for (axis, letter) in term.enumerated() {
        guard extents[letter, default: operand.shape[axis]] == operand.shape[axis] else {
          throw Unprovable("broadcasts '\(letter)'")
        }
        extents[letter] = operand.shape[axis]
        labels[letter] =
          if let known = labels[letter] {
            try channels.merge(known, operand.axes[axis], at: view)
          } else { operand.axes[axis] }
      }
      operands.append(operand)
    }
    let output = Array(sides[1])
    for letter in extents.keys.sorted() where !output.contains(letter) {
      try sum(over: letter, terms, operands, at: view, in: &channels)
    }
    let result = output.map { labels[$0] ?? .fixed(view.blockage("makes it")) }
    for (operand, term) in zip(operands, terms) where operand.isStored {
      for (axis, letter) in term.enumerated()
      where output.contains(letter) && terms.count(where: { $0.contains(letter) }) == 1 {
        channels.produce(operand.axes[axis], .neuron, by: view)
      }
    }
    return [result]
  }

  /// A removed channel adds nothing to the sum where stored weights are among its factors.
  private static func sum(
    over letter: Character, _ terms: [[Character]], _ operands: [TrackedValue], at view: NodeView,
    in channels: inout ChannelPropagation
  ) throws(Unprovable) {
    var isZeroed = false
    for (operand, term) in zip(operands, terms) {
      guard let axis = term.firstIndex(of: letter), operand.isStored, operands.count > 1 else {
        continue
      }
      isZeroed = true
      channels.consume(operand.axes[axis])
    }
    guard !isZeroed else { return }
    for (operand, term) in zip(operands, terms) {
      guard let axis = term.firstIndex(of: letter) else { continue }
      channels.block(operand.axes[axis], view.blockage("sums computed values over this axis"))
    }
  }
}
