import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("Data sets")
struct DataSetTests {
  @Test("the embedded digits are complete and scaled to 0 … 1")
  func digits() throws {
    let data = try DataSet.digits()
    #expect(data.train.count == 1347 && data.test.count == 450)
    #expect(data.train.exampleShapes == [[1, 8, 8]] && data.train.labels?.max() == 9)
    let values = try #require(data.train.batch(0..<1347).inputs[0].floats)
    #expect(values.min() == 0 && values.max() == 1)
    #expect(abs(values.reduce(0, +) / Float(values.count) - 0.305) < 0.01)
    #expect(try DataSet.digits().fingerprint == data.fingerprint)
  }

  @Test("a missing resource says where it was looked for")
  func missingResource() {
    let text = message { _ = try ResourceLocator(bundle: "None").url(of: "none.npz") }
    #expect(text.contains("'none.npz' not found in ") && text.contains("AUTOPRUNE_RESOURCES"))
  }

  @Test("nothing, an unknown file and an empty folder say what was looked for")
  func unrecognised() throws {
    let scratch = try Scratch()
    #expect(
      message { _ = try DataSet(contentsOf: URL(fileURLWithPath: "/none/there")) }
        == "/none/there: no such file or directory; check the path")
    let text = message { _ = try DataSet(contentsOf: scratch.url) }
    for words in [
      "train-images-idx3-ubyte", ".npz", "train_x.npy", "data_batch_1.bin", "train.csv",
      "train/CLASS",
    ] {
      #expect(text.contains(words))
    }
    let file = try scratch.write("a.bin", [1, 2, 3, 4, 5])
    #expect(message { _ = try DataSet(contentsOf: file) }.contains("holds no data set"))
    let empty = try scratch.write("b.npz", [])
    #expect(message { _ = try DataSet(contentsOf: empty) }.contains("is empty"))
    #expect(
      message { _ = try FileContents.read(URL(fileURLWithPath: "/dev/zero")) }.contains(
        "not a regular file"))
  }

  @Test("two formats in one folder are ambiguous")
  func ambiguous() throws {
    let scratch = try Scratch()
    try Sample.idxFolder(scratch)
    try scratch.write("train.csv", text: "1,2\n")
    let text = message { _ = try DataSet(contentsOf: scratch.url) }
    #expect(text.contains("IDX files") && text.contains("CSV files"))
  }

  @Test("arrays from .npz: both parts, x and y, x alone")
  func npz() throws {
    let scratch = try Scratch()
    let url = scratch.url.appendingPathComponent("a.npz")
    var file = NPZFile()
    file["x_train"] = HostTensor((0..<24).map { Float($0) }, shape: [6, 4])
    file["y_train"] = HostTensor((0..<6).map { Int64($0 % 2) }, shape: [6])
    file["x_test"] = HostTensor((0..<8).map { Float($0) }, shape: [2, 4])
    try file.write(to: url)
    #expect(message { _ = try DataSet(contentsOf: url) }.contains("no array 'y_test'"))
    file["y_test"] = HostTensor([Float(0), 1], shape: [2])
    file["extra"] = HostTensor([Float.nan], shape: [1])
    try file.write(to: url)
    let data = try DataSet(contentsOf: url)
    #expect(data.train.count == 6 && data.test.labels == [0, 1] && data.notes.isEmpty)

    file = NPZFile()
    file["x"] = HostTensor(shape: [10, 2], storage: .uint8((0..<20).map { UInt8($0) }))
    try file.write(to: url)
    let unlabelled = try DataSet(contentsOf: url)
    #expect(
      unlabelled.train.count == 8 && unlabelled.test.count == 2 && !unlabelled.train.hasTargets)
    #expect(unlabelled.notes.count == 2)
    file["y"] = HostTensor((0..<9).map { Int64($0) }, shape: [9])
    try file.write(to: url)
    #expect(message { _ = try DataSet(contentsOf: url) }.contains("10 examples but 9 labels"))
    file["y"] = nil
    file["x"] = nil
    file["z"] = HostTensor([Float(1)], shape: [1])
    try file.write(to: url)
    #expect(
      message { _ = try DataSet(contentsOf: url) }.contains("no array 'x_train' or 'x'; it holds z")
    )
  }

  @Test("arrays from a folder; other files are ignored")
  func npy() throws {
    let scratch = try Scratch()
    for (part, count) in [("train", 5), ("test", 3)] {
      let values = (0..<count * 6).map { Float($0) }
      try NumPyArray(HostTensor(values, shape: [count, 3, 2])).write(
        to: scratch.url.appendingPathComponent("\(part)_x.npy"))
      try NumPyArray(HostTensor(shape: [count], storage: .int32((0..<count).map { Int32($0) })))
        .write(
          to: scratch.url.appendingPathComponent("\(part)_y.npy"))
    }
    try scratch.write("train_len.npy", [1, 2, 3])
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.format == .npy && data.train.labels == [0, 1, 2, 3, 4])
    #expect(data.test.exampleShapes == [[3, 2]])
  }

  @Test("parts of different shape are refused")
  func partShapes() throws {
    let scratch = try Scratch()
    var file = NPZFile()
    file["x_train"] = HostTensor(shape: [4, 3], storage: .uint8([UInt8](repeating: 0, count: 12)))
    file["x_test"] = HostTensor(shape: [4, 2], storage: .uint8([UInt8](repeating: 0, count: 8)))
    let url = scratch.url.appendingPathComponent("a.npz")
    try file.write(to: url)
    #expect(message { _ = try DataSet(contentsOf: url) }.contains("[[2]], expected [[3]]"))
  }

  @Test(
    "reads the spoken digits",
    .enabled(if: SharedData.has("timeseries/fsdd-logmel"), "../shared/data is absent"))
  func spokenDigits() throws {
    let data = try DataSet(
      contentsOf: SharedData.folder.appendingPathComponent("timeseries/fsdd-logmel"))
    #expect(data.train.count == 2700 && data.test.count == 300)
    #expect(data.train.exampleShapes == [[64, 20]] && data.train.labels?.max() == 9)
  }
}
