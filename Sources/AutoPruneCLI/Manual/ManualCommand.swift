import ArgumentParser
import AutoPrune
import Foundation

/// Prints the manual page, for `make install`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.", shouldDisplay: false)

  func run() throws {
    let reference = try CommandReference(json: AutoPruneCommand._dumpHelp())
    print(ManualPage(reference, version: AutoPruneVersion.text).text, terminator: "")
  }
}

/// The commands as ArgumentParser describes them, from which the manual page is made.
struct CommandReference: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      /// Name as typed, with its dashes.
      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let discussion: String?
    let defaultValue: String?
    let allValues: [String]?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool
  }

  struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let discussion: String?
    let superCommands: [String]?
    let subcommands: [Command]?
    let arguments: [Argument]?
    let shouldDisplay: Bool?

    /// Full name, such as `autoprune archive list`.
    var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

    /// Subcommands that help shows, without `help` itself.
    var shown: [Command] {
      (subcommands ?? []).filter { ($0.shouldDisplay ?? true) && $0.commandName != "help" }
    }
  }

  let command: Command

  init(json: String) throws {
    self = try JSONDecoder().decode(CommandReference.self, from: Data(json.utf8))
  }
}
