public import Foundation

/// Log of cells on disk, one line of JSON each, so that a stopped experiment can be continued.
public struct HeldOutLog {
  /// Cells in the order in which they were added, each once.
  public private(set) var cells: [HeldOutCell] = []
  private let file: URL?
  private var known: Set<HeldOutCell.Key> = []

  /// Reads the cells of a file. Lines that are no cell, such as one that a kill cut short, are skipped.
  ///
  /// - Parameter file: file of the log, created where absent; `nil` keeps the cells in memory.
  public init(file: URL?) throws {
    self.file = file
    guard let file else { return }
    guard FileManager.default.fileExists(atPath: file.path) else {
      try Data().write(to: file)
      return
    }
    let decoder = JSONDecoder()
    for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
      do { remember(try decoder.decode(HeldOutCell.self, from: line)) } catch is DecodingError {
        continue
      }
    }
  }

  func holds(_ key: HeldOutCell.Key) -> Bool { known.contains(key) }

  mutating func append(_ cell: HeldOutCell) throws {
    remember(cell)
    guard let file else { return }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    // A line that a kill cut short must not swallow this one.
    try handle.write(
      contentsOf: Data("\n".utf8) + JSONEncoder().encode(cell) + Data("\n".utf8))
    try handle.close()
  }

  private mutating func remember(_ cell: HeldOutCell) {
    if known.insert(cell.key).inserted { cells.append(cell) }
  }
}

/// Score of one method on one network at one sparsity, without any weight update.
public struct HeldOutCell: Hashable, Sendable, Codable {
  /// Name of the network, unique among those of an experiment.
  public let subject: String
  /// Group of the network, architecture × data set.
  public let group: String
  /// Seed of the samples that the masks were chosen by.
  public let seed: UInt64
  /// Sparsity, `0 ..< 1`.
  public let sparsity: Double
  /// Name of the method that chose the masks.
  public let method: String
  /// Accuracy on the test part, a fraction.
  public let metric: Double
  /// Accuracy of the dense network on the test part, a fraction.
  public let dense: Double
  /// Wall seconds of choosing the masks, without statistics.
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

  /// Identity of a cell within a log.
  struct Key: Hashable {
    var subject: String
    var seed: UInt64
    var sparsity: Double
    var method: String
  }

  var key: Key { Key(subject: subject, seed: seed, sparsity: sparsity, method: method) }
}
