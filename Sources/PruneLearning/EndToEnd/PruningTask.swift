public import PruneCore
public import PruneFeatures
import PrunePredictor
package import PruneSelection

/// Pruning task to fit θ on: one state of one network, dense or partly pruned like the states along a pruning trajectory.
public struct PruningTask<Program> {
  /// Name for messages.
  public let name: String
  /// Group of the network, architecture × data set; cross-validation keeps groups together.
  public let group: String
  /// Program of the engine; its weights change while a fit measures losses.
  public let program: Program
  /// Masks and weights of the network; the program's weights are restored from it.
  public let state: NetworkState
  /// Features of ``state``, over the same layers.
  public let table: FeatureTable
  /// Examples that the loss is measured on, the same at every evaluation.
  public let batches: [Batch]
  /// Loss that is minimised after pruning.
  public let objective: Objective
  /// Standardised scores of earlier passes that are blended with those of `table`; `nil` for none.
  let earlier: BlendedScores?
  /// Densities to prune to, each above 0 and below 1.
  public let densities: [Double]
  /// Loss of the dense network on `batches`.
  public let denseLoss: Double
  /// Loss with every prunable weight at zero.
  public let emptiedLoss: Double

  /// Measures the reference losses; the program's weights are afterwards those of `state`.
  ///
  /// - Parameters:
  ///   - name: name for messages.
  ///   - group: architecture and data set.
  ///   - program: program of `engine`.
  ///   - state: masks and weights of the network.
  ///   - table: features of `state`.
  ///   - batches: examples that the loss is measured on.
  ///   - objective: loss that is minimised.
  ///   - densities: densities to prune to.
  ///   - denseLoss: loss of the dense network where `state` is partly pruned; measured on `state` where `nil`.
  ///   - engine: runs the program.
  /// - Throws: ``PredictorError``, `EngineError`.
  public init<E: Engine>(
    name: String, group: String, program: Program, state: NetworkState, table: FeatureTable,
    batches: [Batch], objective: Objective, densities: [Double], denseLoss: Double? = nil,
    engine: E
  ) throws where E.Program == Program {
    try self.init(
      name: name, group: group, program: program, state: state, table: table, earlier: nil,
      batches: batches, objective: objective, densities: densities, denseLoss: denseLoss,
      engine: engine)
  }

  /// Makes a task in the middle of a selection.
  ///
  /// - Parameter earlier: scores that the pass before selected by.
  package init<E: Engine>(
    name: String, group: String, program: Program, state: NetworkState, table: FeatureTable,
    earlier: BlendedScores?, batches: [Batch], objective: Objective, densities: [Double],
    denseLoss: Double? = nil, engine: E
  ) throws where E.Program == Program {
    self.name = name
    self.earlier = earlier
    self.group = group
    self.program = program
    self.state = state
    self.table = table
    self.batches = batches
    self.objective = objective
    self.densities = densities
    guard state.weightCount > 0 else { throw PredictorError.noTargets(task: name) }
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
    emptiedLoss = try runner.loss(softMask: nothing)
    let everything = state.layers.map { [Float](repeating: 1, count: $0.count) }
    let ownLoss = try runner.loss(softMask: everything)
    self.denseLoss = denseLoss ?? ownLoss
    guard self.denseLoss.isFinite, emptiedLoss.isFinite else {
      throw PredictorError.brokenTask(
        task: name, reason: "its loss is \(self.denseLoss) dense and \(emptiedLoss) emptied")
    }
  }

  /// Relative loss, scaled from dense (0) to emptied (1), so that networks can be compared.
  func relativeLoss(_ loss: Double) -> Double { (loss - denseLoss) / lossRange }

  /// Range from the dense to the emptied loss; positive even for a network that is no better than the emptied one.
  var lossRange: Double { max(emptiedLoss - denseLoss, 0.05 * emptiedLoss.magnitude, 1e-6) }
}
