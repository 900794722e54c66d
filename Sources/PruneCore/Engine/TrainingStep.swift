/// Some examples with their targets.
public struct Batch: Sendable {
  /// Targets that the outputs are compared with.
  public enum Targets: Sendable {
    /// Class labels, per example `[N]`, or per position `[N · T]` for outputs `[N, T, classes]`.
    case labels([Int])
    /// Values of the first output's shape.
    case values(HostTensor)
    /// No targets; enough where a ``Batch/teacher`` is the target or no loss is asked for.
    case none
  }

  /// Input tensors, one per data input, in ``Graph/dataInputs`` order, examples along the first axis.
  public var inputs: [HostTensor]
  /// Targets of the examples, in the order of the inputs.
  public var targets: Targets
  /// The dense network's outputs for these examples, for distillation.
  public var teacher: [HostTensor]?

  /// - Parameter inputs: all with the same first extent.
  public init(inputs: [HostTensor], targets: Targets = .none, teacher: [HostTensor]? = nil) {
    self.inputs = inputs
    self.targets = targets
    self.teacher = teacher
  }

  /// Number of examples; 0 without inputs.
  public var count: Int { inputs.first?.shape.first ?? 0 }
}

/// The loss that training minimises and gradients are taken of; always a mean over examples of the first output.
///
/// Where the output is made by a `Softmax` node, cross-entropy and distillation use that node's input as logits.
public enum Objective: Hashable, Sendable {
  /// Cross-entropy with ``Batch/Targets/labels(_:)``; `labelSmoothing` in 0 ..< 1.
  case crossEntropy(labelSmoothing: Float)
  /// Mean squared error to ``Batch/Targets/values(_:)``, or to the teacher when there are none.
  case meanSquaredError
  /// Kullback–Leibler divergence from ``Batch/teacher`` at `temperature`, times temperature², plus
  /// `labelWeight` times the cross-entropy with labels where the batch has them.
  ///
  /// - Source: Hinton et al., *Distilling the Knowledge in a Neural Network*, 2015,
  ///   [arXiv:1503.02531](https://arxiv.org/abs/1503.02531), §2.
  case distillation(temperature: Float, labelWeight: Float)
}

/// Settings of one optimizer step.
public struct TrainingStep: Hashable, Sendable {
  /// Rule that makes a step of a gradient.
  public enum Optimizer: Hashable, Sendable {
    /// Stochastic gradient descent; `momentum` in 0 ..< 1, 0 for none.
    case sgd(momentum: Float, nesterov: Bool)
    /// Adam.
    ///
    /// - Source: Kingma & Ba, 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), Algorithm 1.
    case adam(beta1: Float, beta2: Float, epsilon: Float)
    /// Adam with decoupled weight decay.
    ///
    /// - Source: Loshchilov & Hutter, 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
    case adamW(beta1: Float, beta2: Float, epsilon: Float)

    /// SGD with momentum 0.9.
    public static let momentum = Optimizer.sgd(momentum: 0.9, nesterov: false)
    /// Adam with the constants of its paper.
    public static let standardAdam = Optimizer.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    /// AdamW with the constants of its paper.
    public static let standardAdamW = Optimizer.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
  }

  /// Loss that the step minimises.
  public var objective: Objective
  /// Optimizer; its state is kept in the program, see ``Engine/optimizerState(of:)``.
  public var optimizer: Optimizer
  /// Learning rate of this step; schedules are applied before.
  public var learningRate: Float
  /// Weight decay, decoupled for AdamW, otherwise as this multiple of the weights added to the gradient; 0 for none.
  public var weightDecay: Float
  /// Largest global L2 norm of the gradient; `nil` does not clip it.
  public var gradientNormLimit: Float?
  /// Seed of this step's dropout.
  public var seed: UInt64

  /// - Parameters:
  ///   - learningRate: above 0.
  ///   - weightDecay: at least 0.
  public init(
    objective: Objective, optimizer: Optimizer = .momentum, learningRate: Float,
    weightDecay: Float = 0, gradientNormLimit: Float? = nil, seed: UInt64 = 0
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.gradientNormLimit = gradientNormLimit
    self.seed = seed
  }
}
