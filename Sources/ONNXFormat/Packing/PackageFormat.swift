/// Layout of a package: a header, records, an end.
///
/// ```
/// header  magic:8  version:1  size:8
/// plain   0      size:4                    stream
/// words   width  size:4  nonzero:4 gaps:4  stream stream×width
/// end     255    crc32:4
/// stream         size:4                    Zstandard frame
/// ```
/// `size` of the header and of a record counts bytes of the original file; numbers are little-endian.
enum PackageFormat {
  /// Like PNG's: shows transfers that change line ends or drop the highest bit.
  static let magic: [UInt8] = [0x89, 0x41, 0x50, 0x5A, 0x0D, 0x0A, 0x1A, 0x0A]
  static let version: UInt8 = 1
  static let plain: UInt8 = 0
  static let end: UInt8 = 255
  static let wordWidths: [UInt8] = [1, 2, 4, 8]
  /// Bytes of the original in one record: bounds the memory of unpacking, whatever a file says.
  static let largestRecordBytes = 4 << 20
}
