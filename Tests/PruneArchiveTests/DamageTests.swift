import Foundation
import PruneArchive
import PruneCore
import PruneSupport
import Testing

@Suite("Damaged and hostile archives")
struct DamageTests {
  let fixture: ArchiveFixture

  init() throws { fixture = try ArchiveFixture() }

  /// The bytes of an archive with `count` runs, each with rounds and samples.
  private func bytes(runs count: Int) throws -> Data {
    let path = fixture.path("intact.sqlite")
    do {
      let archive = try RunArchive(path: path)
      for seed in 0..<count {
        let id = try archive.begin(ArchiveFixture.record(seed: UInt64(seed)))
        for index in 0..<3 { try archive.append(ArchiveFixture.round(index), to: id) }
        try archive.store(ArchiveFixture.samples(rows: 300), for: id)
        try archive.finish(id, status: .finished, result: ArchiveFixture.result)
      }
    }
    try ForeignWriter(path: path).checkpoint()
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test("a truncated file is reported, and verify counts what is left")
  func truncated() throws {
    let whole = try bytes(runs: 20)
    let path = fixture.path("truncated.sqlite")
    try whole.prefix(whole.count * 4 / 5).write(to: URL(fileURLWithPath: path))
    let report = try RunArchive.verify(path: path)
    #expect(!report.isIntact)
    #expect((1..<20).contains(report.readableRunCount))
    let saved = try RunArchive(path: fixture.path("saved.sqlite"))
    #expect(try saved.merge(from: path).added.count == report.readableRunCount)
    #expect(try saved.runs().count == report.readableRunCount)
    #expect(try RunArchive.verify(path: saved.path).isIntact)
  }

  @Test("damage met while reading names the file and how much can be saved")
  func damagedValue() throws {
    let path = fixture.path("intact.sqlite")
    _ = try bytes(runs: 3)
    try ForeignWriter(path: path).execute(
      "UPDATE runs SET versions_json = '{' WHERE seed = '1'")
    let archive = try RunArchive(path: path)
    let error = #expect(throws: ArchiveError.self) { try archive.runs() }
    guard case .damaged(path, _, readableRuns: 2)? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.description.contains("2 runs can be saved") == true)
    let report = try RunArchive.verify(path: path)
    #expect(report.runCount == 3 && report.readableRunCount == 2)
    #expect(report.problems.count == 1)
  }

  @Test("tables with other types and values than ours are errors")
  func hostileTables() throws {
    let values = [
      ("id", "'no uuid'"), ("seed", "'-1'"), ("granularity", "'nm:4:2'"),
      ("granularity", "'block:x'"), ("budget_kind", "'hope'"), ("importance_kind", "''"),
      ("metric_name", "'beauty'"), ("status", "'dead'"), ("layers_json", "'[1]'"),
    ]
    let whole = try bytes(runs: 1)
    for (column, value) in values {
      let path = fixture.path("\(UUID()).sqlite")
      try whole.write(to: URL(fileURLWithPath: path))
      try ForeignWriter(path: path).execute(
        "PRAGMA foreign_keys = OFF; UPDATE runs SET \(column) = \(value)")
      let archive = try RunArchive(path: path, access: .readOnly)
      #expect(throws: ArchiveError.self, "\(column)") { try archive.runs() }
      #expect(try !RunArchive.verify(path: path).isIntact, "\(column)")
    }
  }

  @Test("an archive whose tables are missing or loosely typed is an error")
  func hostileSchema() throws {
    let path = fixture.path("forged.sqlite")
    try ForeignWriter(path: path).execute(
      """
      PRAGMA application_id = \(0x4150_524E);
      CREATE TABLE grdb_migrations (identifier TEXT);
      INSERT INTO grdb_migrations VALUES ('v1: runs, rounds, samples, materials');
      CREATE TABLE rounds (run_id, round_index);
      CREATE TABLE runs (id, status, revision, writer_host, writer_process, seed);
      INSERT INTO runs VALUES (x'00ff', 'running', 'many', 1.5, NULL, 9e99);
      """)
    #expect(throws: ArchiveError.self) { try RunArchive(path: path) }
    let reader = try RunArchive(path: path, access: .readOnly)
    #expect(throws: ArchiveError.self) { try reader.runs() }
    #expect(throws: ArchiveError.self) { try reader.runID(startingWith: "0") }
  }

  @Test("no mutation of a file makes reading crash", .tags(.property))
  func mutations() throws {
    let whole = try bytes(runs: 4)
    var random = SeededGenerator(seed: 11)
    let path = fixture.path("mutant.sqlite")
    var noticed = 0
    for _ in 0..<150 {
      var mutant = whole
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if random.uniform() < 0.2 { mutant = mutant.prefix(Int(random.next() % 60000)) }
      try mutant.write(to: URL(fileURLWithPath: path))
      do throws(ArchiveError) {
        let archive = try RunArchive(path: path, access: .readOnly)
        for run in try archive.runs() { _ = try archive.samples(of: run.id) }
        if try !RunArchive.verify(path: path).isIntact { noticed += 1 }
      } catch {
        noticed += 1
      }
    }
    #expect(noticed > 75)
  }
}

extension Tag {
  @Tag static var property: Self
}
