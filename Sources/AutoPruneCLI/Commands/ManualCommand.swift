import ArgumentParser
import AutoPrune

/// Prints the manual page, for `make install`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.", shouldDisplay: false)

  func run() throws {
    let reference = try CommandReference(json: AutoPruneCommand._dumpHelp())
    print(ManualPage(reference, version: AutoPruneVersion.text).text, terminator: "")
  }
}
