public import ArgumentParser
import AutoPrune
import Foundation

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write an untrained network of a known architecture.",
    discussion: "autoprune new lenet-300-100 -o lenet.onnx\n\nArchitectures: "
      + (Architecture.named.map { "\($0.name) (\($0.summary))" }).joined(separator: "; ")
      + "; also resnet32, mlp:784-100-10, cnn:16-32-64.")

  @Argument(help: "Architecture, from the list above.")
  var architecture: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the ONNX model.")
  var destination: String

  @Option(
    help: """
      Shape of one example, comma-separated: 784, or 1,28,28, or 64,20 (steps, features). Default: the architecture's \
      own.
      """)
  var inputShape: NumberList?

  @Option(help: "Number of classes. Default: the architecture's own.")
  var classes: Int?

  @Option(help: "Factor for every hidden width and number of channels.")
  var width = 1.0

  @Option(help: "Widths of the hidden layers, comma-separated. Default: the architecture's own.")
  var hidden: NumberList?

  @Option(
    help: """
      Depth: number of layers, 6n + 2, of residual networks, blocks of transformers, layers of lstm. Default: the \
      architecture's own.
      """)
  var depth: Int?

  @Option(help: "Number of attention heads of transformer-small. Default: the architecture's own.")
  var heads: Int?

  @Option(
    help: "Number of symbols; makes transformer-small a character model over them. Default: none.")
  var vocabulary: Int?

  @Option(
    help:
      "State that lstm hands to its last layer: that of the last step, or the mean over all steps.")
  var pool: SequencePooling = .last

  @Option(help: "Seed of the initial weights.")
  var seed: UInt64 = 0

  func run() async throws {
    try await Failure.reported {
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let graph = try Architecture(architecture).graph(
        options: ArchitectureOptions(
          inputShape: try inputShape?.integers(), classes: classes, widthMultiplier: width,
          hidden: try hidden?.integers(), depth: depth, heads: heads, vocabulary: vocabulary,
          pooling: pool),
        seed: seed)
      try ONNXWriter().write(graph, to: file)
      let count = graph.parameters().values.filter(\.elementType.isFloatingPoint)
        .reduce(0) { $0 + $1.count }
      print("\(architecture): \(Format.count(count)) parameters\nWritten: \(destination)")
    }
  }
}

extension SequencePooling: ExpressibleByArgument {}

extension NumberList {
  func integers() throws -> [Int] {
    try values.map { value in
      guard let integer = Int(exactly: value) else {
        throw ValidationError("\(value) is no whole number")
      }
      return integer
    }
  }
}
