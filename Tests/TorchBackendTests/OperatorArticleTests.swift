import Foundation
import Testing

@testable import TorchBackend

@Suite("The article on operators")
struct OperatorArticleTests {
  @Test("lists what the engine runs")
  func table() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let article = try String(
      contentsOf: root.appendingPathComponent("Sources/AutoPrune/AutoPrune.docc/Operators.md"),
      encoding: .utf8)
    let listed = article.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(listed.sorted() == (try TorchEngine(threads: 1).supportedOperators))
  }
}
