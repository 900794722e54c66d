import PruneCore
import PruneSupport
import Testing

@testable import ONNXFormat

/// Mutated models end in a graph or in an ``ONNXError``.
@Suite("mutations")
struct FuzzTests {
  static let seeds = 0..<4

  @Test(
    "errors, never a crash",
    arguments: ["everything.onnx", "tensors.onnx", "sparse_presence.onnx"], seeds)
  func mutations(_ name: String, _ seed: Int) throws {
    let original = try Locations.goldenBytes(name)
    let other = try Locations.goldenBytes("everything.onnx")
    var random = SeededGenerator(seed: UInt64(seed), stream: name)
    var accepted = 0
    for _ in 0..<250 {
      let mutated = mutate(original, with: other, using: &random)
      do {
        let graph = try ONNXReader().read(mutated)
        let bytes = try ONNXWriter().encode(graph)
        #expect(try ONNXReader().read(bytes).isEquivalent(to: graph))
        try? GraphValidator().validate(graph)
        accepted += 1
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(accepted < 250)
  }

  private func mutate(
    _ bytes: [UInt8], with other: [UInt8], using random: inout SeededGenerator
  ) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let position = Int.random(in: 0..<max(1, result.count), using: &random)
      guard position < result.count else { continue }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: result[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: result[position] = UInt8.random(in: 0...255, using: &random)
      case 2: result.removeSubrange(position...)
      case 3:
        let start = Int.random(in: 0..<other.count, using: &random)
        let end = min(other.count, start + Int.random(in: 1...64, using: &random))
        result.insert(contentsOf: other[start..<end], at: position)
      case 4:
        let end = min(result.count, position + Int.random(in: 1...16, using: &random))
        result.removeSubrange(position..<end)
      default:
        let huge = ONNXModelBytes.varint(UInt64.random(in: 0 ... .max, using: &random))
        result.replaceSubrange(position..<position + 1, with: huge)
      }
    }
    return result
  }
}

extension Graph {
  /// Equality that takes NaN for equal to itself.
  fileprivate func isEquivalent(to other: Graph) -> Bool {
    self == other || "\(self)" == "\(other)"
  }
}
