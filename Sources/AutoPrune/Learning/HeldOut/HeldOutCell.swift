public import Foundation

/// The score of one method on one network at one sparsity, without any weight update.
public struct HeldOutCell: Hashable, Sendable, Codable {
  /// Name of the network, unique among those of an experiment.
  public let subject: String
  /// Architecture × data set.
  public let family: String
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

  package init(
    subject: String, family: String, seed: UInt64, sparsity: Double, method: String,
    metric: Double, dense: Double, seconds: Double
  ) {
    self.subject = subject
    self.family = family
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

/// Cells on disk, a line of JSON each, so that an experiment that was stopped goes on where it was.
public struct HeldOutLog {
  /// In the order in which they became known, each once.
  public private(set) var cells: [HeldOutCell] = []
  private let file: URL?
  private var known: Set<HeldOutCell.Key> = []

  /// - Parameter file: made where it is absent; `nil` keeps the cells in memory. Lines that are no cell, such as one that a
  ///   kill cut short, are left out.
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
