import Foundation
import GRDB
import Testing

@testable import PruneArchive

@Suite("Materials")
struct MaterialsTests {
  let fixture: ArchiveFixture
  let archive: RunArchive
  let run: RunID

  init() throws {
    fixture = try ArchiveFixture()
    archive = try RunArchive(path: fixture.path())
    run = try archive.begin(ArchiveFixture.record())
  }

  @Test("come back byte for byte, each kind once, and are merged")
  func roundTrip() throws {
    #expect(try archive.material(.network, of: run) == nil)
    try archive.storeMaterial([], as: .network, for: run)
    #expect(try archive.material(.network, of: run) == [])
    try archive.storeMaterial([0, 255, 7], as: .network, for: run)
    try archive.storeMaterial([1], as: .calibration, for: run)
    #expect(try archive.material(.network, of: run) == [0, 255, 7])
    let other = try RunArchive(path: fixture.path("other.sqlite"))
    #expect(try other.merge(from: archive.path).added == [run])
    #expect(try other.material(.network, of: run) == [0, 255, 7])
    #expect(try other.material(.calibration, of: run) == [1])
  }

  @Test("damage is noticed and keeps the run from being merged")
  func damage() throws {
    try archive.storeMaterial([1, 2, 3], as: .calibration, for: run)
    try ForeignWriter(path: archive.path).execute(
      "UPDATE material_files SET file_bytes = x'010204'")
    #expect(throws: ArchiveError.self) { try archive.material(.calibration, of: run) }
    #expect(try RunArchive.verify(path: archive.path).readableRunCount == 0)
  }

  @Test("equal files of several runs are stored once, merged too, and up to a limit")
  func sharing() throws {
    let second = try archive.begin(ArchiveFixture.record(seed: 2))
    let bytes = [UInt8](repeating: 7, count: 1000)
    #expect(try archive.storeMaterial(bytes, as: .network, for: run, limitBytes: 1500))
    #expect(try archive.storeMaterial(bytes, as: .network, for: second, limitBytes: 1500))
    #expect(
      try !archive.storeMaterial(
        [UInt8](repeating: 8, count: 501), as: .calibration, for: run, limitBytes: 1500))
    #expect(try archive.material(.calibration, of: run) == nil)
    let other = try RunArchive(path: fixture.path("other.sqlite"))
    for _ in 0..<2 { _ = try other.merge(from: archive.path) }
    for copy in [archive, other] {
      #expect(try copy.material(.network, of: second) == bytes)
      let count = try copy.connection.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM material_files")
      }
      #expect(count == 1)
    }
    #expect(try RunArchive.verify(path: other.path).isIntact)
  }

  @Test("of archives of the first version are read and merged")
  func firstVersion() throws {
    let path = fixture.path("first.sqlite")
    try ForeignWriter(path: archive.path).checkpoint()
    try FileManager.default.copyItem(atPath: archive.path, toPath: path)
    let writer = try ForeignWriter(path: path)
    try writer.execute("DROP TABLE run_materials")
    try writer.execute("DROP TABLE material_files")
    try writer.execute("DELETE FROM grdb_migrations WHERE identifier LIKE 'v2%'")
    try writer.execute(
      "INSERT INTO materials VALUES ('\(run)', 'network', 1438416925, x'010203')")
    let old = try RunArchive(path: path, access: .readOnly)
    #expect(try old.material(.network, of: run) == [1, 2, 3])
    let other = try RunArchive(path: fixture.path("new.sqlite"))
    #expect(try other.merge(from: path).added == [run])
    #expect(try other.material(.network, of: run) == [1, 2, 3])
    let updated = try RunArchive(path: path)
    #expect(try updated.material(.network, of: run) == [1, 2, 3])
  }

  @Test("belong to a run that is there")
  func unknownRun() {
    let stranger = RunID()
    #expect(throws: ArchiveError.unknownRun(file: archive.path, run: stranger.description)) {
      try archive.storeMaterial([1], as: .network, for: stranger)
    }
  }
}
