/// `(value / divisor − mean) / standardDeviation` per channel, in `Float` as torchvision computes it.
struct Normalization: Hashable, Sendable {
  private let divisor: Float
  private let means: [Float]
  private let standardDeviations: [Float]
  /// Number of consecutive elements of one channel.
  private var run: Int
  /// Results for all 256 byte values, channel after channel.
  private let table: [Float]

  var channels: Int { means.count }

  init(
    _ options: DataOptions, divisor: Float, shape: [Int], isPixels: Bool
  ) throws(DataError) {
    try options.validate()
    let (channels, run) = Self.channels(of: shape, isPixels: isPixels)
    self.divisor = divisor
    means = try Self.expanded(options.mean, to: channels, default: 0, name: "--mean")
    standardDeviations = try Self.expanded(
      options.standardDeviation, to: channels, default: 1, name: "--std")
    self.run = run
    var table: [Float] = []
    if isPixels {
      for (mean, deviation) in zip(means, standardDeviations) {
        table += (0...255).map { (Float($0) / divisor - mean) / deviation }
      }
    }
    self.table = table
  }

  private var isIdentity: Bool {
    divisor == 1 && means.allSatisfy { $0 == 0 } && standardDeviations.allSatisfy { $0 == 1 }
  }

  /// The normalisation of examples whose channels were moved to the front or the back.
  ///
  /// - Parameter channelRun: number of consecutive elements of one channel after the move.
  func moved(channelRun: Int) -> Normalization {
    var result = self
    if channels > 1 { result.run = channelRun }
    return result
  }

  /// One example; both buffers hold its elements in the same order.
  func apply(_ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<Float>) {
    table.withUnsafeBufferPointer { table in
      var position = 0
      while position < source.count {
        for channel in 0..<channels {
          let offset = channel << 8
          let end = min(position + run, source.count)
          while position < end {
            target[position] = table[offset + Int(source[position])]
            position += 1
          }
        }
      }
    }
  }

  /// One example; both buffers hold its elements in the same order.
  func apply(_ source: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<Float>) {
    if isIdentity {
      _ = target.update(fromContentsOf: source)
      return
    }
    var position = 0
    while position < source.count {
      for channel in 0..<channels {
        let (mean, deviation) = (means[channel], standardDeviations[channel])
        let end = min(position + run, source.count)
        while position < end {
          target[position] = (source[position] / divisor - mean) / deviation
          position += 1
        }
      }
    }
  }

  /// Layout of the channels of an example: their number, and how many consecutive elements share one.
  ///
  /// Images have channels first, or last where only the last extent can be a number of channels; sequences
  /// `[T, F]` and rows `[F]` have one channel per feature; a plane of pixels has one.
  private static func channels(of shape: [Int], isPixels: Bool) -> (count: Int, run: Int) {
    let count = max(1, shape.reduce(1, *))
    switch shape.count {
    case 0: return (1, 1)
    case 1, 2:
      return isPixels || shape[shape.count - 1] == 0 ? (1, count) : (shape[shape.count - 1], 1)
    default:
      if ChannelOrder(of: shape) == .last { return (shape[shape.count - 1], 1) }
      return shape[0] == 0 ? (1, count) : (shape[0], count / shape[0])
    }
  }

  private static func expanded(
    _ values: [Float], to channels: Int, default missing: Float, name: String
  ) throws(DataError) -> [Float] {
    switch values.count {
    case channels: return values
    case 0: return .init(repeating: missing, count: channels)
    case 1: return .init(repeating: values[0], count: channels)
    default:
      throw .badOption(
        name, got: "\(values.count) numbers", expected: "1, or \(channels) (one per channel)")
    }
  }
}

/// Position of the channel axis of an image, as far as its shape tells.
enum ChannelOrder {
  case first
  case last

  private static let likely: Set<Int> = [1, 3, 4]

  /// `nil` unless exactly one end of a three-axis shape can be a number of channels.
  init?(of shape: [Int]) {
    guard shape.count == 3 else { return nil }
    switch (Self.likely.contains(shape[0]), Self.likely.contains(shape[2])) {
    case (true, false): self = .first
    case (false, true): self = .last
    default: return nil
    }
  }
}
