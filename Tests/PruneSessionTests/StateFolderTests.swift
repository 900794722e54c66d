import Foundation
import PruneCore
import Testing

@testable import PruneSession

@Suite("The folder of states")
struct StateFolderTests {
  @Test("drops files that an interruption left half-written, hidden ones too, and keeps whole ones")
  func leftOvers() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("states-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tensors = ["w": HostTensor([0.5, 2] as [Float], shape: [2])]
    try StateFolder(folder).write(tensors, .weights, step: 3)
    for name in [".weights-4.npz.17.partial", "weights-4.npz.17.partial"] {
      try Data([1]).write(to: folder.appendingPathComponent(name))
    }
    let states = try StateFolder(folder)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["weights-3.npz"])
    #expect(try states.tensors(.weights, step: 3) == tensors)
    #expect(try states.latestStep(.weights) == 3)
  }
}
