import Foundation
import TestSupport
import Testing

@testable import TensorBoardEvents

@Suite("Event files", .enabled(if: TensorBoardPackage.isThere, "needs .venv; `make venv` makes it"))
struct EventFileWriterTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("events-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("tensorboard reads the scalars and histograms of a file that is still open")
  func roundTrip() throws {
    try withFolder { folder in
      let writer = try EventFileWriter(folder: folder.appendingPathComponent("deeper"))
      let weights = (0..<2_000).map { Float(sin(Double($0))) * 0.1 }
      try writer.write([("a/b", .scalar(0.25)), ("c", .scalar(-3))], step: 0)
      try writer.write(
        [("a/b", .scalar(1e-3)), ("w", .histogram(Histogram(of: weights)))], step: 300)
      try writer.write([], step: 301)
      let read = try TensorBoardPackage.read(folder.appendingPathComponent("deeper"))
      #expect(read.scalars["a/b"]?.map(\.[0]) == [0, 300])
      #expect(read.scalars["c"] == [[0, -3]])
      #expect(abs((read.scalars["a/b"]?[1][1] ?? 0) - 1e-3) < 1e-9)
      let histogram = try #require(read.histograms["w"]?.first)
      #expect(histogram.step == 300 && histogram.num == 2_000)
      #expect(histogram.counts.reduce(0, +) == 2_000)
      let sum = weights.reduce(0.0) { $0 + Double($1) }
      #expect(abs(histogram.sum - sum) < 1e-9)
      #expect(
        abs(histogram.sumSquares - weights.reduce(0.0) { $0 + Double($1) * Double($1) }) < 1e-9)
      #expect(histogram.min == Double(weights.min() ?? 0))
      try writer.close()
    }
  }

  @Test("two writers of one process do not share a file")
  func twoWriters() throws {
    try withFolder { folder in
      let date = Date(timeIntervalSince1970: 1_000)
      let files = try (0..<3).map { _ in try EventFileWriter(folder: folder, date: date).file }
      #expect(Set(files).count == 3)
    }
  }

  @Test("a folder that cannot be made is told")
  func unwritable() {
    #expect(throws: (any Error).self) {
      try EventFileWriter(folder: URL(fileURLWithPath: "/dev/null/events"))
    }
  }
}
