import Foundation

/// Refuses an output that cannot be written before hours of work are spent on it.
enum OutputCheck {
  struct Unwritable: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "cannot write '\(path)': \(reason)" }
  }

  static func writable(_ file: URL) throws {
    let folder = file.deletingLastPathComponent()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw Unwritable(path: file.path, reason: "the folder does not exist; make it first")
    }
    guard isFolder.boolValue else {
      throw Unwritable(path: file.path, reason: "'\(folder.path)' is a file, not a folder")
    }
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), isFolder.boolValue
    {
      throw Unwritable(path: file.path, reason: "it is a folder; name a file in it")
    }
    let type = try? FileManager.default.attributesOfItem(atPath: file.path)[.type]
    if let type = type as? FileAttributeType, type != .typeRegular, type != .typeSymbolicLink {
      guard FileManager.default.isWritableFile(atPath: file.path) else {
        throw Unwritable(path: file.path, reason: "permission denied; choose another file")
      }
      return
    }
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      throw Unwritable(path: file.path, reason: "the folder is not writable; choose another")
    }
  }
}
