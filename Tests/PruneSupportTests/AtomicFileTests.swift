import Foundation
import PruneSupport
import Testing

@Suite("AtomicFile")
struct AtomicFileTests {
  @Test("holds what was written and padded, and leaves nothing beside it")
  func roundTrip() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("a.bin")
      #expect(try writeParts(to: file, isDurable: true) == 6)
      #expect(try writeParts(to: file, isDurable: false) == 6)
      #expect(try Data(contentsOf: file) == Data([1, 2, 0, 0, 0, 3]))
      try AtomicFile.write([], to: file.path, isDurable: false)
      #expect(try Data(contentsOf: file).isEmpty)
      #expect(try names(in: folder) == ["a.bin"])
    }
  }

  @Test("is hidden and ends in .partial until it is renamed; an abandoned one goes")
  func abandoned() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("a.bin")
      try AtomicFile.write([7], to: file.path, isDurable: false)
      let during = try namesWhileWriting(to: file)
      #expect(during.count == 2)
      #expect(during.contains { $0.hasPrefix(".a.bin.") && $0.hasSuffix(".partial") })
      #expect(try names(in: folder) == ["a.bin"])
      #expect(try Data(contentsOf: file) == Data([7]))
    }
  }

  @Test("takes names of the greatest length")
  func longName() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent(String(repeating: "ü", count: 127))
      try AtomicFile.write([7], to: file.path, isDurable: false)
      #expect(try Data(contentsOf: file) == Data([7]))
    }
  }

  @Test("replaces the target of a symbolic link, not the link")
  func link() throws {
    try withFolder { folder in
      let link = folder.appendingPathComponent("link")
      try AtomicFile.write([1], to: folder.appendingPathComponent("target").path, isDurable: false)
      try FileManager.default.createSymbolicLink(
        atPath: link.path, withDestinationPath: "target")
      try AtomicFile.write([2], to: link.path, isDurable: false)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "target")
      #expect(
        try Data(contentsOf: folder.appendingPathComponent("target")) == Data([2]))
    }
  }

  @Test("says where and why it cannot be written")
  func failures() throws {
    try withFolder { folder throws in
      let absent = folder.appendingPathComponent("none/a.bin").path
      #expect(throws: FileError(path: absent, reason: "No such file or directory")) {
        try AtomicFile.write([1], to: absent, isDurable: false)
      }
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write([1], to: folder.path, isDurable: false)
      }
      #expect(error?.description.contains("folder") == true)
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test(
    "a full disk is told, and a device stays a device",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "/dev/full is absent"))
  func fullDisk() throws {
    #expect(throws: FileError(path: "/dev/full", reason: "No space left on device")) {
      try AtomicFile.write([1], to: "/dev/full", isDurable: true)
    }
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
  }

  private func writeParts(to url: URL, isDurable: Bool) throws -> Int {
    var file = try AtomicFile(path: url.path)
    try [UInt8]([1, 2]).withUnsafeBytes { try file.write($0) }
    try file.pad(to: 5)
    try [UInt8]([3]).withUnsafeBytes { try file.write($0) }
    try file.finish(isDurable: isDurable)
    try file.commit()
    return file.sizeBytes
  }

  private func namesWhileWriting(to url: URL) throws -> [String] {
    var file = try AtomicFile(path: url.path)
    try [UInt8]([1, 2]).withUnsafeBytes { try file.write($0) }
    let names = try names(in: url.deletingLastPathComponent())
    try file.finish()
    return names
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atomic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
