import ArgumentParser
import AutoPrune
import Foundation

/// Where results and progress go.
struct OutputArguments: ParsableArguments {
  @Option(help: "Write the result as JSON to this file, or to standard output with `-`.")
  var json: String?

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  var console: Console { Console(isQuiet: quiet, tableToStandardError: json == "-") }

  /// Refuses a file that cannot be written before any work is done.
  func validate() throws {
    guard let json, json != "-" else { return }
    do { try OutputCheck.writable(URL(fileURLWithPath: json)) } catch {
      Console.writeFailure(error)
      throw Failure.status(of: error)
    }
  }

  func write(_ value: some Encodable) throws {
    guard let json else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let data = try encoder.encode(value) + Data("\n".utf8)
    if json == "-" {
      try FileHandle.standardOutput.write(contentsOf: data)
    } else {
      try FileContents.write(Array(data), to: URL(fileURLWithPath: json))
    }
  }
}
