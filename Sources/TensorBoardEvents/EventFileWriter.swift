package import Foundation

/// Writer of an event file that TensorBoard can read while it grows: every call writes its event to the
/// file.
///
/// - Source: `tensorflow/core/util/event.proto`, `summary.proto` and the TFRecord framing, as the
///   [TFRecord documentation](https://www.tensorflow.org/tutorials/load_data/tfrecord) has it.
package final class EventFileWriter {
  package let file: URL
  private let handle: FileHandle

  /// Value of one tag in an event.
  package enum Value: Hashable, Sendable {
    case scalar(Double)
    case histogram(Histogram)
  }

  /// Creates the folder where it is absent, and a new file in it.
  ///
  /// - Throws: Foundation's error for a folder or file that cannot be written.
  package init(folder: URL, date: Date = Date()) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let process = ProcessInfo.processInfo
    let stem = "events.out.tfevents.\(Int(date.timeIntervalSince1970)).\(process.hostName)"
    let candidates = (0..<Self.mostFiles).lazy.map {
      folder.appendingPathComponent("\(stem).\(process.processIdentifier).\($0)")
    }
    guard let file = candidates.first(where: { !FileManager.default.fileExists(atPath: $0.path) })
    else { throw CocoaError(.fileWriteFileExists, userInfo: [NSFilePathErrorKey: folder.path]) }
    self.file = file
    try Data().write(to: file)
    handle = try FileHandle(forWritingTo: file)
    var event = WireEncoder()
    event.double(date.timeIntervalSince1970, field: 1)
    event.string("brain.Event:2", field: 3)
    try write(event)
  }

  /// Appends one event with all `values` of one step; none where `values` is empty.
  package func write(_ values: [(tag: String, value: Value)], step: Int, date: Date = Date()) throws
  {
    guard !values.isEmpty else { return }
    var summary = WireEncoder()
    for (tag, value) in values {
      var entry = WireEncoder()
      entry.string(tag, field: 1)
      switch value {
      case .scalar(let number): entry.float(Float(number), field: 2)
      case .histogram(let histogram): entry.message(Self.encoded(histogram), field: 5)
      }
      summary.message(entry, field: 1)
    }
    var event = WireEncoder()
    event.double(date.timeIntervalSince1970, field: 1)
    event.integer(Int64(step), field: 2)
    event.message(summary, field: 5)
    try write(event)
  }

  package func close() throws { try handle.close() }

  private static func encoded(_ histogram: Histogram) -> WireEncoder {
    var message = WireEncoder()
    message.double(histogram.least, field: 1)
    message.double(histogram.greatest, field: 2)
    message.double(Double(histogram.count), field: 3)
    message.double(histogram.sum, field: 4)
    message.double(histogram.sumOfSquares, field: 5)
    message.doubles(histogram.limits, field: 6)
    message.doubles(histogram.counts, field: 7)
    return message
  }

  /// Appends a TFRecord: length, its checksum, the event, its checksum.
  private func write(_ event: WireEncoder) throws {
    var length = WireEncoder()
    length.append(littleEndian: UInt64(event.bytes.count))
    var record = length
    record.append(littleEndian: CRC32C.masked(length.bytes))
    record.append(event.bytes)
    record.append(littleEndian: CRC32C.masked(event.bytes))
    try handle.write(contentsOf: Data(record.bytes))
  }

  private static var mostFiles: Int { 10_000 }
}
