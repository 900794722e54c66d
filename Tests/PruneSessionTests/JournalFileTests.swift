import Foundation
import Testing

@testable import PruneSession

@Suite("The journal's file")
struct JournalFileTests {
  private let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("journal-\(UUID().uuidString)")

  private func lines() throws -> [String] {
    var lines: [Data] = []
    _ = try JournalFile(url, lines: &lines)
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("holds what was appended, over several openings")
  func appends() throws {
    defer { unlink(url.path) }
    #expect(try lines() == [])
    for text in ["one", "", "three"] {
      var before: [Data] = []
      try JournalFile(url, lines: &before).append(Data(text.utf8))
    }
    #expect(try lines() == ["one", "", "three"])
  }

  @Test("drops a line that was cut off anywhere, and goes on behind the last whole one")
  func tornTail() throws {
    defer { unlink(url.path) }
    var ignored: [Data] = []
    let file = try JournalFile(url, lines: &ignored)
    for text in ["one", "two", "three"] { try file.append(Data(text.utf8)) }
    let bytes = try Data(contentsOf: url)
    let whole = bytes.count - "01234567 three\n".utf8.count
    for length in whole..<bytes.count {
      try bytes.prefix(length).write(to: url)
      var lines: [Data] = []
      try JournalFile(url, lines: &lines).append(Data("four".utf8))
      #expect(lines.count == 2)
      #expect(try self.lines() == ["one", "two", "four"])
    }
  }

  @Test("says which line is damaged where others follow it")
  func damagedLine() throws {
    defer { unlink(url.path) }
    var ignored: [Data] = []
    let file = try JournalFile(url, lines: &ignored)
    for text in ["one", "two", "three"] { try file.append(Data(text.utf8)) }
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
    let error = #expect(throws: CheckpointError.self) { try lines() }
    #expect(error?.description.contains("line 2") == true)
  }

  @Test("that cannot be written says why")
  func unwritable() throws {
    let error = #expect(throws: CheckpointError.self) {
      var lines: [Data] = []
      _ = try JournalFile(url.appendingPathComponent("below"), lines: &lines)
    }
    #expect(error?.isInputOutput == true)
    #expect(error?.description.contains("No such file or directory") == true)
  }
}
