/// The score of one method on one network at one sparsity, without any weight update.
public struct HeldOutCell: Hashable, Sendable, Codable {
  /// Name of the network, unique among those of an experiment.
  public let subject: String
  /// Architecture × data set.
  public let group: String
  /// Of the samples that the masks were chosen by.
  public let seed: UInt64
  /// Share of connections removed, `0 ..< 1`.
  public let sparsity: Double
  /// What chose the masks, by its name in the experiment.
  public let method: String
  /// On the test part, as a fraction.
  public let metric: Double
  /// The same for the dense network.
  public let dense: Double
  /// For choosing the masks, statistics left out.
  public let seconds: Double

  private enum CodingKeys: String, CodingKey {
    case group = "family"
    case subject, seed, sparsity, method, metric, dense, seconds
  }

  package init(
    subject: String, group: String, seed: UInt64, sparsity: Double, method: String,
    metric: Double, dense: Double, seconds: Double
  ) {
    self.subject = subject
    self.group = group
    self.seed = seed
    self.sparsity = sparsity
    self.method = method
    self.metric = metric
    self.dense = dense
    self.seconds = seconds
  }

  /// Tells cells apart.
  struct Key: Hashable {
    var subject: String
    var seed: UInt64
    var sparsity: Double
    var method: String
  }

  var key: Key { Key(subject: subject, seed: seed, sparsity: sparsity, method: method) }
}
