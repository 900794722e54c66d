public import PruneCore
public import PruneFeatures
import PrunePredictor
package import PruneSelection

/// One state of one network to fit θ on: dense, or partly pruned, as states along a pruning trajectory are.
public struct PruningTask<Program> {
  /// For messages.
  public let name: String
  /// Architecture × data set; cross-validation keeps groups together.
  public let group: String
  /// Of the engine that was given; its weights change while a fit measures losses.
  public let program: Program
  /// What is left of the network, and where its weights are restored from.
  public let state: NetworkState
  /// Features of ``state``, over the same layers.
  public let table: FeatureTable
  /// The sample that the loss is measured on, the same at every evaluation.
  public let batches: [Batch]
  /// The loss that pruning is to raise least.
  public let objective: Objective
  /// Standardised scores of earlier passes that are blended with those of `table`; `nil` for none.
  let earlier: BlendedScores?
  /// Shares of all connections to keep, above 0 and below 1.
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
    name: String, group: String, program: Program, state: NetworkState, table: FeatureTable,
    batches: [Batch], objective: Objective, densities: [Double], denseLoss: Double? = nil,
    engine: E
  ) throws where E.Program == Program {
    try self.init(
      name: name, group: group, program: program, state: state, table: table, earlier: nil,
      batches: batches, objective: objective, densities: densities, denseLoss: denseLoss,
      engine: engine)
  }

  /// - Parameter earlier: what the pass before selected by, in the middle of a selection.
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

  /// Loss as a share of the way from dense (0) to emptied (1), so that networks can be compared.
  func relativeLoss(_ loss: Double) -> Double { (loss - denseLoss) / lossRange }

  /// A network that is no better than nothing still gets a positive range.
  var lossRange: Double { max(emptiedLoss - denseLoss, 0.05 * emptiedLoss.magnitude, 1e-6) }
}
