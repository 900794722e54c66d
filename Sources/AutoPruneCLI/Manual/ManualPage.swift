/// A manual page in the macros of man(7), made from the commands' own help.
struct ManualPage {
  let text: String

  init(_ reference: CommandReference, version: String) {
    let root = reference.command
    var lines = [
      #".TH AUTOPRUNE 1 "" "AutoPrune \#(version)" "User Commands""#,
      ".SH NAME", Self.escape("autoprune - \(Self.lowercasedStart(root.abstract ?? ""))"),
      ".SH SYNOPSIS", ".B autoprune", #".I subcommand"#, "[options]",
      ".SH DESCRIPTION",
    ]
    lines += Self.paragraphs(root.discussion ?? "")
    lines += [".SH COMMANDS"]
    for command in root.shown { lines += Self.section(command) }
    lines += Self.closing
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ command: CommandReference.Command) -> [String] {
    var lines = [".SS \(escape(command.path))", escape(command.abstract ?? "")]
    if let discussion = command.discussion, !discussion.isEmpty {
      lines += [".PP"] + paragraphs(discussion)
    }
    for argument in command.arguments ?? []
    where argument.shouldDisplay && !(argument.names ?? []).contains(where: { $0.name == "help" }) {
      lines += [".TP", heading(argument), escape(summary(argument))]
    }
    return lines + command.shown.flatMap(section)
  }

  private static func heading(_ argument: CommandReference.Argument) -> String {
    let value = escape(argument.valueName ?? "value")
    guard let names = argument.names, !names.isEmpty else { return ".I \(value)" }
    let typed = names.map { escape($0.text) }.joined(separator: ", ")
    let isFlag = argument.kind == "flag"
    return isFlag ? ".B \(typed)" : #".BR "\#(typed)" " \fI\#(value)\fR""#
  }

  private static func summary(_ argument: CommandReference.Argument) -> String {
    let parts = [
      argument.abstract, argument.discussion,
      argument.defaultValue.map { $0.isEmpty ? "" : "Default: \($0)." },
    ]
    return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Paragraphs of a text; lines of an example, which begin with the program's name or are indented, stay as they are.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.trimmingPrefix { $0 == " " }
      let example = line.hasPrefix("autoprune ") || line.hasPrefix("  ")
      if example != isExample { lines.append(example ? ".RS 4\n.nf" : ".fi\n.RE") }
      isExample = example
      lines.append(trimmed.isEmpty ? ".PP" : escape(String(trimmed)))
    }
    if isExample { lines.append(".fi\n.RE") }
    return lines
  }

  /// Escapes backslashes, hyphens that are typed, and lines that would be read as requests.
  private static func escape(_ text: String) -> String {
    let plain = text.replacing("\\", with: #"\e"#).replacing("-", with: #"\-"#)
      .replacing("\n", with: " ")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? #"\&"# + plain : plain
  }

  private static func lowercasedStart(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
  }

  private static var closing: [String] {
    [
      ".SH EXIT STATUS",
      ".TP\n.B 0\ndone",
      ".TP\n.B 2\nthe budget cannot be met; the dense model is written unchanged",
      ".TP\n.B 64\nusage", ".TP\n.B 65\nbad input data", ".TP\n.B 74\ninput or output failed",
      ".SH ENVIRONMENT",
      ".TP\n.B AUTOPRUNE_ARCHIVE\narchive of runs where \\-\\-archive is not given",
      ".TP\n.B AUTOPRUNE_RESOURCES\nfolder of presets, templates and built\\-in data",
      ".TP\n.B NO_COLOR\nno colours, whatever the value, unless empty",
      ".SH FILES",
      ".TP\n.I ~/.local/share/autoprune/runs.sqlite\narchive of runs; $XDG_DATA_HOME in place of ~/.local/share where set",
    ]
  }
}
