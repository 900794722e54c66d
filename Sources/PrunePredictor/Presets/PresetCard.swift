/// Origin of a preset and its scores on networks that it was not fitted to.
public struct PresetCard: Hashable, Sendable, Codable {
  /// Score on one held-out group at one sparsity.
  public struct HeldOutScore: Hashable, Sendable, Codable {
    /// Group, architecture × data set; no network of it took part in the fit.
    public var group: String
    /// Share of weights pruned, 0 ..< 1.
    public var sparsity: Double
    /// Metric by method name: this preset's under `predictor`, the others as on the command line. Fractions.
    public var metrics: [String: Double]

    private enum CodingKeys: String, CodingKey {
      case group = "family"
      case sparsity, metrics
    }

    /// - Parameter metrics: fractions by method name, this preset's under `predictor`.
    public init(group: String, sparsity: Double, metrics: [String: Double]) {
      self.group = group
      self.sparsity = sparsity
      self.metrics = metrics
    }
  }

  /// Reliability of p̂ on held-out groups of networks, without and with the fitted calibration.
  public struct Calibration: Hashable, Sendable, Codable {
    /// Groups, architecture × data set; each was predicted by a calibration fitted to the others.
    public var groups: [String]
    /// Densities of the masks, shares of weights kept.
    public var densities: [Double]
    /// Reliability of the uncalibrated scores.
    public var before: ReliabilityCurve
    /// Reliability with the calibration fitted to the other groups.
    public var after: ReliabilityCurve
    /// Free text, such as which fit was measured.
    public var notes: String

    private enum CodingKeys: String, CodingKey {
      case groups = "families"
      case densities, before, after, notes
    }

    /// - Parameters:
    ///   - groups: architecture × data set, each left out in turn.
    ///   - densities: shares of weights that the masks keep.
    ///   - before: reliability of the uncalibrated scores.
    ///   - after: reliability with the calibration fitted to the other groups.
    ///   - notes: free text, such as which fit was measured.
    public init(
      groups: [String], densities: [Double], before: ReliabilityCurve, after: ReliabilityCurve,
      notes: String = ""
    ) {
      self.groups = groups
      self.densities = densities
      self.before = before
      self.after = after
      self.notes = notes
    }

    /// Expected calibration error of ``before``.
    public var errorBefore: Double { before.expectedCalibrationError }
    /// Expected calibration error of ``after``.
    public var errorAfter: Double { after.expectedCalibrationError }

    /// Both errors in a line.
    public var summary: String {
      func text(_ error: Double) -> String { "\((1_000 * error).rounded() / 1_000)" }
      return
        "expected calibration error \(text(errorBefore)) as scored and \(text(errorAfter)) calibrated, on \(groups.count) groups of networks left out in turn"
    }
  }

  /// Purpose of the preset, in one line.
  public var title: String
  /// Groups (architecture × data set) that the preset was fitted to.
  public var groups: [String]
  /// Number of archived networks that the preset was fitted to.
  public var runCount: Int
  /// Seeds of the fits; empty where none was noted.
  public var seeds: [UInt64]
  /// The command that made the preset.
  public var command: String
  /// Version of the program that wrote the preset; empty for one set by hand.
  public var programVersion: String
  /// Scores by held-out group and sparsity; empty for a preset that was not evaluated.
  public var heldOut: [HeldOutScore]
  /// Free text, such as how it compares with the prior.
  public var notes: String
  /// Reliability of p̂; `nil` where it was not calibrated.
  public var calibration: Calibration?

  private enum CodingKeys: String, CodingKey {
    case groups = "families"
    case title, runCount, seeds, command, programVersion, heldOut, notes, calibration
  }

  /// - Parameters:
  ///   - groups: architecture × data set.
  ///   - command: command that makes the preset again.
  ///   - calibration: reliability of p̂, where it was measured.
  public init(
    title: String, groups: [String] = [], runCount: Int = 0, seeds: [UInt64] = [],
    command: String = "", programVersion: String = "", heldOut: [HeldOutScore] = [],
    notes: String = "", calibration: Calibration? = nil
  ) {
    self.title = title
    self.groups = groups
    self.runCount = runCount
    self.seeds = seeds
    self.command = command
    self.programVersion = programVersion
    self.heldOut = heldOut
    self.notes = notes
    self.calibration = calibration
  }
}
