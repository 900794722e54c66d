/// Pooling of a recurrent layer's states over the steps.
public enum SequencePooling: String, Hashable, Sendable, CaseIterable {
  /// State of the last step.
  case last
  /// Mean over all steps: learns from short sequences padded at their end.
  case mean
}

/// Options of a network; `nil` keeps the architecture's own value.
public struct ArchitectureOptions: Hashable, Sendable {
  /// Shape of one example: `[784]`, `[channels, height, width]`, or `[steps, features]` for sequences.
  public var inputShape: [Int]?
  /// Number of classes, or of symbols a language model predicts.
  public var classes: Int?
  /// Factor on every hidden width and channel count; > 0, at most 1024.
  public var widthMultiplier: Double
  /// Widths of hidden fully connected layers; the hidden state of `lstm`; the model width of `transformer-small`.
  public var hidden: [Int]?
  /// Channels of convolution stages.
  public var channels: [Int]?
  /// Number of layers: 6n + 2 for residual networks, blocks for transformers, stacked layers for `lstm`.
  public var depth: Int?
  /// Attention heads of `transformer-small`.
  public var heads: Int?
  /// Number of symbols of a character language model; makes `transformer-small` one, with integer input `[N, T]` and output
  /// `[N, T, vocabulary]`.
  public var vocabulary: Int?
  /// Pooling before the linear layer of `lstm`.
  public var pooling: SequencePooling
  /// `true` where `cnn:` networks have batch normalisation.
  public var hasBatchNormalization: Bool

  /// Options, the architecture's own values by default; values are checked when the graph is made.
  public init(
    inputShape: [Int]? = nil, classes: Int? = nil, widthMultiplier: Double = 1,
    hidden: [Int]? = nil, channels: [Int]? = nil, depth: Int? = nil, heads: Int? = nil,
    vocabulary: Int? = nil, pooling: SequencePooling = .last, hasBatchNormalization: Bool = false
  ) {
    self.inputShape = inputShape
    self.classes = classes
    self.widthMultiplier = widthMultiplier
    self.hidden = hidden
    self.channels = channels
    self.depth = depth
    self.heads = heads
    self.vocabulary = vocabulary
    self.pooling = pooling
    self.hasBatchNormalization = hasBatchNormalization
  }

  func validate() throws(ArchitectureError) {
    guard widthMultiplier.isFinite, widthMultiplier > 0, widthMultiplier <= 1024 else {
      throw .badOption(
        "width multiplier", got: "\(widthMultiplier)", expected: "0 < multiplier <= 1024")
    }
    let lists: [(String, [Int]?)] = [
      ("input shape", inputShape), ("hidden widths", hidden), ("channels", channels),
    ]
    for (name, list) in lists {
      guard let list else { continue }
      guard list.allSatisfy({ (1...largestExtent).contains($0) }), list.count <= 64 else {
        throw .badOption(
          name, got: "\(list)", expected: "at most 64 numbers in 1 ... \(largestExtent)")
      }
    }
    let numbers: [(String, Int?)] = [
      ("classes", classes), ("depth", depth), ("heads", heads), ("vocabulary", vocabulary),
    ]
    for (name, number) in numbers {
      guard let number, !(1...largestExtent).contains(number) else { continue }
      throw .badOption(name, got: "\(number)", expected: "1 ... \(largestExtent)")
    }
  }

  private var largestExtent: Int { 1 << 20 }

  /// Width times the multiplier, at least 1.
  func scaled(_ width: Int) -> Int { max(1, Int((Double(width) * widthMultiplier).rounded())) }

  /// Shape of one example: the option, or `standard`.
  /// - Parameter axes: names of the axes that the shape must have, for the message.
  func inputShape(
    _ standard: [Int], axes: [String]
  ) throws(ArchitectureError) -> [Int] {
    let shape = inputShape ?? standard
    guard shape.count == axes.count else {
      throw .badOption(
        "input shape", got: "\(shape)", expected: "[\(axes.joined(separator: ", "))]")
    }
    return shape
  }
}
