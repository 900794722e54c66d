public import Foundation

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
