/// A constant inside a node that counts or names channels, and has to follow when some go.
struct StructuralEdit: Sendable {
  let node: Int
  let kind: Kind

  enum Kind: Sendable {
    /// An integer attribute that counts these channels: `group`, `hidden_size`, `num_groups`.
    case count(attribute: String, of: [Int])
    /// Sizes of the parts of a `Split`.
    case parts([AxisLabels], sizes: [Int])
    /// Bounds of a `Slice` with step 1, at one position of its `axes`.
    case bounds(entry: Int, start: Int, axis: [Int], within: [Int])
    /// Constant indices of a `Gather`: positions along an axis of these channels.
    case indices(axis: [Int], chosen: [Int])
    /// Entries of a `Pad`: channels added before and after.
    case padding(axis: Int, before: [Int], after: [Int])
    /// Entries of a shape operand that state these channels' number.
    case extents(input: Int, entries: [Int: [Int]])
    /// A `Squeeze` that names no axes, and would squeeze a channel axis of which one channel is left.
    case squeeze(axes: [Int])
  }
}
