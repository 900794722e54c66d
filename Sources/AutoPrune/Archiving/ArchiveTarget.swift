public import PruneArchive

/// The archive a run is remembered in, and what the caller knows about the run.
public struct ArchiveTarget: Sendable {
  /// Opened for writing.
  public let archive: RunArchive
  /// As typed; empty for a library call.
  public let commandLine: [String]
  /// Architecture for the network's fingerprint; the graph's own name where `nil`.
  public let architecture: String?

  /// - Parameters:
  ///   - archive: opened for writing.
  ///   - commandLine: as typed; empty for a library call.
  ///   - architecture: the graph's own name where `nil`.
  public init(_ archive: RunArchive, commandLine: [String] = [], architecture: String? = nil) {
    self.archive = archive
    self.commandLine = commandLine
    self.architecture = architecture
  }
}
