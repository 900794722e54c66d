import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("IDX")
struct IDXFolderTests {
  private func read(_ bytes: [UInt8]) throws -> HostTensor {
    var allowance = MemoryAllowance(file: "a", fileBytes: bytes.count)
    return try IDXFile.read(bytes, file: "a.idx", allowance: &allowance)
  }

  @Test("reads every element type, most significant byte first")
  func types() throws {
    #expect(try read(Sample.idx([3], [1, 2, 255])).integers == [1, 2, 255])
    #expect(try read([0, 0, 9, 1, 0, 0, 0, 2, 0xFF, 1]).integers == [-1, 1])
    #expect(try read([0, 0, 0x0B, 1, 0, 0, 0, 1, 0xFF, 0xFE]).integers == [-2])
    #expect(try read([0, 0, 0x0C, 1, 0, 0, 0, 1, 0, 1, 0, 0]).integers == [65536])
    #expect(try read([0, 0, 0x0D, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0]).floats == [1.5])
    #expect(try read([0, 0, 0x0E, 1, 0, 0, 0, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]).floats == [1.5])
  }

  @Test("reads a folder and scales pixels")
  func folder() throws {
    let scratch = try Scratch()
    try Sample.idxFolder(scratch)
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.format == .idx && data.train.count == 12 && data.test.count == 6)
    #expect(data.train.exampleShapes == [[2, 3]])
    let batch = data.train.batch([1])
    #expect(batch.inputs[0].floats == (6..<12).map { Float($0) / 255 })
    #expect(data.notes.isEmpty)
  }

  @Test("prefers the plain file to its .gz, refuses two sets")
  func names() throws {
    let scratch = try Scratch()
    try Sample.idxFolder(scratch)
    try scratch.write("train-images-idx3-ubyte.gz", [1, 2, 3])
    #expect(try DataSet(contentsOf: scratch.url).train.count == 12)
    try scratch.write("other-train-images-idx3-ubyte", [1, 2, 3])
    #expect(message { _ = try DataSet(contentsOf: scratch.url) }.contains("more than one data set"))
  }

  @Test("without labels on either side, only fidelity is left; on one side it is an error")
  func unlabelled() throws {
    let scratch = try Scratch()
    try Sample.idxFolder(scratch)
    try FileManager.default.removeItem(
      at: scratch.url.appendingPathComponent("t10k-labels-idx1-ubyte"))
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains(
        "t10k-labels-idx1-ubyte[.gz]: no such file"))
    try FileManager.default.removeItem(
      at: scratch.url.appendingPathComponent("train-labels-idx1-ubyte"))
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.train.labels == nil && data.notes.joined().contains("fidelity"))
  }

  @Test("counts must agree")
  func countMismatch() throws {
    let scratch = try Scratch()
    try Sample.idxFolder(scratch)
    try scratch.write("train-labels-idx1-ubyte", Sample.idx([11], [UInt8](repeating: 0, count: 11)))
    let text = message { _ = try DataSet(contentsOf: scratch.url) }
    #expect(text.contains("12 examples but 11 labels"))
  }

  @Test("refuses damaged files")
  func damaged() throws {
    let good = Sample.idx([2, 2], [1, 2, 3, 4])
    #expect(message { _ = try read([]) }.contains("is empty"))
    #expect(message { _ = try read([1, 2, 3, 4]) }.contains("magic number"))
    #expect(message { _ = try read(good.dropLast()) }.contains("got 3 bytes, expected 4"))
    #expect(message { _ = try read(good + [0]) }.contains("bytes follow"))
    let huge: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12)
    #expect(message { _ = try read(huge) }.contains("ends early"))
    #expect(message { _ = try read([0x1F, 0x8B, 8, 0, 1, 2, 3]) }.contains("damaged"))
  }

  @Test("reads MNIST", .enabled(if: SharedData.has("mnist"), "../shared/data/mnist is absent"))
  func mnist() throws {
    let data = try DataSet(
      contentsOf: SharedData.folder.appendingPathComponent("mnist"),
      options: DataOptions(mean: [0.1307], standardDeviation: [0.3081]))
    #expect(data.train.count == 60_000 && data.test.count == 10_000)
    #expect(data.test.labels?.prefix(5) == [7, 2, 1, 0, 4])
    let split = DataSplit(data.train, seed: 1)
    #expect(
      [split.training, split.validation, split.certification].map(\.count) == [
        40_000, 10_000, 10_000,
      ])
    let black: Float = (0 - 0.1307) / 0.3081
    #expect(data.train.batch([0]).inputs[0].floats?.first == black)
  }
}
