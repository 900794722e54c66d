import Foundation
import PruneCore
import PruneSession
import PruneSupport
import PruneTraining

/// Newton step: moves all kept weights and the biases of their layers together towards the minimum of the loss; see
/// ``NewtonSystem``.
///
/// The curvature is the covariance of single examples' gradients towards targets drawn from the network's own outputs,
/// which is the curvature of the loss also far from a minimum; the covariance of gradients towards labels is not.
///
/// - Source: Martens, *New insights and perspectives on the natural gradient method*, JMLR 21, 2020,
///   [arXiv:1412.1193](https://arxiv.org/abs/1412.1193), §5 and §11.
struct NewtonStep<E: Engine> {
  private let session: PruningSession<E>
  private let sample: CompensationSample
  private let settings: CompensationSettings
  private let objective: Objective
  private let seed: UInt64
  private let weights: KeptWeights

  /// - Returns: `nil` where no weight is kept, or where there are too many for the examples or the work allowed.
  init?(
    session: PruningSession<E>, sample: CompensationSample, settings: CompensationSettings,
    objective: Objective, seed: UInt64
  ) {
    weights = KeptWeights(session)
    guard weights.count > 0,
      settings.canSolve(weights: weights.count, examples: sample.fittingCount)
    else { return nil }
    self.session = session
    self.sample = sample
    self.settings = settings
    self.objective = objective
    self.seed = seed
  }

  /// Candidate values of the changed parameters by name, one set per ridge and step size; none where the system cannot be
  /// solved.
  func candidates() throws -> [[String: HostTensor]] {
    let before = try session.engine.parameters(of: try session.program)
    let system = NewtonSystem(gradients: try drawnGradients(), slope: try slope())
    return settings.ridges.compactMap { system.step(ridge: $0) }.flatMap { step in
      settings.steps.map { weights.adding(step, times: $0, to: before) }
    }
  }

  /// Mean gradient of the loss, `[weights]`.
  private func slope() throws -> [Double] {
    var sum = [Double](repeating: 0, count: weights.count)
    for batch in sample.fitting {
      let gradients = try session.engine.gradients(
        of: try session.program, on: batch, objective: objective, for: weights.names
      ).gradients
      for (index, value) in weights.values(of: gradients).enumerated() {
        sum[index] += Double(value) * Double(batch.count) / Double(sample.fittingCount)
      }
    }
    return sum
  }

  /// Scaled gradients of single examples towards drawn targets, `[examples, weights]`, row-major.
  private func drawnGradients() throws -> [Float] {
    let program = try session.program
    let draw = DrawnTargets(kind: OutputKind(of: session.graph), isClassifier: isClassifier)
    var generator = SeededGenerator(seed: seed, stream: "Newton step")
    var result: [Float] = []
    var left = settings.newtonRows
    for batch in sample.fitting where left > 0 {
      try Task.checkCancellation()
      guard let outputs = try session.engine.run(program, on: batch.inputs).first else {
        throw TrainingError.noOutput
      }
      var drawn = Batch(inputs: batch.inputs)
      drawn.targets = draw.targets(from: outputs, using: &generator)
      try session.forEachExampleGradient(
        of: program, on: drawn, first: left,
        objective: isClassifier ? .crossEntropy(labelSmoothing: 0) : .meanSquaredError,
        for: weights.names
      ) { position, gradients in
        let scale = curvatureScale(
          of: drawn.examples([position]), outputs: outputs, position: position)
        result += weights.values(of: gradients).map { scale * $0 }
      }
      left -= batch.count
    }
    return result
  }

  /// Factor that makes one example's gradient a square root of its curvature: a mean over `n` draws has 1/n of one draw's
  /// variance, and the curvature of a squared error is not in proportion to the drawn noise.
  private func curvatureScale(of example: Batch, outputs: HostTensor, position: Int) -> Float {
    switch example.targets {
    case .labels(let labels): return Float(labels.count).squareRoot()
    case .values(let tensor):
      guard let drawn = tensor.floats, let all = outputs.floats else { return 1 }
      let own = all.dropFirst(position * drawn.count)
      let square = zip(drawn, own).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return square > 0 ? Float(drawn.count) / (2 * square).squareRoot() : 1
    case .none: return 1
    }
  }

  private var isClassifier: Bool {
    switch objective {
    case .crossEntropy, .distillation: true
    case .meanSquaredError: false
    }
  }
}

/// Storage positions of all kept weights and of the biases of their layers.
private struct KeptWeights {
  private var parts: [(name: String, indices: [Int])] = []
  let names: [String]
  let count: Int

  init<E: Engine>(_ session: PruningSession<E>) {
    for layer in session.layers {
      parts.append((layer.parameter, session.keptPositions(of: layer)))
      if let slot = BiasSlot(of: layer, in: session.graph), !slot.isStatistic {
        parts.append((slot.parameter, (0..<layer.layout.outputs).map(slot.element)))
      }
    }
    names = Set(parts.map(\.name)).sorted()
    count = parts.reduce(0) { $0 + $1.indices.count }
  }

  func values(of tensors: [String: HostTensor]) -> [Float] {
    values(of: tensors.compactMapValues { $0.floats?[...] })
  }

  func values(of tensors: [String: ArraySlice<Float>]) -> [Float] {
    parts.flatMap { part in
      let values = tensors[part.name]
      return part.indices.map { index in values.map { $0[$0.startIndex + index] } ?? 0 }
    }
  }

  func adding(
    _ step: [Double], times factor: Float, to parameters: [String: HostTensor]
  ) -> [String: HostTensor] {
    var result = parameters.filter { names.contains($0.key) }
    var rest = step[...]
    for part in parts {
      if let tensor = result[part.name], var values = tensor.floats {
        for (index, change) in zip(part.indices, rest) { values[index] += factor * Float(change) }
        result[part.name] = HostTensor(values, shape: tensor.shape)
      }
      rest = rest.dropFirst(part.indices.count)
    }
    return result
  }
}
