/// Why a run could not keep its state, or go on from it.
public enum CheckpointError: Error, Hashable, CustomStringConvertible {
  /// Something that differs between the run in the folder and the one asked for.
  public struct Difference: Hashable, Sendable {
    /// An option or an input of the run, in words.
    public let name: String
    /// Its value in the folder.
    public let recorded: String
    /// Its value now.
    public let asked: String
  }

  /// Another process holds the folder; `process` says which.
  case inUse(folder: String, process: String)
  /// The folder holds a run, and resuming was not asked for.
  case occupied(folder: String)
  /// The folder's run was asked for differently; going on would mix two runs.
  case otherRun(folder: String, differences: [Difference])
  /// A file of the folder does not hold what was written, or is not of this program.
  case damaged(path: String, reason: String)
  /// The program takes another step than the one that was recorded.
  case diverged(folder: String, step: Int, recorded: String, taken: String)
  /// The operating system refused; what was written before is intact.
  case unwritable(path: String, reason: String)

  /// Whether the operating system is the cause, not what was asked or is stored.
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
