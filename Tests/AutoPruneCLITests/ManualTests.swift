import Foundation
import TestSupport
import Testing

@Suite("The manual page, the version and colours", .enabled(if: CommandLineProgram.isBuilt))
struct ManualTests {
  private static let formatter = ["/usr/bin/groff", "/usr/bin/man"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test("names every option that help names")
  func options() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let page = try program.run("manual").output.replacing("\\-", with: "-")
    #expect(page.hasPrefix(".TH AUTOPRUNE 1"))
    for command in HelpTests.commands where !command.isEmpty {
      #expect(page.contains(".SS autoprune \(command.joined(separator: " "))\n"))
      let help = try program.run(command + ["--help"]).output
      for match in help.matches(of: /^  (?:-\w, )?(--[a-z0-9-]+)/.anchorsMatchLineEndings()) {
        let option = String(match.output.1)
        guard option != "--help", option != "--version" else { continue }
        #expect(page.contains(option), "\(command) has \(option)")
      }
    }
  }

  @Test("is read without a complaint", .enabled(if: formatter != nil))
  func formatted() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    try Data(try program.run("manual").output.utf8).write(to: program.url("autoprune.1"))
    let formatter = try #require(Self.formatter)
    let result = try program.run(
      program: formatter,
      formatter.hasSuffix("groff")
        ? ["-man", "-Kutf8", "-Tutf8", "-ww", program.path("autoprune.1")]
        : ["--warnings", "-l", program.path("autoprune.1")])
    #expect(result.status == 0)
    #expect(result.error.isEmpty, "\(result.error)")
    #expect(result.output.contains("the budget cannot be met"))
  }

  @Test("the version tells the engine's and GSL's")
  func version() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let text = try program.run("--version").output
    #expect(
      text.contains(/^\d+\.\d+\.\d+ \(libtorch \d+\.\d+\.\d+.*, GSL \d+\.\d+.*\)\n$/), "\(text)")
  }

  @Test(
    "colours are for terminals that want them",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")),
    arguments: [("", true), ("NO_COLOR=1 ", false), ("NO_COLOR= ", true), ("TERM=dumb ", false)])
  func colours(_ setting: String, _ isColoured: Bool) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let tool = CommandLineProgram.executable.path
    let command = "env -u NO_COLOR TERM=xterm \(setting)\(tool) inspect absent.onnx"
    let shown = try program.run(
      program: "/usr/bin/script", ["-qec", command, program.path("typescript")])
    #expect(shown.output.contains("absent.onnx"), "\(shown.output) \(shown.error)")
    #expect(shown.output.contains("\u{1B}[31m") == isColoured, "\(shown.output)")
    let plain = try program.run("inspect", "absent.onnx")
    #expect(!plain.error.contains("\u{1B}"))
  }
}
