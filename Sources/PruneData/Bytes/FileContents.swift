package import Foundation
import PruneSupport

/// Reads and writes whole files; devices, pipes and folders are refused for reading.
package enum FileContents {
  package static func read(_ url: URL) throws(DataError) -> [UInt8] {
    let path = url.path
    guard let file = fopen(path, "rb") else { throw failure(path) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path, reason: "it is not a regular file")
    }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = size == 0 ? 0 : fread(buffer.baseAddress, 1, size, file)
    }
    guard bytes.count == size else {
      throw .unreadable(path, reason: "it shrank while it was read")
    }
    return bytes
  }

  /// Writes a whole file as ``AtomicFile`` does, so that no half-written file is left.
  ///
  /// - Parameter isDurable: whether the file is on disk, and not only handed to the system, when the call returns.
  /// - Throws: ``DataError/unwritable(_:reason:)``.
  package static func write(
    _ bytes: [UInt8], to url: URL, isDurable: Bool = false
  ) throws(DataError) {
    do { try AtomicFile.write(bytes, to: url.path, isDurable: isDurable) } catch {
      throw .unwritable(error.path, reason: error.reason)
    }
  }

  /// Names of a folder's visible entries, sorted by their bytes.
  static func names(in folder: URL) throws(DataError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw .unreadable(folder.path, reason: "the folder cannot be listed")
    }
  }

  static func isFolder(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  private static func failure(_ path: String) -> DataError {
    errno == ENOENT ? .notFound(path) : .unreadable(path, reason: SystemMessage.last())
  }
}
