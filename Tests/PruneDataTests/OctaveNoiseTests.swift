import PruneCore
import PruneSupport
import Testing

@testable import PruneData

@Suite("Octave noise")
struct OctaveNoiseTests {
  private func examples(_ shape: [Int], _ count: Int) -> [[Float]] {
    var generator = SeededGenerator(seed: 3, stream: "noise")
    let noise = OctaveNoise(shape: shape)
    return (0..<count).map { _ in noise.example(using: &generator) }
  }

  /// Mean product of numbers so far apart, which is their correlation, as all have variance 1.
  private func correlation(_ examples: [[Float]], apart distance: Int) -> Float {
    var (sum, count): (Float, Float) = (0, 0)
    for example in examples {
      for index in stride(from: 0, to: example.count - distance, by: 1) {
        sum += example[index] * example[index + distance]
        count += 1
      }
    }
    return sum / count
  }

  @Test(
    "has mean 0 and variance 1 everywhere", arguments: [[3, 14, 9], [40, 5], [5, 40], [12]])
  func moments(_ shape: [Int]) {
    let examples = examples(shape, 3_000)
    for position in [0, 7, examples[0].count - 1] {
      let values = examples.map { $0[position] }
      let mean = values.reduce(0, +) / Float(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
      #expect(abs(mean) < 0.08)
      #expect(abs(variance - 1) < 0.12, "\(shape) at \(position)")
    }
  }

  @Test("lies together in images and along the longer axis of sequences, and nowhere else")
  func neighbours() {
    // Neighbours in a row, in a column, and of two channels.
    let images = examples([2, 16, 16], 600)
    #expect(correlation(images, apart: 1) > 0.5)
    #expect(correlation(images, apart: 16) > 0.5)
    #expect(abs(correlation(images, apart: 256)) < 0.1)
    let steps = examples([32, 4], 600)
    #expect(correlation(steps, apart: 4) > 0.5)
    #expect(abs(correlation(steps, apart: 1)) < 0.2)
    #expect(abs(correlation(examples([24], 600), apart: 1)) < 0.05)
  }
}
