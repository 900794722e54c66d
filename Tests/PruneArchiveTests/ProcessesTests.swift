import Foundation
import Testing

@testable import PruneArchive

/// Each exit test is a process of its own.
@Suite("Several processes", .serialized)
struct ProcessesTests {
  let fixture: ArchiveFixture

  init() throws { fixture = try ArchiveFixture() }

  @Test("a killed process leaves its run readable and marked as interrupted")
  func crash() async throws {
    let path = fixture.path()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let archive = try RunArchive(path: path)
      let id = try archive.begin(ArchiveFixture.record())
      try archive.append(ArchiveFixture.round(0), to: id)
      kill(getpid(), SIGKILL)
    }
    #expect(try RunArchive(path: path, access: .readOnly).runs().map(\.status) == [.running])
    let archive = try RunArchive(path: path)
    let runs = try archive.runs()
    #expect(runs.map(\.status) == [.interrupted])
    #expect(runs[0].finishedAt == nil && runs[0].result == nil)
    #expect(try archive.run(runs[0].id).rounds == [ArchiveFixture.round(0)])
    #expect(throws: ArchiveError.runIsOver(run: runs[0].id, status: .interrupted)) {
      try archive.append(ArchiveFixture.round(1), to: runs[0].id)
    }
    #expect(try RunArchive.verify(path: path).isIntact)
  }

  @Test("a living process's run is left alone")
  func alive() throws {
    let archive = try RunArchive(path: fixture.path())
    let id = try archive.begin(ArchiveFixture.record())
    #expect(try RunArchive(path: fixture.path()).run(id).summary.status == .running)
  }

  @Test("many write one new file at the same time and lose nothing")
  func concurrency() async throws {
    let path = fixture.path()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) { [path = path as String] in
            let archive = try RunArchive(path: path)
            for seed in 0..<5 {
              let id = try archive.begin(ArchiveFixture.record(seed: UInt64(seed)))
              for index in 0..<5 { try archive.append(ArchiveFixture.round(index), to: id) }
              try archive.store(ArchiveFixture.samples(), for: id)
              try archive.finish(id, status: .finished, result: ArchiveFixture.result)
            }
          }
        }
      }
    }
    let runs = try RunArchive(path: path).runs()
    #expect(runs.count == 20)
    #expect(runs.allSatisfy { $0.status == .finished && $0.roundCount == 5 })
    #expect(try RunArchive.verify(path: path).isIntact)
  }

  @Test("who has ended is told by boot, number and start time")
  func identity() {
    let here = WriterProcess.current()
    #expect(here.host.split(separator: " ").count == 3)
    #expect(!here.hasEnded(seenFrom: here))
    let parts = here.process.split(separator: " ")
    let successor = WriterProcess(host: here.host, process: "\(parts[0]) 1")
    #expect(successor.hasEnded(seenFrom: here))
    #expect(WriterProcess(host: "elsewhere b n", process: "1 1").hasEnded(seenFrom: here) == false)
    let host = here.host.split(separator: " ")
    let earlier = WriterProcess(host: "\(host[0]) earlier \(host[2])", process: here.process)
    #expect(earlier.hasEnded(seenFrom: here))
    #expect(!WriterProcess(host: "", process: "").hasEnded(seenFrom: here))
  }
}
