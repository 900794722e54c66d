import Foundation
import TestSupport
import Testing

@testable import TorchBackend

@Suite("The article on operators")
struct OperatorArticleTests {
  /// Families by the types that their files declare: a folder of `Operators/`, or a file of its own.
  private func families() throws -> [String: String] {
    let folder = PythonPackages.root.appendingPathComponent("Sources/TorchBackend/Operators")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var families: [String: String] = [:]
    for case let file as URL in files ?? FileManager.DirectoryEnumerator()
    where file.pathExtension == "swift" {
      let parent = file.deletingLastPathComponent().lastPathComponent
      let family = parent == "Operators" ? file.deletingPathExtension().lastPathComponent : parent
      let words = family.replacing(/[A-Z]/) { " " + $0.output.lowercased() }
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: /struct (\w+)/) {
        families[String(match.output.1)] = words.trimmingCharacters(in: .whitespaces)
      }
    }
    return families
  }

  @Test("lists what the engine runs; AUTOPRUNE_REWRITE_SNAPSHOTS=1 makes the table anew")
  func table() throws {
    let families = try families()
    var rows = try OperatorRegistry().entries.map { entry in
      let type = String(describing: entry.type).prefix { $0 != "<" }
      let family = try #require(families[String(type)], "no file declares \(type)")
      return (
        family: family,
        text:
          "| `\(entry.operation)` | \(entry.opsets.lowerBound)–\(entry.opsets.upperBound) | \(family) |"
      )
    }
    rows.append((family: "~", text: "| `If` | 1–\(newestOpset) | control flow |"))
    #expect(rows.count == (try TorchEngine(threads: 1).supportedOperators.count))
    let lines = rows.sorted { ($0.family, $0.text) < ($1.family, $1.text) }.map(\.text)
    let wanted =
      (["| Operator | Opsets | Family |", "|---|---|---|"] + lines).joined(separator: "\n") + "\n"
    let stated = try GeneratedTable.text(
      in: "Sources/TorchBackend/TorchBackend.docc/Operators.md", wanted: wanted)
    #expect(stated == wanted, "set AUTOPRUNE_REWRITE_SNAPSHOTS=1 once where this is meant")
  }
}
