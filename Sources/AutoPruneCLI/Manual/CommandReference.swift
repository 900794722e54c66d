import Foundation

/// The commands as ArgumentParser describes them, for what is made from them.
struct CommandReference: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      /// As typed.
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

    /// Such as `autoprune archive list`.
    var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

    /// Those that help shows; `help` itself is left out.
    var shown: [Command] {
      (subcommands ?? []).filter { ($0.shouldDisplay ?? true) && $0.commandName != "help" }
    }
  }

  let command: Command

  init(json: String) throws {
    self = try JSONDecoder().decode(CommandReference.self, from: Data(json.utf8))
  }
}
