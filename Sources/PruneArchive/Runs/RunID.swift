public import Foundation

/// Identifies a run in every archive it is merged into.
public struct RunID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Random, so that runs of different machines never meet.
  public let uuid: UUID

  /// A new id unless one is given.
  public init(_ uuid: UUID = UUID()) { self.uuid = uuid }

  /// - Parameter text: a UUID in either case; anything else gives `nil`.
  public init?(_ text: String) {
    guard let uuid = UUID(uuidString: text) else { return nil }
    self.uuid = uuid
  }

  /// Lower-case, with dashes.
  public var description: String { uuid.uuidString.lowercased() }
}
