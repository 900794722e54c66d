import CZlib

/// Decompresses deflate data piece by piece, never more than is asked for.
final class Inflater {
  enum Format {
    case gzip
    /// Deflate without a wrapper, as in zip files.
    case raw
  }

  /// Most bytes that one byte of deflate data can expand to.
  static let largestRatio = 1032

  private let file: String
  private let input: ArraySlice<UInt8>
  private let format: Format
  private let stream: UnsafeMutablePointer<z_stream>
  private var consumed = 0
  private var isFinished = false

  init(_ input: ArraySlice<UInt8>, format: Format, file: String) throws(DataError) {
    self.input = input
    self.format = format
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let windowBits: Int32 =
      switch format {
      case .gzip: 15 + 16
      case .raw: -15
      }
    let status = inflateInit2_(
      stream, windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .corrupt(file, reason: "zlib status \(status)") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Upper bound of the number of bytes still to be decompressed.
  var remainingBound: Int {
    let (bound, overflow) = (input.count - consumed).multipliedReportingOverflow(
      by: Self.largestRatio)
    return overflow ? Int.max : bound + (64 << 10)
  }

  /// Fills `output` as far as the data goes.
  /// - Returns: the number of bytes written.
  func read(into output: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var written = 0
    while written < output.count, !isFinished {
      let (used, made, status) = step(
        into: UnsafeMutableRawBufferPointer(rebasing: output[written...]))
      consumed += used
      written += made
      switch status {
      case Z_OK: continue
      case Z_STREAM_END: try finishMember()
      case Z_BUF_ERROR where used == 0 && made == 0:
        throw .corrupt(file, reason: "it ends early")
      case Z_BUF_ERROR: continue
      default: throw .corrupt(file, reason: message(status))
      }
    }
    return written
  }

  private func step(
    into output: UnsafeMutableRawBufferPointer
  ) -> (used: Int, made: Int, status: Int32) {
    input.withUnsafeBufferPointer { source in
      // zlib counts in 32 bits.
      let available = min(source.count - consumed, 1 << 30)
      let room = min(output.count, 1 << 30)
      let start = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
      stream.pointee.next_in = start
      stream.pointee.avail_in = UInt32(available)
      stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room)
      let status = inflate(stream, Z_NO_FLUSH)
      return (
        available - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out), status
      )
    }
  }

  /// A gzip file may hold several members one after another.
  private func finishMember() throws(DataError) {
    let rest = input.dropFirst(consumed)
    if case .gzip = format, rest.starts(with: [0x1F, 0x8B]) {
      guard inflateReset(stream) == Z_OK else { throw .corrupt(file, reason: "zlib reset failed") }
    } else {
      isFinished = true
    }
  }

  private func message(_ status: Int32) -> String {
    stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
  }
}
