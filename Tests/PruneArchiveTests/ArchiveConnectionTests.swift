import Foundation
import GRDB
import PruneCore
import PruneSupport
import Testing

@testable import PruneArchive

@Suite("Opening files")
struct ArchiveConnectionTests {
  let fixture: ArchiveFixture

  init() throws { fixture = try ArchiveFixture() }

  @Test("makes folder and file, and finds its runs again")
  func reopen() throws {
    let path = fixture.path("a/b/runs.sqlite")
    let id: RunID
    do {
      let archive = try RunArchive(path: path)
      id = try archive.begin(ArchiveFixture.record())
      try archive.finish(id, status: .finished, result: ArchiveFixture.result)
    }
    #expect(try RunArchive(path: path).runs().map(\.id) == [id])
    let reader = try RunArchive(path: path, access: .readOnly)
    #expect(try reader.run(id).summary.status == .finished)
    #expect(throws: ArchiveError.self) { try reader.begin(ArchiveFixture.record()) }
  }

  @Test("takes an empty file for a new archive")
  func emptyFile() throws {
    let path = fixture.path()
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(try RunArchive(path: path).runs().isEmpty)
  }

  @Test("reading needs a file, and makes none")
  func missing() {
    let path = fixture.path("none.sqlite")
    #expect(throws: ArchiveError.cannotOpen(file: path, reason: "there is no such file")) {
      try RunArchive(path: path, access: .readOnly)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a folder, or a path through a file, is refused")
  func folder() throws {
    #expect(throws: ArchiveError.cannotOpen(file: fixture.folder.path, reason: "it is a folder")) {
      try RunArchive(path: fixture.folder.path)
    }
    let file = fixture.path("file")
    try Data("x".utf8).write(to: URL(fileURLWithPath: file))
    #expect(throws: ArchiveError.self) { try RunArchive(path: file + "/runs.sqlite") }
  }

  @Test("files of other programs are refused and left alone")
  func foreign() throws {
    let text = fixture.path("notes.txt")
    try Data(repeating: 0x61, count: 5000).write(to: URL(fileURLWithPath: text))
    let database = fixture.path("photos.sqlite")
    try ForeignWriter(path: database).execute("CREATE TABLE photos (id INTEGER)")
    for path in [text, database] {
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      for access in [RunArchive.Access.readWrite, .readOnly] {
        let error = #expect(throws: ArchiveError.self) {
          try RunArchive(path: path, access: access)
        }
        guard case .notAnArchive(path, _)? = error else {
          Issue.record("unexpected \(String(describing: error))")
          continue
        }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test("an archive of a newer version is refused by name of what is new")
  func newerVersion() throws {
    let path = fixture.path()
    do { _ = try RunArchive(path: path).begin(ArchiveFixture.record()) }
    try ForeignWriter(path: path).execute("INSERT INTO grdb_migrations VALUES ('v9: dreams')")
    let expected = ArchiveError.newerVersion(file: path, migrations: ["v9: dreams"])
    #expect(throws: expected) { try RunArchive(path: path) }
    #expect(throws: expected) { try RunArchive(path: path, access: .readOnly) }
    #expect(throws: expected) { try RunArchive.verify(path: path) }
    #expect(expected.description.contains("update autoprune"))
  }

  @Test("a lock held too long is an error that says so")
  func busy() throws {
    let path = fixture.path()
    let archive = try RunArchive(path: path, busySeconds: 0.1)
    let other = try ForeignWriter(path: path)
    try other.execute("BEGIN IMMEDIATE")
    #expect(throws: ArchiveError.busy(file: path, seconds: 0.1)) {
      try archive.begin(ArchiveFixture.record())
    }
    try other.execute("ROLLBACK")
    _ = try archive.begin(ArchiveFixture.record())
  }

  @Test("a full disk is an error, and what was there stays")
  func full() throws {
    let archive = try RunArchive(path: fixture.path())
    let id = try archive.begin(ArchiveFixture.record())
    var random = SeededGenerator(seed: 1)
    let noise = (0..<2_000_000).map { _ in Float(random.uniform()) }
    try archive.connection.read { try $0.execute(sql: "PRAGMA max_page_count = 300") }
    let error = #expect(throws: ArchiveError.self) {
      try archive.store(
        SampleTable(
          kind: .setProbes, featureVersion: 1, columns: [.init(name: "noise", values: noise)]),
        for: id)
    }
    guard case .cannotWrite? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(try archive.run(id).samples.isEmpty)
    try archive.append(ArchiveFixture.round(0), to: id)
  }
}
