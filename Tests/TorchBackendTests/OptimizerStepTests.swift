import Foundation
import PruneCore
import Testing

@testable import TorchBackend

@Suite("Optimizer steps", .serialized)
struct OptimizerStepTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let name: String
      let x: [Float]
      let labels: [Int]
      let start: [String: [Float]]
      let losses: [Double]
      let end: [String: [Float]]
    }
    let steps: Int
    let cases: [Case]

    static func load() throws -> Reference {
      let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/optimizer_steps.json")
      return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    }
  }

  private static func step(_ name: String) -> TrainingStep {
    var step = TrainingStep(
      objective: .crossEntropy(labelSmoothing: name == "smoothing" ? 0.1 : 0),
      optimizer: .sgd(momentum: 0, nesterov: false), learningRate: 0.1)
    switch name {
    case "momentum":
      step.optimizer = .momentum
      step.weightDecay = 0.01
    case "nesterov":
      step.optimizer = .sgd(momentum: 0.8, nesterov: true)
      step.weightDecay = 0.001
    case "adam", "adamW":
      step.optimizer = name == "adam" ? .standardAdam : .standardAdamW
      step.learningRate = 0.01
      step.weightDecay = name == "adam" ? 0.01 : 0.1
    case "clip":
      step.optimizer = .momentum
      step.gradientNormLimit = 0.3
    default: break
    }
    return step
  }

  @Test(
    "equal PyTorch's",
    arguments: ["sgd", "momentum", "nesterov", "adam", "adamW", "smoothing", "clip"])
  func golden(_ name: String) throws {
    let reference = try Reference.load()
    let expected = try #require(reference.cases.first { $0.name == name })
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron(inputs: 4, hidden: 5))
    let shapes = ["w1": [5, 4], "b1": [5], "w2": [3, 5], "b2": [3]]
    var start: [String: HostTensor] = [:]
    for (key, shape) in shapes {
      start[key] = HostTensor(try #require(expected.start[key]), shape: shape)
    }
    try engine.setParameters(start, of: program)
    let batch = Batch(
      inputs: [HostTensor(expected.x, shape: [8, 4])], targets: .labels(expected.labels))
    for loss in expected.losses {
      let found = try engine.train(program, on: batch, step: Self.step(name))
      #expect(abs(found - loss) < 1e-5)
    }
    let end = try engine.parameters(of: program)
    for (key, values) in expected.end {
      let found = try #require(end[key]?.floats)
      #expect(found.isClose(to: values, relative: 1e-4), "\(key)")
    }
  }
}
