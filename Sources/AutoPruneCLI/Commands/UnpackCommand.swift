import ArgumentParser
import AutoPrune
import Foundation

struct UnpackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Bring back the model that `pack` stored, byte for byte.",
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
