public import Foundation

/// Where a run of the loop keeps its state, so that it can be stopped at any moment and gone on with.
///
/// The folder holds a journal of the steps done, with their results, and the weights that a later step may need. A run
/// that is resumed takes the results from the journal until it reaches the step at which it was stopped, and ends with
/// the same network, byte for byte, as one that never stopped. A folder serves one run, and one process at a time.
public struct RunCheckpoint: Sendable {
  /// Of one run alone, and of one process at a time.
  public let folder: URL
  /// Whether to go on with the run that the folder holds. Without one a new run starts.
  public let resumes: Bool
  /// What the result depends on beyond graph, data split, ranking and options, by name; compared when a run is resumed.
  public let context: [String: String]

  /// - Parameters:
  ///   - folder: made where it is absent.
  ///   - resumes: whether to go on with a run that it holds.
  ///   - context: what else the result depends on, by name.
  public init(folder: URL, resumes: Bool, context: [String: String] = [:]) {
    self.folder = folder
    self.resumes = resumes
    self.context = context
  }

  package func adding(_ context: [String: String]) -> RunCheckpoint {
    RunCheckpoint(
      folder: folder, resumes: resumes, context: self.context.merging(context) { $1 })
  }
}
