/// Runs graphs. Not `Sendable`: an engine and its programs stay in one isolation domain.
///
/// Evaluation, latency and inspection need no more. Every array of inputs follows ``Graph/dataInputs``; examples lie along
/// the first axis, in any number: an engine runs graphs that fix their batch to 1 in real batches where that is provably
/// the same, one by one otherwise.
public protocol InferenceEngine {
  /// A graph with its weights loaded.
  associatedtype Program

  /// Name, version and threads of the engine, for reports and archives.
  var identity: EngineIdentity { get }

  /// Checks that every node can be run, before any work is done, and loads the weights.
  func prepare(_ graph: Graph) throws(EngineError) -> Program

  /// Runs a graph in evaluation mode: no dropout, stored batch-norm statistics.
  ///
  /// - Returns: one tensor per graph output; logits are `[N, classes]`.
  func run(_ program: Program, on inputs: [HostTensor]) throws(EngineError) -> [HostTensor]

  /// Shape of every value of the graph for these inputs, by value name, stored tensors included.
  func shapes(of program: Program, on inputs: [HostTensor]) throws(EngineError) -> [String: [Int]]

  /// Current values of all trainable and running-statistics tensors, by value name.
  func parameters(of program: Program) throws(EngineError) -> [String: HostTensor]

  /// Overwrites the named tensors, same shapes; others are unchanged.
  func setParameters(
    _ parameters: [String: HostTensor], of program: Program
  ) throws(EngineError)
}

/// Differentiates graphs too: what features, criteria and compensation are made from.
public protocol GradientEngine: InferenceEngine {
  /// Mean loss over the batch and its gradient for the named parameters, in evaluation mode.
  func gradients(
    of program: Program, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor])

  /// Gradient of each example's own loss for the named parameters, in evaluation mode.
  ///
  /// Unless an engine has a faster way, one call of ``gradients(of:on:objective:for:)`` per example.
  /// - Returns: `[N, …]` by parameter name, `…` the parameter's shape; parameters without a gradient are left out.
  func exampleGradients(
    of program: Program, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> [String: HostTensor]

  /// Adds one batch to the statistics of `layers`, in evaluation mode.
  func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: Program, on batch: Batch,
    objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError)

  /// Adds one batch to the moments of one layer, in evaluation mode: its inputs in `program`, and its residuals, the
  /// product in `reference` minus that in `program`.
  ///
  /// - Parameters:
  ///   - reference: program of the same graph with other weights.
  ///   - moments: moments of this layer.
  func accumulateResiduals(
    for layer: PrunableLayer, of program: Program, against reference: Program,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError)
}

/// Trains graphs too: all that a pruning run may ask for.
public protocol Engine: GradientEngine {
  /// Sets the masks that training must hold (`false` = pruned), by value name; replaces earlier masks and zeroes the
  /// pruned weights at once.
  func setMasks(_ masks: [String: [Bool]], of program: Program) throws(EngineError)

  /// Takes one optimizer step in training mode; masks hold through momentum and weight decay.
  ///
  /// - Returns: the mean loss before the step.
  func train(
    _ program: Program, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double

  /// Optimizer state (momentum, moments, step count) by name, for checkpoints; empty before the first step, and for an
  /// optimizer without state, which is what an engine has unless it says otherwise.
  ///
  /// An adaptive optimizer's running mean of squared gradients is `second/` and the parameter's name, in stored order.
  func optimizerState(of program: Program) throws(EngineError) -> [String: HostTensor]

  /// Restores a state that ``optimizerState(of:)`` returned; `[:]` resets it.
  func setOptimizerState(
    _ state: [String: HostTensor], of program: Program
  ) throws(EngineError)

  /// Replaces batch-norm running statistics by exact averages over these batches.
  ///
  /// Asked for only where the graph has batch normalisation; an engine that does not run it need not have the method.
  func reestimateNormalization(
    of program: Program, on batches: [[HostTensor]]
  ) throws(EngineError)
}

extension GradientEngine {
  public func exampleGradients(
    of program: Program, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> [String: HostTensor] {
    var values: [String: [Float]] = [:]
    var shapes: [String: [Int]] = [:]
    for position in 0..<batch.count {
      let example = try gradients(
        of: program, on: batch.examples([position]), objective: objective, for: parameters
      ).gradients
      for (name, gradient) in example {
        guard let floats = gradient.floats else { continue }
        values[name, default: []] += floats
        shapes[name] = gradient.shape
      }
    }
    var result: [String: HostTensor] = [:]
    for (name, floats) in values {
      guard let shape = shapes[name], floats.count == batch.count * shape.reduce(1, *) else {
        continue
      }
      result[name] = HostTensor(floats, shape: [batch.count] + shape)
    }
    return result
  }
}

extension Engine {
  public func optimizerState(of program: Program) throws(EngineError) -> [String: HostTensor] {
    [:]
  }

  public func setOptimizerState(
    _ state: [String: HostTensor], of program: Program
  ) throws(EngineError) {
    guard state.isEmpty else {
      throw .failed(
        operation: "optimizer state", node: "",
        message: "\(identity.name) has no optimizer state, but is to restore "
          + state.keys.sorted().joined(separator: ", "))
    }
  }

  public func reestimateNormalization(
    of program: Program, on batches: [[HostTensor]]
  ) throws(EngineError) {
    throw .failed(
      operation: "BatchNormalization", node: "",
      message: "\(identity.name) does not re-estimate batch-norm statistics")
  }
}

/// Identity of an engine, for reports and archives.
public struct EngineIdentity: Hashable, Sendable {
  /// Name of the runtime, such as `libtorch`.
  public var name: String
  /// Version, in the runtime's own spelling.
  public var version: String
  /// Number of threads that one call may use.
  public var threads: Int

  /// - Parameters:
  ///   - name: name of the runtime.
  ///   - version: version of the runtime.
  ///   - threads: threads that one call may use, at least 1.
  public init(name: String, version: String, threads: Int) {
    self.name = name
    self.version = version
    self.threads = threads
  }
}
