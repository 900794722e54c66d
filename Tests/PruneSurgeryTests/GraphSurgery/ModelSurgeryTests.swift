import Foundation
import ModelZoo
import ONNXFormat
import PruneCore
import TestSupport
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Surgery on whole models", .serialized)
struct ModelSurgeryTests {
  @Test("every architecture can lose units", .tags(.engine), arguments: Architecture.named)
  func zoo(_ architecture: Architecture) throws {
    let graph = try architecture.graph(
      options: ArchitectureOptions(widthMultiplier: 0.5), seed: 1)
    let check = SurgeryCheck(engine: try TorchEngine(threads: 1, precision: .float64))
    let outcome = try check.run(graph, fraction: 0.5, seed: 1)
    #expect(outcome.removed > 0)
    #expect(outcome.difference < 1e-5)
    #expect(outcome.macs.after < outcome.macs.before)
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../../../shared/data/onnx").standardizedFileURL

  private static var files: [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".onnx") && !$0.hasPrefix("light") }.sorted()
    } catch {
      return []
    }
  }

  @Test(
    "published models can lose units", .tags(.engine),
    .enabled(if: !files.isEmpty, "../shared/data is absent"))
  func published() throws {
    let check = SurgeryCheck(engine: try TorchEngine(threads: 1, precision: .float64))
    for file in Self.files {
      let graph = try ONNXReader().read(Self.folder.appending(path: file))
      let outcome = try check.run(graph, fraction: 0.5, examples: 1, seed: 1)
      #expect(outcome.removed > 0, "\(file)")
      #expect(outcome.difference < 1e-5, "\(file)")
    }
  }
}
