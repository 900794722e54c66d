public import Foundation
public import PruneCore

/// Folder in which a run keeps its state, so that it can be stopped at any moment and resumed.
///
/// The folder holds a journal of the steps done, with their results, and the weights that a later step may need. A
/// resumed run takes results from the journal up to the step at which it was stopped, and ends with the same network,
/// byte for byte, as one that never stopped. A folder serves one run, and one process at a time.
public struct RunCheckpoint: Sendable {
  /// Directory of one run, locked by one process; created if absent.
  public let folder: URL
  /// `true` resumes the run that the folder holds; a new run starts where it holds none.
  public let resumes: Bool
  /// Further inputs that the result depends on, by name, beside graph, data split, pruning criterion and options;
  /// compared when a run is resumed.
  public let context: [String: String]

  /// - Parameters:
  ///   - folder: directory of the run; created if absent.
  ///   - resumes: `true` resumes a run that the folder holds; `false` throws where there is one.
  ///   - context: further inputs that the result depends on, by name.
  public init(folder: URL, resumes: Bool, context: [String: String] = [:]) {
    self.folder = folder
    self.resumes = resumes
    self.context = context
  }

  /// This checkpoint with more context; new values replace those of the same name.
  package func adding(_ context: [String: String]) -> RunCheckpoint {
    RunCheckpoint(
      folder: folder, resumes: resumes, context: self.context.merging(context) { $1 })
  }
}

extension RunCheckpoint {
  /// Masks of the network after the last step of a run that changed them.
  ///
  /// - Throws: ``CheckpointError`` where the folder cannot be read or holds no masks.
  public static func latestMasks(in folder: URL) throws -> MaskSet {
    let states = try StateFolder(readOnly: folder)
    guard let step = try states.latestStep(.masks) else {
      throw CheckpointError.damaged(
        path: folder.path, reason: "it holds no masks; the run has removed nothing yet")
    }
    return MaskSet(try states.tensors(.masks, step: step) ?? [:])
  }
}

/// Failure to keep the state of a run, or to resume from it.
public enum CheckpointError: Error, Hashable, CustomStringConvertible {
  /// Input that differs between the run in the folder and the one asked for.
  public struct Difference: Hashable, Sendable {
    /// Name of an option or input of the run.
    public let name: String
    /// Value of the run in the folder.
    public let recorded: String
    /// Value of the run asked for.
    public let asked: String
  }

  /// Another process holds the folder; `process` names it.
  case inUse(folder: String, process: String)
  /// The folder holds a run, and resuming was not asked for.
  case occupied(folder: String)
  /// The run in the folder has other inputs; resuming would mix two runs.
  case otherRun(folder: String, differences: [Difference])
  /// A file of the folder is missing or damaged, or was not written by this program.
  case damaged(path: String, reason: String)
  /// The next step of the program differs from the recorded one.
  case diverged(folder: String, step: Int, recorded: String, taken: String)
  /// The operating system refused to write; earlier files are intact.
  case unwritable(path: String, reason: String)

  /// `true` where the operating system is the cause, `false` where the request or the stored files are.
  public var isInputOutput: Bool {
    switch self {
    case .inUse, .unwritable: true
    case .occupied, .otherRun, .damaged, .diverged: false
    }
  }

  public var description: String {
    switch self {
    case .inUse(let folder, let process):
      "checkpoint '\(folder)' is in use by \(process); wait for it to end, or name another folder"
    case .occupied(let folder):
      "checkpoint '\(folder)' holds a run already; --resume goes on with it, another folder starts a new one"
    case .otherRun(let folder, let differences):
      "checkpoint '\(folder)' belongs to another run: "
        + differences.map { "\($0.name) was \($0.recorded), now \($0.asked)" }
        .joined(separator: "; ")
        + "; ask for the same again, or name another folder"
    case .damaged(let path, let reason):
      "checkpoint file '\(path)' cannot be used: \(reason); remove the folder to start anew"
    case .diverged(let folder, let step, let recorded, let taken):
      "checkpoint '\(folder)' recorded '\(recorded)' as step \(step), but the run now takes '\(taken)'; it was written by "
        + "another version of the program: remove the folder to start anew"
    case .unwritable(let path, let reason):
      "cannot write checkpoint '\(path)': \(reason); what was written before is intact, --resume goes on from it"
    }
  }
}
