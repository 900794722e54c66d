package import Foundation

/// Reads whole regular files; devices, pipes and folders are refused.
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

  /// Writes to a temporary name beside `url`, then renames, so that no half-written file is left.
  ///
  /// A device such as `/dev/null` is written to in place: a rename would put a file where the device was.
  /// - Parameter isDurable: whether the file is on disk, and not only handed to the system, when the call returns.
  package static func write(
    _ bytes: [UInt8], to url: URL, isDurable: Bool = false
  ) throws(DataError) {
    var status = stat()
    let isDevice = stat(url.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    let temporary = isDevice ? url.path : url.path + ".\(getpid()).partial"
    guard let file = fopen(temporary, "wb") else {
      throw .unwritable(url.path, reason: String(cString: strerror(errno)))
    }
    let written = bytes.isEmpty ? 0 : fwrite(bytes, 1, bytes.count, file)
    let isFlushed = fflush(file) == 0 && (!isDurable || isDevice || fsync(fileno(file)) == 0)
    let isComplete = fclose(file) == 0 && isFlushed && written == bytes.count
    guard isComplete, isDevice || rename(temporary, url.path) == 0 else {
      let reason = String(cString: strerror(errno))
      if !isDevice { unlink(temporary) }
      throw .unwritable(url.path, reason: reason)
    }
    if isDurable, !isDevice { try flushFolder(of: url) }
  }

  /// The rename itself is only on disk when the folder is.
  private static func flushFolder(of url: URL) throws(DataError) {
    let descriptor = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else {
      throw .unwritable(url.path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .unwritable(url.path, reason: String(cString: strerror(errno)))
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
    errno == ENOENT ? .notFound(path) : .unreadable(path, reason: String(cString: strerror(errno)))
  }
}
