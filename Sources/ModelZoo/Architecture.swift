public import PruneCore

/// Architecture of a network, which can be made untrained.
///
/// All graphs have opset 17, IR 8, one input `input` with a dynamic batch axis `N`, and one output `logits`.
public enum Architecture: Hashable, Sendable {
  /// 784-40-20-10 without biases: the network of the WoodFisher and CHITA experiments.
  case mlpnet
  /// 784-300-100-10, fully connected.
  case lenet300100
  /// 20-50-500, the "Caffe" variant that the pruning literature calls LeNet-5.
  case lenet5
  /// Two convolutions and two linear layers for the 8×8 UCI digits.
  case digitsCNN
  /// Residual network for small images with 6n + 2 layers; 20 unless stated.
  case resnet(depth: Int)
  /// Depth-wise separable convolutions with batch normalisation.
  case mobilenetSmall
  /// LSTM classifier of sequences `[N, T, F]`, by the last hidden state or the mean of all.
  case lstm
  /// Transformer encoder that classifies sequences `[N, T, F]`, or predicts characters where a
  /// vocabulary is given.
  case transformerSmall
  /// Fully connected network; widths from input to output.
  case mlp([Int])
  /// 3×3 convolutions with these channels, then a linear layer.
  case cnn([Int])

  /// Architectures with a name of their own.
  public static let named: [Architecture] = [
    .mlpnet, .lenet300100, .lenet5, .digitsCNN, .resnet(depth: 20), .mobilenetSmall, .lstm,
    .transformerSmall,
  ]

  /// Spellings that ``init(_:)`` understands.
  public static var spellings: [String] {
    named.map(\.name) + ["resnet<6n+2>", "mlp:784-100-10", "cnn:16-32-64"]
  }

  /// Architecture of a name, in one of the ``spellings``.
  public init(_ name: String) throws(ArchitectureError) {
    if let known = Self.named.first(where: { $0.name == name }) {
      self = known
    } else if let depth = Int(name.dropFirst("resnet".count)), name.hasPrefix("resnet") {
      self = .resnet(depth: depth)
    } else if let widths = try Self.numbers(in: name, after: "mlp:", atLeast: 2) {
      self = .mlp(widths)
    } else if let channels = try Self.numbers(in: name, after: "cnn:", atLeast: 1) {
      self = .cnn(channels)
    } else {
      throw .unknown(name, known: Self.spellings)
    }
  }

  /// Name on the command line; ``init(_:)`` reads it back.
  public var name: String {
    switch self {
    case .mlpnet: "mlpnet"
    case .lenet300100: "lenet-300-100"
    case .lenet5: "lenet5"
    case .digitsCNN: "digits-cnn"
    case .resnet(let depth): "resnet\(depth)"
    case .mobilenetSmall: "mobilenet-small"
    case .lstm: "lstm"
    case .transformerSmall: "transformer-small"
    case .mlp(let widths): "mlp:" + widths.map(String.init).joined(separator: "-")
    case .cnn(let channels): "cnn:" + channels.map(String.init).joined(separator: "-")
    }
  }

  /// Description in one line, for help texts.
  public var summary: String {
    switch self {
    case .mlpnet: "784-40-20-10 without biases"
    case .lenet300100: "784-300-100-10"
    case .lenet5: "LeNet-5 (Caffe), 20-50-500, for 1×28×28"
    case .digitsCNN: "small convolutional network for 1×8×8"
    case .resnet(let depth): "residual network with \(depth) layers, for 3×32×32"
    case .mobilenetSmall: "depth-wise separable convolutions, for 3×32×32"
    case .lstm: "LSTM classifier for sequences of 20 features"
    case .transformerSmall: "transformer encoder for 64 steps of 20 features, or a character model"
    case .mlp: "fully connected network of these widths"
    case .cnn: "3×3 convolutions with these channels"
    }
  }

  /// Newly initialised network; equal seeds give equal weights on every platform.
  public func graph(
    options: ArchitectureOptions = ArchitectureOptions(), seed: UInt64 = 0
  ) throws(ArchitectureError) -> Graph {
    try options.validate()
    var builder = GraphBuilder(name: name, seed: seed)
    switch self {
    case .mlpnet: try Perceptron.mlpnet(&builder, options)
    case .lenet300100: try Perceptron.lenet300100(&builder, options)
    case .mlp(let widths): try Perceptron.general(&builder, widths, options)
    case .lenet5: try LeNet5.build(&builder, options)
    case .digitsCNN: try PlainConvolutional.digits(&builder, options)
    case .cnn(let channels): try PlainConvolutional.general(&builder, channels, options)
    case .resnet(let depth): try ResNet.build(&builder, depth: options.depth ?? depth, options)
    case .mobilenetSmall: try MobileNet.build(&builder, options)
    case .lstm: try RecurrentClassifier.build(&builder, options)
    case .transformerSmall: try Transformer.build(&builder, options)
    }
    return builder.graph
  }

  private static func numbers(
    in name: String, after prefix: String, atLeast minimum: Int
  ) throws(ArchitectureError) -> [Int]? {
    guard name.hasPrefix(prefix) else { return nil }
    let parts = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.count >= minimum, numbers.count <= 64,
      numbers.allSatisfy({ (1...1 << 20).contains($0) })
    else {
      throw .badOption(
        "architecture", got: "'\(name)'",
        expected:
          "\(prefix) and \(minimum) to 64 numbers >= 1 joined by '-', such as \(prefix)784-100-10")
    }
    return numbers
  }
}

/// Error of making a network.
public enum ArchitectureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// ``Architecture/init(_:)`` does not know the name; `known` are the spellings it knows.
  case unknown(String, known: [String])
  /// An option, given by name, is out of range or does not fit the architecture.
  case badOption(String, got: String, expected: String)
  /// A stored tensor of the network would exceed the limit on its elements.
  case tooLarge(parameter: String, elements: Int, limit: Int)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "no architecture '\(name)'; there are \(known.joined(separator: ", "))"
    case .badOption(let option, let got, let expected):
      "\(option) is \(got), expected \(expected)"
    case .tooLarge(let parameter, let elements, let limit):
      "'\(parameter)' would hold \(elements) weights, expected at most \(limit); choose a smaller network"
    }
  }
}
