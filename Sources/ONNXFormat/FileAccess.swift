import Foundation
import PruneSupport

/// ``AtomicFile`` whose errors are ``ONNXError/unwritable(file:reason:)``.
struct ModelFile: ~Copyable {
  private var file: AtomicFile

  init(path: String) throws(ONNXError) {
    do { file = try AtomicFile(path: path) } catch { throw ONNXError(error) }
  }

  /// Bytes written so far, padding included.
  var sizeBytes: Int { file.sizeBytes }

  /// Appends bytes.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
    do { try file.write(bytes) } catch { throw ONNXError(error) }
  }

  /// Appends zeros up to `offset`, ≥ ``sizeBytes``.
  mutating func pad(to offset: Int) throws(ONNXError) {
    do { try file.pad(to: offset) } catch { throw ONNXError(error) }
  }

  /// Brings the bytes to disk, so that a full disk is noticed before the rename.
  mutating func finish() throws(ONNXError) {
    do { try file.finish() } catch { throw ONNXError(error) }
  }

  /// Puts the file in the place of an existing one; call ``finish()`` before.
  mutating func commit() throws(ONNXError) {
    do { try file.commit() } catch { throw ONNXError(error) }
  }
}

extension ONNXError {
  fileprivate init(_ error: FileError) {
    self = .unwritable(file: error.path, reason: error.reason)
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
