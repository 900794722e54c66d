public import Foundation
public import PruneCore

extension RunCheckpoint {
  /// What the run in a folder has left of its network, as the last step that removed anything left it.
  ///
  /// - Throws: ``CheckpointError`` where the folder cannot be read, or holds no masks.
  public static func latestMasks(in folder: URL) throws -> MaskSet {
    let states = try StateFolder(readOnly: folder)
    guard let step = try states.latestStep(.masks) else {
      throw CheckpointError.damaged(
        path: folder.path, reason: "it holds no masks; the run has removed nothing yet")
    }
    return MaskSet(try states.tensors(.masks, step: step) ?? [:])
  }
}
