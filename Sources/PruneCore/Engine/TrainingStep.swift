/// Everything one optimizer step needs beside the batch.
public struct TrainingStep: Hashable, Sendable {
  /// How a gradient becomes a step.
  public enum Optimizer: Hashable, Sendable {
    /// Stochastic gradient descent; `momentum` in 0 ..< 1, 0 for none.
    case sgd(momentum: Float, nesterov: Bool)
    /// - Source: Kingma & Ba, 2015, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980), Algorithm 1.
    case adam(beta1: Float, beta2: Float, epsilon: Float)
    /// Decoupled weight decay. Source: Loshchilov & Hutter, 2019, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101).
    case adamW(beta1: Float, beta2: Float, epsilon: Float)

    /// SGD with momentum 0.9.
    public static let momentum = Optimizer.sgd(momentum: 0.9, nesterov: false)
    /// Adam with the constants of its paper.
    public static let standardAdam = Optimizer.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    /// AdamW with the constants of its paper.
    public static let standardAdamW = Optimizer.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
  }

  /// The loss that is descended.
  public var objective: Objective
  /// Its state lives in the program, see ``Engine/optimizerState(of:)``.
  public var optimizer: Optimizer
  /// Of this very step: schedules are applied before.
  public var learningRate: Float
  /// Factor of the weights, decoupled for AdamW, added to the gradient otherwise; 0 for none.
  public var weightDecay: Float
  /// Largest global L2 norm of the gradient; `nil` leaves it.
  public var gradientNormLimit: Float?
  /// Seeds this step's dropout.
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
