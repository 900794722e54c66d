/// Where a preset comes from and how good it was on networks it had not seen.
public struct PresetCard: Hashable, Sendable, Codable {
  /// Score on one held-out family at one sparsity.
  public struct HeldOutScore: Hashable, Sendable, Codable {
    public var family: String
    public var sparsity: Double
    /// Metric by method name: this preset's under `predictor`, the others as on the command line. Fractions.
    public var metrics: [String: Double]

    public init(family: String, sparsity: Double, metrics: [String: Double]) {
      self.family = family
      self.sparsity = sparsity
      self.metrics = metrics
    }
  }

  public var title: String
  /// Families (architecture × data set) that it was fitted to.
  public var families: [String]
  public var runCount: Int
  public var seeds: [UInt64]
  /// The command that made it.
  public var command: String
  public var programVersion: String
  public var heldOut: [HeldOutScore]
  public var notes: String

  public init(
    title: String, families: [String] = [], runCount: Int = 0, seeds: [UInt64] = [],
    command: String = "", programVersion: String = "", heldOut: [HeldOutScore] = [],
    notes: String = ""
  ) {
    self.title = title
    self.families = families
    self.runCount = runCount
    self.seeds = seeds
    self.command = command
    self.programVersion = programVersion
    self.heldOut = heldOut
    self.notes = notes
  }
}
