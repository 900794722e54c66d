/// What the controller found out about how to tune a network.
public struct TuningChoice: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What the outputs are trained towards.
  public enum Target: String, Hashable, Sendable, Codable {
    /// The data's own classes or values.
    case labels
    /// The dense network's outputs.
    case denseNetwork
  }

  /// What proved better in a short trial of both, where both were possible.
  public var target: Target
  /// At its highest.
  public var peakLearningRate: Float
  /// Examples per optimizer step.
  public var batchSize: Int
  /// Examples of the train part that are trained on.
  public var examples: Int

  public var description: String {
    let words =
      switch self.target {
      case .labels: "the labels as training target"
      case .denseNetwork: "the dense network's outputs as training target"
      }
    return
      "\(words), peak learning rate \(peakLearningRate), batches of \(batchSize) of \(examples) examples"
  }
}
