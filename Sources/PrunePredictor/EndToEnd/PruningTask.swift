public import PruneCore
public import PruneFeatures

/// One state of one network to fit θ on: dense, or partly pruned, as states along a pruning trajectory are.
public struct PruningTask<Program> {
  public let name: String
  /// Architecture × data set; cross-validation keeps families together.
  public let family: String
  public let program: Program
  public let state: NetworkState
  public let table: FeatureTable
  /// The sample that the loss is measured on, the same at every evaluation.
  public let batches: [Batch]
  public let objective: Objective
  /// Shares of all connections to keep, in `0 ..< 1`.
  public let densities: [Double]
  /// Loss of the dense network on `batches`.
  public let denseLoss: Double
  /// Loss with every prunable weight at zero.
  public let emptiedLoss: Double

  /// Measures the reference losses; the program's weights are afterwards those of `state`.
  ///
  /// - Parameters:
  ///   - table: features of `state`.
  ///   - denseLoss: of the dense network, where `state` is partly pruned; `nil` measures that of `state`.
  /// - Throws: ``PredictorError``, `EngineError`.
  public init<E: Engine>(
    name: String, family: String, program: Program, state: NetworkState, table: FeatureTable,
    batches: [Batch], objective: Objective, densities: [Double], denseLoss: Double? = nil,
    engine: E
  ) throws where E.Program == Program {
    self.name = name
    self.family = family
    self.program = program
    self.state = state
    self.table = table
    self.batches = batches
    self.objective = objective
    self.densities = densities
    guard state.connectionCount > 0 else { throw PredictorError.noTargets(task: name) }
    guard batches.contains(where: { $0.count > 0 }) else {
      throw PredictorError.brokenTask(task: name, reason: "it has no examples")
    }
    if let density = densities.first(where: { !($0 > 0 && $0 < 1) }) {
      throw PredictorError.outOfRange(
        what: "a density of task '\(name)'", got: "\(density)", expected: "0 < density < 1")
    }
    guard table.layers.map(\.layer) == state.layers else {
      throw PredictorError.brokenTask(task: name, reason: "its features are of other layers")
    }
    let runner = MaskedRunner(
      engine: engine, program: program, state: state, batches: batches, objective: objective)
    let nothing = state.layers.map { [Float](repeating: 0, count: $0.count) }
    emptiedLoss = try runner.loss(degrees: nothing)
    let everything = state.layers.map { [Float](repeating: 1, count: $0.count) }
    let ownLoss = try runner.loss(degrees: everything)
    self.denseLoss = denseLoss ?? ownLoss
    guard self.denseLoss.isFinite, emptiedLoss.isFinite else {
      throw PredictorError.brokenTask(
        task: name, reason: "its loss is \(self.denseLoss) dense and \(emptiedLoss) emptied")
    }
  }

  /// Loss as a share of the way from dense (0) to emptied (1), so that networks can be compared.
  func relativeLoss(_ loss: Double) -> Double { (loss - denseLoss) / lossRange }

  /// A network that is no better than nothing still gets a positive range.
  var lossRange: Double { max(emptiedLoss - denseLoss, 0.05 * emptiedLoss.magnitude, 1e-6) }
}

/// Runs a program with its prunable weights multiplied by degrees.
struct MaskedRunner<E: Engine> {
  let engine: E
  let program: E.Program
  let state: NetworkState
  let batches: [Batch]
  let objective: Objective

  /// Mean loss over the batches.
  func loss(degrees: [[Float]]) throws -> Double {
    try load(degrees)
    var (sum, count) = (0.0, 0)
    for batch in batches where batch.count > 0 {
      let result = try engine.gradients(of: program, on: batch, objective: objective, for: [])
      sum += result.loss * Double(batch.count)
      count += batch.count
    }
    return sum / Double(max(count, 1))
  }

  /// Mean loss over the batches and its gradient with respect to the degrees, one engine call per batch.
  func lossAndGradient(degrees: [[Float]]) throws -> (loss: Double, gradients: [[Float]]) {
    try load(degrees)
    let names = state.layers.map(\.parameter)
    let total = batches.reduce(0) { $0 + $1.count }
    var loss = 0.0
    var gradients = state.layers.map { [Float](repeating: 0, count: $0.count) }
    for batch in batches where batch.count > 0 {
      let result = try engine.gradients(of: program, on: batch, objective: objective, for: names)
      let share = Double(batch.count) / Double(total)
      loss += result.loss * share
      for (layer, name) in names.enumerated() {
        guard let values = result.gradients[name]?.floats,
          values.count == gradients[layer].count
        else {
          throw PredictorError.brokenTask(
            task: name, reason: "the engine gave no gradient of this parameter")
        }
        let factor = Float(share)
        for index in values.indices { gradients[layer][index] += factor * values[index] }
      }
    }
    for layer in gradients.indices {
      for index in gradients[layer].indices {
        gradients[layer][index] *= state.weights[layer][index]
      }
    }
    return (loss, gradients)
  }

  /// Gives the program the weights of the state back.
  func restore() throws {
    try load(state.layers.map { [Float](repeating: 1, count: $0.count) })
  }

  private func load(_ degrees: [[Float]]) throws {
    var tensors: [String: HostTensor] = [:]
    for (index, layer) in state.layers.enumerated() {
      let values = zip(state.weights[index], degrees[index]).map { $0 * $1 }
      tensors[layer.parameter] = HostTensor(values, shape: layer.shape)
    }
    try engine.setParameters(tensors, of: program)
  }
}
