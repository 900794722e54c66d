import Foundation
import PruneArchive
import Testing

@Suite("Export to CSV")
struct ExportingTests {
  let fixture: ArchiveFixture
  let archive: RunArchive

  init() throws {
    fixture = try ArchiveFixture()
    archive = try RunArchive(path: fixture.path())
  }

  @Test("writes runs, rounds and samples with named columns")
  func tables() throws {
    let id = try archive.begin(ArchiveFixture.record(seed: .max))
    try archive.append(ArchiveFixture.round(0), to: id)
    let samples = ArchiveFixture.samples(rows: 4)
    try archive.store(samples, for: id)
    let folder = fixture.folder.appendingPathComponent("csv")
    let files = try archive.exportCSV(to: folder)
    #expect(
      files.map(\.lastPathComponent)
        == ["runs.csv", "rounds.csv", "samples-\(id)-0-set-probes.csv"])

    let runs = try lines(of: files[0])
    #expect(runs[0].hasPrefix("id,revision,status,started_unix_seconds,"))
    #expect(runs[1].hasPrefix("\(id),3,running,"))
    #expect(runs[1].contains(#""["#) && runs[1].contains(#"18446744073709551615"#))
    let rounds = try lines(of: files[1])
    #expect(rounds[0].hasSuffix(",wall_seconds,epochs,layer_densities_json,selected_by"))
    #expect(rounds[1].contains(",accepted,0.99,0.1,0.4,1.5,2"))
    let rows = try lines(of: files[2])
    #expect(rows[0] == "log |w|,log ‖x‖,density")
    let first = rows[1].split(separator: ",").compactMap { Float($0) }
    #expect(first == samples.columns.map { $0.values[0] })
    #expect(rows.count == 5)
  }

  @Test("takes only the runs asked for and replaces earlier files")
  func selection() throws {
    let id = try archive.begin(ArchiveFixture.record())
    _ = try archive.begin(ArchiveFixture.record())
    let all = try archive.exportCSV(to: fixture.folder)
    #expect(try lines(of: all[0]).count == 3)
    let one = try archive.exportCSV(to: fixture.folder, runs: [id])
    #expect(try lines(of: one[0]).count == 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).count {
        $0.hasSuffix(".csv") || $0.hasPrefix(".")
      } == 2)
  }

  @Test("an unwritable folder is named")
  func unwritable() throws {
    let blocked = URL(fileURLWithPath: archive.path)
    let error = #expect(throws: ArchiveError.self) { try archive.exportCSV(to: blocked) }
    #expect(error?.description.contains(blocked.path) == true)
  }

  private func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\r\n")
      .filter { !$0.isEmpty }
  }
}
