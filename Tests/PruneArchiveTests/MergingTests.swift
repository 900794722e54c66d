import Foundation
import PruneArchive
import Testing

@Suite("Merging")
struct MergingTests {
  let fixture: ArchiveFixture
  let left: RunArchive
  let right: RunArchive

  init() throws {
    fixture = try ArchiveFixture()
    left = try RunArchive(path: fixture.path("left.sqlite"))
    right = try RunArchive(path: fixture.path("right.sqlite"))
  }

  @Test("copies runs with rounds and samples; a second time changes nothing")
  func idempotent() throws {
    let id = try right.begin(ArchiveFixture.record())
    try right.append(ArchiveFixture.round(0), to: id)
    try right.store(ArchiveFixture.samples(), for: id)
    try right.finish(id, status: .finished, result: ArchiveFixture.result)
    let other = try left.begin(ArchiveFixture.record())

    #expect(try left.merge(from: right.path).added == [id])
    #expect(try left.run(id) == right.run(id))
    #expect(try left.samples(of: id) == right.samples(of: id))
    let before = try left.runs()
    let again = try left.merge(from: right.path)
    #expect(again.added.isEmpty && again.updated.isEmpty && again.lost.isEmpty)
    #expect(again.unchangedCount == 1)
    #expect(try left.runs() == before)
    #expect(Set(before.map(\.id)) == [id, other])
  }

  @Test("takes the later state of a run, whichever side has it")
  func update() throws {
    let id = try right.begin(ArchiveFixture.record())
    _ = try left.merge(from: right.path)
    try right.append(ArchiveFixture.round(0), to: id)
    try right.finish(id, status: .finished, result: ArchiveFixture.result)
    #expect(try right.merge(from: left.path).unchangedCount == 1)
    #expect(try right.run(id).summary.status == .finished)
    #expect(try left.merge(from: right.path).updated == [id])
    #expect(try left.run(id) == right.run(id))
  }

  @Test("saves the intact runs of a damaged archive and names the others")
  func damagedColumn() throws {
    let good = try right.begin(ArchiveFixture.record())
    let bad = try right.begin(ArchiveFixture.record())
    try right.store(ArchiveFixture.samples(), for: good)
    try right.store(ArchiveFixture.samples(), for: bad)
    try ForeignWriter(path: right.path).execute(
      "UPDATE sample_columns SET zlib_float32 = x'00112233' WHERE run_id = '\(bad)' AND position = 1"
    )

    let report = try left.merge(from: right.path)
    #expect(report.added == [good])
    #expect(report.lost.map(\.run) == [bad.description])
    #expect(report.lost[0].reason.contains("log ‖x‖"))
    #expect(try left.samples(of: good) == [ArchiveFixture.samples()])
  }

  @Test("needs an archive to read from")
  func missingSource() throws {
    let missing = fixture.path("missing.sqlite")
    #expect(throws: ArchiveError.cannotOpen(file: missing, reason: "there is no such file")) {
      try left.merge(from: missing)
    }
    #expect(!FileManager.default.fileExists(atPath: missing))
    let text = fixture.path("text.csv")
    try Data("a,b\n1,2\n".utf8).write(to: URL(fileURLWithPath: text))
    #expect(throws: ArchiveError.notAnArchive(file: text, found: "no SQLite database")) {
      try left.merge(from: text)
    }
  }
}
