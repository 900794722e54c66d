import Foundation

/// File for writing that appears under its name only once it is complete.
///
/// The bytes are written under a temporary name in the same folder; ``finish()`` brings them to disk,
/// ``commit()`` renames. Without it no file remains and an existing one does not change. A device such
/// as `/dev/null` is written to in place, since it cannot be replaced.
struct AtomicFile: ~Copyable {
  private let path: String
  /// Path of the temporary file; `nil` for a device.
  private let temporaryPath: String?
  private var descriptor: CInt
  private var isCommitted = false
  private(set) var sizeBytes = 0

  init(path: String) throws(ONNXError) {
    let target = Self.following(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR {
      throw .unwritable(file: path, reason: "it is a folder, expected the path of a file")
    }
    let isDevice = exists && status.st_mode & S_IFMT != S_IFREG
    let temporary = isDevice ? nil : Self.temporaryPath(for: target)
    let opened =
      if let temporary {
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      } else {
        open(target, O_WRONLY | O_CLOEXEC)
      }
    guard opened >= 0 else { throw .unwritable(file: path, reason: SystemMessage.last()) }
    self.path = target
    temporaryPath = temporary
    descriptor = opened
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
    if !isCommitted, let temporaryPath { _ = unlink(temporaryPath) }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
    var written = 0
    while written < bytes.count {
      let count = Foundation.write(
        descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(file: path, reason: SystemMessage.last()) }
      written += count
    }
    sizeBytes += written
  }

  /// Writes zeros up to `offset`.
  mutating func pad(to offset: Int) throws(ONNXError) {
    precondition(offset >= sizeBytes, "cannot go back from byte \(sizeBytes) to \(offset)")
    let zeros = [UInt8](repeating: 0, count: offset - sizeBytes)
    try zeros.withRawBytes { bytes throws(ONNXError) in try write(bytes) }
  }

  /// Brings the bytes to disk, so that a full disk is noticed before the rename.
  mutating func finish() throws(ONNXError) {
    guard temporaryPath != nil else { return }
    guard fsync(descriptor) == 0 else {
      throw .unwritable(file: path, reason: SystemMessage.last())
    }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw .unwritable(file: path, reason: SystemMessage.last()) }
  }

  /// Puts the file in the place of an existing one; call ``finish()`` before.
  mutating func commit() throws(ONNXError) {
    guard let temporaryPath else { return }
    guard rename(temporaryPath, path) == 0 else {
      throw .unwritable(file: path, reason: SystemMessage.last())
    }
    isCommitted = true
    let folder = open(Self.folder(of: path), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    _ = close(folder)
  }

  /// Target of a symbolic link, so that the link itself survives; other paths unchanged.
  private static func following(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func temporaryPath(for path: String) -> String {
    let name = path.split(separator: "/").last ?? "model"
    return "\(folder(of: path))/.\(name.prefix(40)).\(UInt64.random(in: 0 ... .max)).tmp"
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Ordinary file, open for reading.
///
/// Folders, pipes and devices are refused, since their size is not the number of bytes to read.
struct RegularFile: ~Copyable {
  struct Refusal: Error {
    let reason: String
  }

  let sizeBytes: Int
  private let descriptor: CInt

  init(path: String) throws(Refusal) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Refusal(reason: SystemMessage.last()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Refusal(reason: "it is a folder")
    default: throw Refusal(reason: "it is a device or a pipe, expected an ordinary file")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Refusal(reason: SystemMessage.last()) }
    self.descriptor = descriptor
    sizeBytes = Int(status.st_size)
  }

  deinit { _ = close(descriptor) }

  /// Bytes of the file.
  /// - Parameter range: within `0 ..< sizeBytes`.
  func bytes(in range: Range<Int>) throws(Refusal) -> [UInt8] {
    var failure: Refusal?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let got = pread(
          descriptor, buffer.baseAddress?.advanced(by: count), range.count - count,
          off_t(range.lowerBound + count))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          failure = Refusal(
            reason: got < 0 ? SystemMessage.last() : "it became shorter while it was read")
          return
        }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Message of the operating system about the call that failed last.
enum SystemMessage {
  static func last() -> String { String(cString: strerror(errno)) }
}

extension Array where Element: BitwiseCopyable {
  /// Calls `body` with the bytes; unlike the standard library's `withUnsafeBytes` with a typed error.
  func withRawBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> Result
  ) throws(ONNXError) -> Result {
    try withUnsafeBufferPointer { buffer throws(ONNXError) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
