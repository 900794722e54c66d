/// Some examples with what is wanted of them.
public struct Batch: Sendable {
  /// What the outputs are compared with.
  public enum Targets: Sendable {
    /// Class per example `[N]`, or per position `[N · T]` for outputs `[N, T, classes]`.
    case labels([Int])
    /// Values of the first output's shape.
    case values(HostTensor)
    /// Nothing to compare with; enough where a ``Batch/teacher`` is the target or no loss is asked for.
    case none
  }

  /// One per data input, in ``Graph/dataInputs`` order, examples along the first axis.
  public var inputs: [HostTensor]
  /// One per example, in the order of the inputs.
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
