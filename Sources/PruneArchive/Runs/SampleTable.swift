/// Rows sampled during a run for a predictor to learn from, one array per column.
public struct SampleTable: Hashable, Sendable {
  /// Kind of table, which says what a row stands for and so which columns to expect.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// One row per random set of units: means of their features, and the measured change of loss.
    case setProbes = "set-probes"
  }

  /// A named column of 32-bit floats.
  public struct Column: Hashable, Sendable {
    /// Unique within the table; features are named as in the feature registry.
    public var name: String
    /// Values `[rows]`.
    public var values: [Float]

    /// A column of a name.
    ///
    /// - Parameters:
    ///   - name: unique within the table.
    ///   - values: `[rows]`, as many as the table's other columns hold.
    public init(name: String, values: [Float]) {
      self.name = name
      self.values = values
    }
  }

  /// Kind of the table.
  public var kind: Kind
  /// Index of the round the rows were taken in; `nil` for the run as a whole.
  public var round: Int?
  /// Version of the feature registry that the column names refer to.
  public var featureVersion: Int
  /// Columns of one length, which is checked when the table is archived.
  public var columns: [Column]

  /// - Parameters:
  ///   - kind: says what a row stands for.
  ///   - round: index of the round; `nil` for the run as a whole.
  ///   - featureVersion: version of the feature registry that the column names refer to.
  ///   - columns: of one length, with different names.
  public init(kind: Kind, round: Int? = nil, featureVersion: Int, columns: [Column]) {
    self.kind = kind
    self.round = round
    self.featureVersion = featureVersion
    self.columns = columns
  }

  /// Length of the first column; 0 without columns.
  public var rowCount: Int { columns.first?.values.count ?? 0 }

  /// The column of a name.
  public subscript(column: String) -> [Float]? { columns.first { $0.name == column }?.values }

  func validate() throws(ArchiveError) {
    var names: Set<String> = []
    for column in columns {
      guard names.insert(column.name).inserted else { throw .duplicateColumn(name: column.name) }
      guard column.values.count == rowCount else {
        throw .unequalColumns(
          name: column.name, rows: column.values.count, expected: rowCount)
      }
    }
  }
}
