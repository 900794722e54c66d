/// Which positions of which axes stand or fall together: a union–find over channels.
struct ChannelClasses {
  private var parents: [Int] = []
  private var sizes: [Int32] = []
  /// By root.
  private var blockages: [Int: Blockage] = [:]
  private var flags: [Int: Flags] = [:]

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// Attention heads.
    static let head = Flags(rawValue: 1)
    /// A zeroed channel would make NaN or infinity on its way.
    static let undefinedAtZero = Flags(rawValue: 2)
  }

  var count: Int { parents.count }

  mutating func makeChannels(_ count: Int) -> [Int] {
    let first = parents.count
    parents.append(contentsOf: first..<first + count)
    sizes.append(contentsOf: repeatElement(1, count: count))
    return Array(first..<first + count)
  }

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

  /// The first reason stays.
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
