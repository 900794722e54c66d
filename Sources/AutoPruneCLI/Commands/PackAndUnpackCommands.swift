import ArgumentParser
import AutoPrune
import Foundation

struct PackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Store a model in fewer bytes, without loss.",
    discussion: """
      autoprune pack small.onnx -o small.apz           (smallest; needs unpack before use)
      autoprune pack small.onnx -o sparse.onnx --format sparse-onnx
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case apz
    case sparseONNX = "sparse-onnx"
  }

  @Argument(help: "An ONNX model.")
  var model: String

  @Option(
    help: """
      File format: apz, which `autoprune unpack` turns back into the same file, byte for byte, or sparse-onnx, an ONNX \
      model that stores mostly zero weights as sparse initializers, which runtimes can read.
      """)
  var format: Format = .apz

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the smaller file.")
  var destination: String

  @OptionGroup var output: OutputArguments

  func run() async throws {
    try await Failure.reported {
      let source = URL(fileURLWithPath: model)
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let sizes: ModelPacker.Sizes
      switch format {
      case .apz: sizes = try ModelPacker().pack(source, to: file)
      case .sparseONNX: sizes = try ModelPacker().storeSparse(source, to: file)
      }
      output.console.result(PackingTable(sizes, written: destination).text)
      try output.write(sizes)
    }
  }
}

struct UnpackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Restore the model that `pack` stored, byte for byte.",
    discussion: "autoprune unpack small.apz -o small.onnx")

  @Argument(help: "A file that `autoprune pack` wrote.")
  var package: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where to write the ONNX model.")
  var destination: String

  @OptionGroup var output: OutputArguments

  func run() async throws {
    try await Failure.reported {
      let file = URL(fileURLWithPath: destination)
      try OutputCheck.writable(file)
      let sizes = try ModelPacker().unpack(URL(fileURLWithPath: package), to: file)
      output.console.result(PackingTable(sizes, written: destination).text)
      try output.write(sizes)
    }
  }
}
