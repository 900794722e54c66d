import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("Images and CIFAR-10")
struct ImageFolderTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try FileContents.read(Golden.folder.appendingPathComponent(name))
  }

  @Test("PNG pixels are exact", arguments: ["gray.png", "rgb.png", "palette.png"])
  func png(_ name: String) throws {
    let expected = try #require(try Golden.load().images[name])
    let image = try RasterImage(bytes(name), file: name)
    #expect(image.shape == expected.shape)
    #expect(image.pixels.map { Double($0) } == expected.values)
  }

  @Test("JPEG pixels are within 2 of libjpeg's", arguments: ["gray.jpg", "rgb.jpg"])
  func jpeg(_ name: String) throws {
    let expected = try #require(try Golden.load().images[name])
    let image = try RasterImage(bytes(name), file: name)
    #expect(image.shape == expected.shape)
    #expect(zip(image.pixels, expected.values).allSatisfy { abs(Double($0) - $1) <= 2 })
  }

  @Test(
    "truncated and damaged images are refused",
    arguments: ["gray.png", "rgb.png", "gray.jpg", "rgb.jpg"])
  func damaged(_ name: String) throws {
    let good = try bytes(name)
    for length in [0, 3, good.count / 3, good.count / 2] {
      let text = message { _ = try RasterImage(Array(good[..<length]), file: "x.\(name)") }
      #expect(text.hasPrefix("x.\(name): "), "\(length): \(text)")
    }
  }

  @Test("a PNG that promises more pixels than its size justifies is refused")
  func promise() throws {
    var png = try bytes("gray.png")
    png.replaceSubrange(16..<24, with: [0, 0, 0x70, 0, 0, 0, 0x70, 0])
    let checksum = png[12..<29].withUnsafeBytes { CRC32.checksum($0) }
    png.replaceSubrange(29..<33, with: withUnsafeBytes(of: checksum.bigEndian) { Array($0) })
    #expect(message { _ = try RasterImage(png, file: "a.png") }.contains("bytes of memory"))
  }

  @Test("classes are folders; other files are ignored")
  func folder() throws {
    let scratch = try Scratch()
    for name in ["train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/dog/9.PNG"] {
      try scratch.write(name, bytes("rgb.png"))
    }
    try scratch.write("train/dog/notes.txt", text: "ignored")
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.format == .images && data.classNames == ["cat", "dog"])
    #expect(data.train.labels == [0, 0, 1] && data.test.labels == [1])
    #expect(data.train.exampleShapes == [[3, 5, 7]])

    try scratch.write("test/cow/1.png", bytes("rgb.png"))
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains(
        "'cow' is not in the training part"))
    try scratch.write("train/cat/3.png", bytes("gray.png"))
    let text = message { _ = try DataSet(contentsOf: scratch.url) }
    #expect(text.contains("cat/3.png: image is [1, 5, 7], expected [3, 5, 7]"))
  }

  @Test("reads CIFAR-10 batches")
  func cifar() throws {
    let scratch = try Scratch()
    func record(_ label: UInt8, _ value: UInt8) -> [UInt8] {
      [label] + [UInt8](repeating: value, count: 3072)
    }
    try scratch.write("data_batch_1.bin", record(3, 255) + record(9, 0))
    try scratch.write("data_batch_2.bin", record(0, 51) + record(1, 7))
    try scratch.write("test_batch.bin", record(2, 1))
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.train.labels == [3, 9, 0, 1] && data.test.labels == [2])
    #expect(data.train.exampleShapes == [[3, 32, 32]])
    #expect(data.train.batch([2]).inputs[0].floats?.allSatisfy { $0 == 0.2 } == true)

    try scratch.write("data_batch_2.bin", record(10, 51))
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains(
        "label 10 of example 0 is out of range"))
    try scratch.write("data_batch_2.bin", record(1, 51).dropLast())
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains("got 3072 bytes, expected 3073")
    )
  }
}
