/// What is known about the positions along one axis of a value.
enum AxisLabels: Sendable {
  /// No position may go.
  case fixed(Blockage)
  /// Class of each position.
  case channels([Int])

  /// Longer axes are left alone, so that a hostile shape cannot exhaust memory.
  static let longest = 1 << 20

  var channels: [Int]? {
    if case .channels(let labels) = self { labels } else { nil }
  }
}

/// A value of the graph on its way through the propagation.
struct TrackedValue: Sendable {
  let name: String
  let shape: [Int]
  /// One per axis.
  var axes: [AxisLabels]
  /// Whether it is a stored tensor, or one that is only rearranged: zeroing slices of the tensor zeroes it.
  var isStored: Bool

  var rank: Int { shape.count }
}

/// A layer's outputs: candidates for removal.
struct Production {
  let layer: String
  let kind: CouplingGroup.Kind
  let channels: [Int]
}

/// Thrown by a rule that cannot prove how channels pass a node.
struct Unprovable: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
