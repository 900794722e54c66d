public import Foundation

/// Identifies a run in every archive it is merged into.
public struct RunID: Hashable, Sendable, Codable, CustomStringConvertible {
  public let uuid: UUID

  public init(_ uuid: UUID = UUID()) { self.uuid = uuid }

  public init?(_ text: String) {
    guard let uuid = UUID(uuidString: text) else { return nil }
    self.uuid = uuid
  }

  /// Lower-case, with dashes.
  public var description: String { uuid.uuidString.lowercased() }
}
