import PruneCore

/// The classes of all axes of a graph, once they are known.
struct ChannelMap: Sendable {
  let values: [String: TrackedValue]
  let edits: [StructuralEdit]
  /// Class of each channel; two channels of one class go together.
  private let roots: [Int]
  private let undefinedAtZero: Set<Int>

  init(_ propagation: ChannelPropagation) {
    values = propagation.values
    edits = propagation.edits
    let classes = propagation.classes
    roots = (0..<classes.count).map(classes.root)
    undefinedAtZero = Set(roots.filter { classes.isMarked($0, .undefinedAtZero) })
  }

  func unit(of channel: Int) -> Int { roots[channel] }

  /// Whether the weights that make a unit must keep their values for it to stay finite.
  func isUndefinedAtZero(_ unit: Int) -> Bool { undefinedAtZero.contains(unit) }

  func keptCount(_ channels: [Int], removing units: Set<Int>) -> Int {
    units.isEmpty ? channels.count : channels.count { !units.contains(roots[$0]) }
  }

  /// Positions that stay along an axis; `nil` where all do.
  func keptPositions(_ labels: AxisLabels, removing units: Set<Int>) -> [Int]? {
    guard case .channels(let channels) = labels else { return nil }
    let kept = channels.indices.filter { !units.contains(roots[channels[$0]]) }
    return kept.count == channels.count ? nil : kept
  }
}
