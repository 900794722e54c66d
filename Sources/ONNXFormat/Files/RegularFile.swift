import Foundation

/// An ordinary file, open for reading.
///
/// Folders, pipes and devices are refused, since their size says nothing about what a read brings.
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

/// What the operating system says about the call that failed last.
enum SystemMessage {
  static func last() -> String { String(cString: strerror(errno)) }
}
