import CZlib
import PruneCore

/// Reader of the records of a package, front to back, with memory for one record.
struct PackageReader: ~Copyable {
  /// Size of the packed file, as the header states it.
  let originalBytes: Int
  private let file: String
  private let source: RegularFile
  private var offset: Int
  private var checksum: UInt = 0
  private var remainingBytes: Int

  var packedBytes: Int { source.sizeBytes }

  /// - Throws: ``ONNXError/badPackage(file:problem:)`` where the header is not that of a package.
  init(path: String) throws(ONNXError) {
    let source = try Self.open(path)
    let header: [UInt8]
    do throws(RegularFile.Refusal) {
      header = try source.bytes(in: 0..<min(Self.headerBytes, source.sizeBytes))
    } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
    let size: Int
    do throws(PackageProblem) {
      size = try Self.originalBytes(in: header)
    } catch {
      throw .badPackage(file: path, problem: error)
    }
    self.init(source: source, path: path, originalBytes: size)
  }

  private init(source: consuming RegularFile, path: String, originalBytes: Int) {
    file = path
    self.source = source
    self.originalBytes = originalBytes
    offset = Self.headerBytes
    remainingBytes = originalBytes
  }

  private static func open(_ path: String) throws(ONNXError) -> RegularFile {
    do throws(RegularFile.Refusal) {
      return try RegularFile(path: path)
    } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
  }

  private static let headerBytes = PackageFormat.magic.count + 9

  private static func originalBytes(in header: [UInt8]) throws(PackageProblem) -> Int {
    guard header.starts(with: PackageFormat.magic) else { throw .notAPackage }
    guard header.count == headerBytes else {
      throw .cutOff(needed: headerBytes, available: header.count)
    }
    let version = header[PackageFormat.magic.count]
    guard version == PackageFormat.version else { throw .newerVersion(Int(version)) }
    let size = header.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard size <= UInt64(ONNXWriter.protobufLimitBytes) else { throw .tooLarge(size) }
    return Int(size)
  }

  /// Original bytes of the next record; `nil` after the last, once the checksum is verified.
  mutating func next() throws(ONNXError) -> [UInt8]? {
    let kind = try bytes(1)[0]
    if kind == PackageFormat.end {
      let stated = UInt(try number())
      guard remainingBytes == 0 else {
        throw damaged("it ends \(remainingBytes) bytes early")
      }
      guard stated == checksum else {
        throw .badPackage(file: file, problem: .checksumDiffers)
      }
      guard offset == source.sizeBytes else {
        throw damaged("\(source.sizeBytes - offset) bytes follow its end")
      }
      return nil
    }
    let count = try number()
    guard count > 0, count <= min(PackageFormat.largestRecordBytes, remainingBytes) else {
      throw damaged("a record of \(count) bytes where \(remainingBytes) are left")
    }
    let content = try record(kind, count: count)
    remainingBytes -= count
    checksum = crc32_z(checksum, content, content.count)
    return content
  }

  private mutating func record(_ kind: UInt8, count: Int) throws(ONNXError) -> [UInt8] {
    if kind == PackageFormat.plain { return try stream(count) }
    guard PackageFormat.wordWidths.contains(kind), count % Int(kind) == 0 else {
      throw damaged("a record of kind \(kind) with \(count) bytes")
    }
    let words = count / Int(kind)
    let nonzero = try number()
    let gapCount = try number()
    guard nonzero <= words,
      gapCount <= WordPlanes.gapBound(words: words, nonzero: nonzero)
    else { throw damaged("\(nonzero) words and \(gapCount) gaps among \(words) words") }
    let gaps = try stream(gapCount)
    var planes: [[UInt8]] = []
    for _ in 0..<kind { planes.append(try stream(nonzero)) }
    guard let content = WordPlanes(gaps: gaps, planes: planes).bytes(words: words) else {
      throw damaged("its gaps do not fit its words")
    }
    return content
  }

  private mutating func stream(_ count: Int) throws(ONNXError) -> [UInt8] {
    let size = try number()
    guard size <= ZstdCoder.bound(count) else {
      throw damaged("a stream of \(size) bytes for \(count)")
    }
    let frame = try bytes(size)
    do throws(ZstdCoder.Failure) {
      return try ZstdCoder.decode(frame, count: count)
    } catch {
      throw damaged("zstd reports '\(error.reason)'")
    }
  }

  private mutating func number() throws(ONNXError) -> Int {
    try bytes(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func bytes(_ count: Int) throws(ONNXError) -> [UInt8] {
    guard count <= source.sizeBytes - offset else {
      throw .badPackage(
        file: file, problem: .cutOff(needed: count, available: source.sizeBytes - offset))
    }
    do throws(RegularFile.Refusal) {
      let bytes = try source.bytes(in: offset..<offset + count)
      offset += count
      return bytes
    } catch {
      throw .unreadable(file: file, reason: error.reason)
    }
  }

  private func damaged(_ reason: String) -> ONNXError {
    .badPackage(file: file, problem: .damaged(offset: offset, reason: reason))
  }
}
