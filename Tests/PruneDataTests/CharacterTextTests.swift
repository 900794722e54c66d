import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("Texts for character models")
struct CharacterTextTests {
  private func write(_ bytes: [UInt8], in folder: URL) throws -> URL {
    let url = folder.appendingPathComponent("text.txt")
    try Data(bytes).write(to: url)
    return url
  }

  @Test(
    "examples follow one another, labels are the next characters, the last tenth is the test part")
  func examples() throws {
    let scratch = try Scratch()
    let text = (0..<10).map { _ in "über abcd\n" }.joined()
    let data = try DataSet(
      contentsOf: try write(Array(text.utf8), in: scratch.url), options: DataOptions(context: 4))
    #expect(data.format == .text)
    let symbols = ["\n", " ", "a", "b", "c", "d", "e", "r", "ü"]
    #expect(data.classNames == symbols)
    let numbers = text.unicodeScalars.map { symbols.firstIndex(of: String(Character($0))) ?? -1 }
    #expect(data.train.count == 22)
    #expect(data.test.count == 2)
    let batch = data.train.batch(0..<data.train.count)
    #expect(batch.inputs[0].shape == [22, 4])
    #expect(batch.inputs[0].floats == numbers[..<88].map { Float($0) })
    #expect(data.train.labels == Array(numbers[1..<89]))
    #expect(data.test.labels == Array(numbers[91..<99]))
  }

  @Test("text that is too short or not UTF-8, and a context out of range, are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let short = try write(Array("abc".utf8), in: scratch.url)
    #expect(throws: DataError.tooFewExamples(short.path, got: 0, expected: 1)) {
      try DataSet(contentsOf: short)
    }
    #expect(throws: DataError.self) {
      try DataSet(contentsOf: short, options: DataOptions(context: 0))
    }
    let damaged = try write([0x61, 0xFF, 0xFE, 0x62], in: scratch.url)
    #expect {
      try DataSet(contentsOf: damaged)
    } throws: {
      "\($0)".contains("UTF-8")
    }
  }
}
