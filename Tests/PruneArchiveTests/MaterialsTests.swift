import PruneArchive
import Testing

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
    try ForeignWriter(path: archive.path).execute("UPDATE materials SET file_bytes = x'010204'")
    #expect(throws: ArchiveError.self) { try archive.material(.calibration, of: run) }
    #expect(try RunArchive.verify(path: archive.path).readableRunCount == 0)
  }

  @Test("belong to a run that is there")
  func unknownRun() {
    let stranger = RunID()
    #expect(throws: ArchiveError.unknownRun(file: archive.path, run: stranger.description)) {
      try archive.storeMaterial([1], as: .network, for: stranger)
    }
  }
}
