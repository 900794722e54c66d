import AutoPrune
import Foundation
import PruneSupport
import Testing

/// Damaged files must not make a reader take memory out of proportion to their size.
///
/// The peak is a process's, so it is measured in a process of its own: the test starts its own executable again.
@Suite("Damaged files take little memory", .serialized)
struct HostileMemoryTests {
  private static let marker = "AUTOPRUNE_MEASURE_HOSTILE_FILES"
  private static let isChild = ProcessInfo.processInfo.environment[marker] != nil
  private static let filesPerFormat = 500

  @Test(
    "in every format",
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/clear_refs")),
    .disabled(if: isChild))
  func measureApart() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "HostileMemoryTests", "--no-parallel",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([Self.marker: "1"]) { $1 }
    let report = FileManager.default.temporaryDirectory
      .appendingPathComponent("hostile-\(UUID().uuidString).txt")
    try Data().write(to: report)
    defer { try? FileManager.default.removeItem(at: report) }
    let handle = try FileHandle(forWritingTo: report)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: report, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("measured \(Self.filesPerFormat * 5) files"), "\(text)")
  }

  @Test("measured", .enabled(if: isChild))
  func measure() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hostile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let formats = try HostileFormat.all(in: folder)
    for format in formats {
      var random = SeededGenerator(seed: 7, stream: format.name)
      var refused = 0
      for round in 0..<Self.filesPerFormat {
        let bytes = format.mutated(using: &random)
        let growth = try ResidentMemory.peakGrowthBytes {
          do { try format.read(bytes) } catch { refused += 1 }
        }
        #expect(
          growth < 100 * bytes.count + 64 << 20,
          "\(format.name) \(round): \(growth) bytes for a file of \(bytes.count)")
      }
      #expect(refused > 0, "\(format.name): no file was refused")
    }
    print("measured \(Self.filesPerFormat * formats.count) files")
  }
}

/// A file format, a sound file of it and its reader.
private struct HostileFormat {
  let name: String
  let original: [UInt8]
  let read: ([UInt8]) throws -> Void

  static func all(in folder: URL) throws -> [HostileFormat] {
    let model = try Architecture("mlp:8-6-3").graph(options: ArchitectureOptions(), seed: 1)
    var arrays = NPZFile()
    arrays["x_train"] = HostTensor((0..<240).map { Float($0) }, shape: [30, 8])
    arrays["y_train"] = HostTensor((0..<30).map { Int64($0 % 3) }, shape: [30])
    let npz = folder.appendingPathComponent("data.npz")
    try arrays.write(to: npz)
    let table = (0..<40).map { "\($0).5,\($0 * 3)e-1,class \($0 % 3)" }.joined(separator: "\n")
    let csv = folder.appendingPathComponent("data.csv")
    let idx = folder.appendingPathComponent("idx")
    try FileManager.default.createDirectory(at: idx, withIntermediateDirectories: true)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 20] + (0..<20).map { UInt8($0 % 4) }
    let images: [UInt8] =
      [0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, 4] + (0..<320).map { UInt8($0 % 251) }
    try Data(labels).write(to: idx.appendingPathComponent("train-labels-idx1-ubyte"))
    let preset = folder.appendingPathComponent("preset.json")
    try ShippedPresets.preset(named: "default").write(to: preset)
    return [
      HostileFormat(name: "ONNX", original: Array(try ONNXWriter().encode(model))) {
        _ = try ONNXReader().read($0, named: "hostile")
      },
      HostileFormat(name: "NPZ", original: Array(try Data(contentsOf: npz))) {
        try Data($0).write(to: npz)
        _ = try DataSet(contentsOf: npz)
      },
      HostileFormat(name: "IDX", original: images) {
        try Data($0).write(to: idx.appendingPathComponent("train-images-idx3-ubyte"))
        _ = try DataSet(contentsOf: idx)
      },
      HostileFormat(name: "CSV", original: Array(table.utf8)) {
        try Data($0).write(to: csv)
        _ = try DataSet(contentsOf: csv)
      },
      HostileFormat(name: "preset", original: Array(try Data(contentsOf: preset))) {
        try Data($0).write(to: preset)
        _ = try Preset.read(contentsOf: preset)
      },
    ]
  }

  /// Flips, overwrites, inserts, repeats or cuts a few places, large numbers preferred.
  func mutated(using random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0...Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      let position = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, position + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: for index in position..<end { bytes[index] = 0xFF }
      case 2: for index in position..<end { bytes[index] = 0x7F }
      case 3: bytes.insert(contentsOf: "999999999999".utf8, at: position)
      case 4: bytes.insert(contentsOf: bytes[position..<end], at: position)
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }
}

/// This process's resident memory as Linux counts it.
private enum ResidentMemory {
  struct Unreadable: Error {}

  /// How far the peak during `body` lies above what was resident before it.
  static func peakGrowthBytes(_ body: () throws -> Void) throws -> Int {
    // 5 resets the peak to what is resident now.
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    let before = try peakBytes()
    try body()
    return try peakBytes() - before
  }

  private static func peakBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
        Int($0)
      })
    else { throw Unreadable() }
    return kibibytes << 10
  }
}
