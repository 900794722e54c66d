/// Where a preset comes from and how good it was on networks it had not seen.
public struct PresetCard: Hashable, Sendable, Codable {
  /// Score on one held-out family at one sparsity.
  public struct HeldOutScore: Hashable, Sendable, Codable {
    /// Architecture × data set; no network of it took part in the fit.
    public var family: String
    /// Share of connections removed, 0 ..< 1.
    public var sparsity: Double
    /// Metric by method name: this preset's under `predictor`, the others as on the command line. Fractions.
    public var metrics: [String: Double]

    /// - Parameter metrics: fractions by method name, this preset's under `predictor`.
    public init(family: String, sparsity: Double, metrics: [String: Double]) {
      self.family = family
      self.sparsity = sparsity
      self.metrics = metrics
    }
  }

  /// How reliable p̂ was on families of networks left out, without and with the calibration that was fitted.
  public struct Calibration: Hashable, Sendable, Codable {
    /// Architecture × data set; each was judged by a calibration fitted to the others.
    public var families: [String]
    /// Shares of connections that the masks keep.
    public var densities: [Double]
    /// Of the scores as they were.
    public var before: ReliabilityCurve
    /// With the calibration fitted to the other families.
    public var after: ReliabilityCurve
    /// Free text, such as which fit was measured.
    public var notes: String

    /// - Parameters:
    ///   - families: architecture × data set, each left out in turn.
    ///   - densities: shares of connections that the masks keep.
    ///   - before: of the scores as they were.
    ///   - after: with the calibration fitted to the other families.
    ///   - notes: free text, such as which fit was measured.
    public init(
      families: [String], densities: [Double], before: ReliabilityCurve, after: ReliabilityCurve,
      notes: String = ""
    ) {
      self.families = families
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
        "expected calibration error \(text(errorBefore)) as scored and \(text(errorAfter)) calibrated, on \(families.count) families left out in turn"
    }
  }

  /// What the preset is for, in one line.
  public var title: String
  /// Families (architecture × data set) that it was fitted to.
  public var families: [String]
  /// Archived networks that it was fitted to.
  public var runCount: Int
  /// Of the fits; empty where none was noted.
  public var seeds: [UInt64]
  /// The command that made it.
  public var command: String
  /// Version of the program that wrote the preset; empty for one set by hand.
  public var programVersion: String
  /// One entry per held-out family and sparsity; empty for a preset that was not tried.
  public var heldOut: [HeldOutScore]
  /// Free text, such as how it compares with the prior.
  public var notes: String
  /// `nil` where p̂ was not calibrated.
  public var calibration: Calibration?

  /// - Parameters:
  ///   - families: architecture × data set.
  ///   - command: makes the preset again.
  ///   - calibration: how reliable p̂ was, where that was measured.
  public init(
    title: String, families: [String] = [], runCount: Int = 0, seeds: [UInt64] = [],
    command: String = "", programVersion: String = "", heldOut: [HeldOutScore] = [],
    notes: String = "", calibration: Calibration? = nil
  ) {
    self.title = title
    self.families = families
    self.runCount = runCount
    self.seeds = seeds
    self.command = command
    self.programVersion = programVersion
    self.heldOut = heldOut
    self.notes = notes
    self.calibration = calibration
  }
}
