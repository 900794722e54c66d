import Foundation
import PruneArchive
import PruneCore
import Testing

@Suite("Runs and rounds")
struct RunArchiveTests {
  let fixture: ArchiveFixture
  let archive: RunArchive

  init() throws {
    fixture = try ArchiveFixture()
    archive = try RunArchive(path: fixture.path())
  }

  @Test("a run comes back as it was given")
  func roundTrip() throws {
    let record = ArchiveFixture.record(seed: .max)
    let start = Date(timeIntervalSince1970: 1_700_000_000.5)
    let id = try archive.begin(record, startedAt: start)
    let rounds = [
      ArchiveFixture.round(0), ArchiveFixture.round(1, decision: .rolledBack),
      ArchiveFixture.round(2, decision: .retrained),
    ]
    for round in rounds { try archive.append(round, to: id) }
    try archive.finish(
      id, status: .finished, result: ArchiveFixture.result, finishedAt: start.addingTimeInterval(9))

    let run = try archive.run(id)
    #expect(run.summary.record == record)
    #expect(run.summary.status == .finished)
    #expect(run.summary.startedAt == start)
    #expect(run.summary.finishedAt == start.addingTimeInterval(9))
    #expect(run.summary.result == ArchiveFixture.result)
    #expect(run.rounds == rounds)
    #expect(try archive.runs() == [run.summary])
  }

  @Test(
    "every budget and granularity comes back",
    arguments: [
      (Budget.maximumDrop(points: 0.25), Granularity.element),
      (.metricBound(0.97), .block(rows: 4, columns: 16)), (.metricBound(1), .kernel),
      (.maximumDrop(points: 0), .channel), (.maximumDrop(points: 1), .head),
      (.maximumDrop(points: 2), .layer),
    ])
  func columns(budget: Budget, granularity: Granularity) throws {
    var record = ArchiveFixture.record(budget: budget)
    record.granularity = granularity
    record.importance = .criterion("wanda")
    #expect(try archive.run(try archive.begin(record)).summary.record == record)
  }

  @Test("sparsity budgets and N:M patterns come back")
  func checkedColumns() throws {
    var record = ArchiveFixture.record(budget: .sparsity(try Sparsity(0.9)))
    record.granularity = .nm(try NMPattern(kept: 2, of: 4))
    #expect(try archive.run(try archive.begin(record)).summary.record == record)
  }

  @Test("what was not measured stays unmeasured")
  func missingValues() throws {
    var record = ArchiveFixture.record()
    record.dense.metric = .nan
    let id = try archive.begin(record)
    var round = ArchiveFixture.round(0)
    (round.metric, round.dropPoints, round.dropUpperBoundPoints) = (.nan, .nan, .infinity)
    try archive.append(round, to: id)
    let run = try archive.run(id)
    #expect(run.summary.record.dense.metric.isNaN)
    #expect(run.rounds[0].metric.isNaN)
    #expect(run.rounds[0].dropPoints.isNaN)
    #expect(run.rounds[0].dropUpperBoundPoints == .infinity)
    #expect(run.summary.result == nil)
    #expect(run.summary.status == .running)
  }

  @Test("a failed run says why and takes no more rounds")
  func failure() throws {
    let id = try archive.begin(ArchiveFixture.record())
    let result = RunResult(wallSeconds: 3, message: "out of memory in Conv")
    try archive.finish(id, status: .failed, result: result)
    #expect(try archive.run(id).summary.result == result)
    #expect(throws: ArchiveError.runIsOver(run: id, status: .failed)) {
      try archive.append(ArchiveFixture.round(0), to: id)
    }
  }

  @Test("a round is stored once")
  func duplicateRound() throws {
    let id = try archive.begin(ArchiveFixture.record())
    try archive.append(ArchiveFixture.round(0), to: id)
    #expect(throws: ArchiveError.duplicateRound(run: id, index: 0)) {
      try archive.append(ArchiveFixture.round(0), to: id)
    }
  }

  @Test("resuming drops the rounds after the checkpoint")
  func resume() throws {
    let id = try archive.begin(ArchiveFixture.record())
    for index in 0..<4 { try archive.append(ArchiveFixture.round(index), to: id) }
    try archive.finish(id, status: .interrupted, result: RunResult(wallSeconds: 1))
    try archive.resume(id, keepingRounds: 2)
    #expect(try archive.run(id).rounds.map(\.index) == [0, 1])
    #expect(try archive.run(id).summary.status == .running)
    try archive.append(ArchiveFixture.round(2), to: id)
    try archive.finish(id, status: .finished, result: ArchiveFixture.result)
    #expect(throws: ArchiveError.runIsOver(run: id, status: .finished)) {
      try archive.resume(id, keepingRounds: 0)
    }
  }

  @Test("runs are listed oldest first and found by the start of their id")
  func lookup() throws {
    let late = try archive.begin(ArchiveFixture.record(), startedAt: Date(timeIntervalSince1970: 9))
    let early = try archive.begin(
      ArchiveFixture.record(), startedAt: Date(timeIntervalSince1970: 1))
    #expect(try archive.runs().map(\.id) == [early, late])
    #expect(try archive.runID(startingWith: late.description.uppercased()) == late)
    #expect(try archive.runID(startingWith: String(early.description.prefix(12))) == early)
    #expect(throws: ArchiveError.self) { try archive.runID(startingWith: "") }
    let error = #expect(throws: ArchiveError.self) { try archive.runID(startingWith: "xyz") }
    #expect(error?.description.contains("archive list") == true)
  }

  @Test("more than one match is refused")
  func ambiguity() throws {
    for _ in 0..<17 { _ = try archive.begin(ArchiveFixture.record()) }
    let firsts = try archive.runs().compactMap(\.id.description.first)
    let shared = try #require(firsts.first { letter in firsts.count { $0 == letter } > 1 })
    let matches = firsts.count { $0 == shared }
    #expect(
      throws: ArchiveError.ambiguousRun(
        file: archive.path, prefix: String(shared), matches: matches)
    ) { try archive.runID(startingWith: String(shared)) }
  }

  @Test("an unknown run is named")
  func unknownRun() {
    let id = RunID()
    #expect(throws: ArchiveError.unknownRun(file: archive.path, run: id.description)) {
      try archive.append(ArchiveFixture.round(0), to: id)
    }
    #expect(throws: ArchiveError.unknownRun(file: archive.path, run: id.description)) {
      try archive.run(id)
    }
  }
}
