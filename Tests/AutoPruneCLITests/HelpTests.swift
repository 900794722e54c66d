import Foundation
import Testing

/// Help texts as they stand in `Snapshots/`; AUTOPRUNE_REWRITE_SNAPSHOTS=1 writes them anew.
@Suite("Help of every subcommand", .enabled(if: CommandLineProgram.isBuilt))
struct HelpTests {
  static let commands: [[String]] = [
    [], ["prune"], ["sweep"], ["evaluate"], ["train"], ["new"], ["inspect"], ["run"], ["latency"],
    ["pack"], ["unpack"], ["fit"],
    ["archive"], ["archive", "list"], ["archive", "show"], ["archive", "export"],
    ["archive", "merge"], ["archive", "verify"], ["predictor"], ["predictor", "list"],
    ["predictor", "show"], ["predictor", "compare"], ["explain"], ["demo"],
  ]

  private static let isRewriting =
    ProcessInfo.processInfo.environment["AUTOPRUNE_REWRITE_SNAPSHOTS"] != nil

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  @Test("is what the snapshot says", arguments: commands)
  func snapshot(_ command: [String]) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let result = try program.run(command + ["--help"])
    #expect(result.status == 0)
    #expect(result.error.isEmpty)
    let name = (["autoprune"] + command).joined(separator: "-")
    let file = Self.folder.appendingPathComponent("\(name).txt")
    if Self.isRewriting { try Data(result.output.utf8).write(to: file) }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(
      result.output == expected, "set AUTOPRUNE_REWRITE_SNAPSHOTS=1 once where this is meant")
  }

  @Test("lists every subcommand that the snapshots cover")
  func subcommands() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let help = try program.run("--help").output
    let listed = help.split(separator: "\n")
      .drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst()
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See 'autoprune") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(Set(listed) == Set(Self.commands.compactMap(\.first)))
  }

  @Test("earlier names of commands and options work, and no help shows them")
  func earlierNames() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    #expect(try program.run("bench", "absent.onnx").error.contains("absent.onnx"))
    #expect(try !program.run("--help").output.contains("bench"))
    let arguments = ["absent.onnx", "--data", "digits", "--sparsity", "0.5", "--no-refine"]
    #expect(try program.run(["sweep"] + arguments).error.contains("absent.onnx"))
    #expect(try !program.run("sweep", "--help").output.contains("refine"))
  }

  @Test("has an example that can be copied", arguments: commands)
  func example(_ command: [String]) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let start = (["autoprune"] + command).joined(separator: " ")
    let help = try program.run(command + ["--help"]).output
    #expect(
      help.split(separator: "\n").contains {
        $0.trimmingPrefix { $0 == " " }.hasPrefix(start + (command.isEmpty ? " prune" : " "))
          || $0.trimmingPrefix { $0 == " " } == start
      }, "the help of '\(start)' has no line that begins with it")
  }
}
