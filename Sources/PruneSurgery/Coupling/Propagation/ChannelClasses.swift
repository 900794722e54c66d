/// Classes of axis positions that are kept or removed together: a union–find over channels.
struct ChannelClasses {
  private var parents: [Int] = []
  private var sizes: [Int32] = []
  /// Blockages by root.
  private var blockages: [Int: Blockage] = [:]
  private var flags: [Int: Flags] = [:]

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// Attention heads.
    static let head = Flags(rawValue: 1)
    /// A zeroed channel would make NaN or infinity on its way.
    static let undefinedAtZero = Flags(rawValue: 2)
  }

  /// Number of channels.
  var count: Int { parents.count }

  /// Adds `count` channels, each a class of its own.
  mutating func makeChannels(_ count: Int) -> [Int] {
    let first = parents.count
    parents.append(contentsOf: first..<first + count)
    sizes.append(contentsOf: repeatElement(1, count: count))
    return Array(first..<first + count)
  }

  /// Representative of a channel's class.
  func root(_ channel: Int) -> Int {
    var channel = channel
    while parents[channel] != channel { channel = parents[channel] }
    return channel
  }

  mutating func merge(_ left: Int, _ right: Int) {
    var (large, small) = (root(left), root(right))
    guard large != small else { return }
    if sizes[large] < sizes[small] { swap(&large, &small) }
    parents[small] = large
    sizes[large] += sizes[small]
    if let blockage = blockages.removeValue(forKey: small), blockages[large] == nil {
      blockages[large] = blockage
    }
    if let moved = flags.removeValue(forKey: small) { flags[large, default: []].formUnion(moved) }
  }

  /// Blocks a channel's class; a reason known before is kept.
  mutating func block(_ channel: Int, _ blockage: Blockage) {
    let root = root(channel)
    if blockages[root] == nil { blockages[root] = blockage }
  }

  func blockage(of channel: Int) -> Blockage? { blockages[root(channel)] }

  mutating func mark(_ channel: Int, _ flag: Flags) {
    flags[root(channel), default: []].formUnion(flag)
  }

  func isMarked(_ channel: Int, _ flag: Flags) -> Bool {
    flags[root(channel)]?.contains(flag) ?? false
  }
}

/// Labels of the positions along one axis of a value.
enum AxisLabels: Sendable {
  /// No position may be removed.
  case fixed(Blockage)
  /// Channel of each position, see ``ChannelClasses``.
  case channels([Int])

  /// Largest extent that is labelled; longer axes are fixed, so that a hostile shape cannot exhaust memory.
  static let longest = 1 << 20

  var channels: [Int]? {
    if case .channels(let labels) = self { labels } else { nil }
  }
}

/// A value of the graph on its way through the propagation.
struct TrackedValue: Sendable {
  let name: String
  let shape: [Int]
  /// Labels, one per axis.
  var axes: [AxisLabels]
  /// `true` for a stored tensor, also a rearranged one: zeroing slices of the tensor zeroes the value.
  var isStored: Bool

  var rank: Int { shape.count }
}
