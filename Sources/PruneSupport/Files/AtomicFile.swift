import Foundation

/// File for writing that appears under its name only once it is complete.
///
/// The bytes go to a hidden file in the same folder, whose name ends in `.partial`; ``finish(isDurable:)`` completes it,
/// ``commit()`` renames it. Without the rename no file remains and an existing one does not change. A symbolic link stays,
/// and its target is replaced. A device such as `/dev/null` is written to in place, since it cannot be replaced.
package struct AtomicFile: ~Copyable {
  /// Path as the caller wrote it, for messages.
  private let path: String
  /// Path with symbolic links resolved.
  private let targetPath: String
  /// Path of the temporary file; `nil` for a device.
  private let temporaryPath: String?
  /// File descriptor; −1 once it is closed.
  private var descriptor: CInt
  private var isDurable = false
  private var isCommitted = false
  /// Bytes written so far, padding included.
  package private(set) var sizeBytes = 0

  /// Opens a temporary file beside `path`.
  ///
  /// - Throws: ``FileError`` where the folder is missing or not writable, or where `path` is a folder.
  package init(path: String) throws(FileError) {
    let target = Self.following(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw FileError(path: path, reason: "it is a folder, expected the path of a file")
    }
    let isDevice = exists && status.st_mode & S_IFMT != S_IFREG
    let temporary = isDevice ? nil : Self.temporaryPath(for: target)
    let opened =
      if let temporary {
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      } else {
        open(target, O_WRONLY | O_CLOEXEC)
      }
    guard opened >= 0 else { throw FileError(path: path, reason: SystemMessage.last()) }
    self.path = path
    targetPath = target
    temporaryPath = temporary
    descriptor = opened
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
    if !isCommitted, let temporaryPath { _ = unlink(temporaryPath) }
  }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = Foundation.write(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      written += count
    }
    sizeBytes += written
  }

  /// Appends zeros up to `offset`, ≥ ``sizeBytes``.
  package mutating func pad(to offset: Int) throws(FileError) {
    precondition(offset >= sizeBytes, "cannot go back from byte \(sizeBytes) to \(offset)")
    let zeros = [UInt8](repeating: 0, count: offset - sizeBytes)
    try zeros.withUnsafeBufferPointer { buffer throws(FileError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Closes the temporary file.
  ///
  /// - Parameter isDurable: whether the bytes are brought to disk first, so that a full disk is noticed before the
  ///   rename, and the rename is brought to disk by ``commit()``.
  package mutating func finish(isDurable: Bool = true) throws(FileError) {
    self.isDurable = isDurable
    if isDurable, temporaryPath != nil {
      guard fsync(descriptor) == 0 else { throw failure() }
    }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw failure() }
  }

  /// Puts the file in the place of an existing one; call ``finish(isDurable:)`` before.
  package mutating func commit() throws(FileError) {
    guard let temporaryPath else { return }
    guard rename(temporaryPath, targetPath) == 0 else { throw failure() }
    isCommitted = true
    if isDurable { try flushFolder() }
  }

  /// Writes a whole file.
  ///
  /// - Parameter isDurable: whether the file is on disk, and not only handed to the system, when the call returns.
  package static func write(
    _ bytes: [UInt8], to path: String, isDurable: Bool
  ) throws(FileError) {
    var file = try AtomicFile(path: path)
    try bytes.withUnsafeBufferPointer { buffer throws(FileError) in
      try file.write(UnsafeRawBufferPointer(buffer))
    }
    try file.finish(isDurable: isDurable)
    try file.commit()
  }

  /// Brings the rename to disk.
  private func flushFolder() throws(FileError) {
    let folder = open(Self.folder(of: targetPath), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      // A folder that may be written to but not read cannot be flushed.
      if errno == EACCES { return }
      throw failure()
    }
    defer { _ = close(folder) }
    // Some file systems do not flush folders.
    guard fsync(folder) == 0 || errno == EINVAL else { throw failure() }
  }

  private func failure() -> FileError { FileError(path: path, reason: SystemMessage.last()) }

  /// Target of a symbolic link, so that the link itself survives; other paths unchanged.
  private static func following(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func temporaryPath(for path: String) -> String {
    let name = path.split(separator: "/").last ?? "file"
    // Shortened, so that it stays within the 255 bytes of a file name.
    let start = String(name.unicodeScalars.prefix(40))
    return "\(folder(of: path))/.\(start).\(UInt64.random(in: 0 ... .max)).partial"
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Failure to write a file.
package struct FileError: Error, Hashable, CustomStringConvertible {
  /// Path of the file, as the caller wrote it.
  package let path: String
  /// Cause in words, mostly the operating system's.
  package let reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { "cannot write '\(path)': \(reason)" }
}

/// Message of the operating system about the call that failed last.
package enum SystemMessage {
  package static func last() -> String { String(cString: strerror(errno)) }
}
