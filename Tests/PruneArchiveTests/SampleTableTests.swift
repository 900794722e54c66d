import Foundation
import PruneArchive
import PruneCore
import Testing

@Suite("Sample tables")
struct SampleTableTests {
  let fixture: ArchiveFixture
  let archive: RunArchive
  let run: RunID

  init() throws {
    fixture = try ArchiveFixture()
    archive = try RunArchive(path: fixture.path())
    run = try archive.begin(ArchiveFixture.record())
  }

  @Test("come back bit for bit, in the order in which they were stored")
  func roundTrip() throws {
    let features = ArchiveFixture.samples()
    let probes = SampleTable(
      kind: .setProbes, featureVersion: 2,
      columns: [
        .init(
          name: "loss_change",
          values: [-.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
      ])
    #expect(try archive.store(features, for: run) == 0)
    #expect(try archive.store(probes, for: run) == 1)
    #expect(try archive.samples(of: run) == [features, probes])
    let info = try archive.run(run).samples
    #expect(info.map(\.rowCount) == [100, 4])
    #expect(info.map(\.kind) == [.setProbes, .setProbes])
    #expect(info[0].columnNames == features.columns.map(\.name))
  }

  @Test("may be empty")
  func empty() throws {
    let table = SampleTable(
      kind: .setProbes, featureVersion: 1, columns: [.init(name: "a", values: [])])
    try archive.store(table, for: run)
    #expect(try archive.samples(of: run) == [table])
  }

  @Test("with unequal or equally named columns are refused")
  func malformed() throws {
    var table = ArchiveFixture.samples(rows: 3)
    table.columns[1].values.append(0)
    #expect(
      throws: ArchiveError.unequalColumns(name: table.columns[1].name, rows: 4, expected: 3)
    ) { try archive.store(table, for: run) }
    table.columns[1] = table.columns[0]
    #expect(throws: ArchiveError.duplicateColumn(name: table.columns[0].name)) {
      try archive.store(table, for: run)
    }
    #expect(try archive.samples(of: run).isEmpty)
  }
}
