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

  @Test("come back bit for bit, by kind")
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
    #expect(try archive.samples(of: run, kind: .setProbes) == [probes])
    let info = try archive.run(run).samples
    #expect(info.map(\.rowCount) == [100, 4])
    #expect(info[0].columnNames == features.columns.map(\.name))
  }

  @Test("may be empty")
  func empty() throws {
    let table = SampleTable(
      kind: .unitFeatures, featureVersion: 1, columns: [.init(name: "a", values: [])])
    try archive.store(table, for: run)
    #expect(try archive.samples(of: run) == [table])
  }

  @Test("take a label when the run is over")
  func label() throws {
    let position = try archive.store(ArchiveFixture.samples(rows: 5), for: run)
    try archive.finish(run, status: .finished, result: ArchiveFixture.result)
    let survived = SampleTable.Column(name: "survived", values: [1, 0, 0, 1, 0])
    try archive.append(survived, toTable: position, of: run)
    #expect(try archive.samples(of: run)[0]["survived"] == survived.values)
    #expect(throws: ArchiveError.duplicateColumn(name: "survived")) {
      try archive.append(survived, toTable: position, of: run)
    }
    #expect(throws: ArchiveError.unequalColumns(name: "x", rows: 1, expected: 5)) {
      try archive.append(.init(name: "x", values: [1]), toTable: position, of: run)
    }
    #expect(throws: ArchiveError.unknownSampleTable(run: run, position: 7)) {
      try archive.append(survived, toTable: 7, of: run)
    }
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
