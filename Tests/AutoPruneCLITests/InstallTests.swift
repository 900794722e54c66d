import Foundation
import TestSupport
import Testing

@Suite(
  "make install", .enabled(if: CommandLineProgram.isBuilt), .serialized)
struct InstallTests {
  private static let script = PythonPackages.root.appendingPathComponent("scripts/install.sh")

  private func files(under folder: URL) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return (found ?? []).filter {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: folder.appendingPathComponent($0).path, isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  @Test("puts all in place, runs from anywhere, and leaves nothing when it is undone")
  func installed() throws {
    let shell = try CommandLineProgram()
    defer { try? shell.removeFolder() }
    let prefix = shell.url("a prefix")
    let build = CommandLineProgram.executable.deletingLastPathComponent()
    let made = try shell.run(program: "/bin/sh", [Self.script.path, build.path, prefix.path])
    #expect(made.status == 0, "\(made.error)")
    let installed = files(under: prefix)
    for file in [
      "bin/autoprune", "lib/autoprune/AutoPrune_Presets.resources/default.json",
      "share/man/man1/autoprune.1", "share/bash-completion/completions/autoprune",
      "share/zsh/site-functions/_autoprune", "share/fish/vendor_completions.d/autoprune.fish",
    ] { #expect(installed.contains(file), "\(file) is missing") }

    let program = prefix.appendingPathComponent("bin/autoprune").path
    let listed = try shell.run(program: program, ["predictor", "list"])
    #expect(listed.output.contains("default"), "\(listed.error)")
    #expect(try shell.run(program: program, ["new", "mlp:64-10", "-o", "m.onnx"]).status == 0)
    let pruned = try shell.run(
      program: program,
      [
        "prune", "m.onnx", "--data", "digits", "--sparsity", "0.5", "--criterion", "magnitude",
        "--no-archive", "--report", "page.html", "-o", "s.onnx", "-q",
      ])
    #expect(pruned.status == 0, "\(pruned.error)")
    #expect(FileManager.default.fileExists(atPath: shell.path("page.html")))

    let removed = try shell.run(program: "/bin/sh", [Self.script.path, "--remove", prefix.path])
    #expect(removed.status == 0, "\(removed.error)")
    #expect(files(under: prefix).isEmpty)
  }

  @Test("completion scripts are what their shells accept", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let result = try program.run("--generate-completion-script", shell)
    #expect(result.status == 0)
    for word in ["prune", "--max-drop", "archive", "--tensorboard"] {
      #expect(result.output.contains(word.replacing("--", with: shell == "fish" ? "" : "--")))
    }
    guard
      let path = ["/bin/\(shell)", "/usr/bin/\(shell)"].first(where: {
        FileManager.default.isExecutableFile(atPath: $0)
      })
    else { return }
    try Data(result.output.utf8).write(to: program.url("completion"))
    let checked = try program.run(program: path, ["-n", program.path("completion")])
    #expect(checked.status == 0, "\(checked.error)")
  }

  @Test("bash completes subcommands and options")
  func bashCompletes() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let script = try program.run("--generate-completion-script", "bash").output
    let question = """
      \(script)
      COMP_WORDS=(autoprune pru); COMP_CWORD=1; COMP_LINE='autoprune pru'; COMP_POINT=13
      _autoprune autoprune pru autoprune; echo "${COMPREPLY[@]}"
      """
    let answer = try program.run(program: "/bin/bash", ["-c", question])
    #expect(
      answer.output.split(whereSeparator: \.isWhitespace).contains("prune"), "\(answer.error)")
  }
}
