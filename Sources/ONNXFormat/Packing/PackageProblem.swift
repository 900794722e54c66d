/// What is wrong with a package, or with a model that is to become one.
public enum PackageProblem: Error, Hashable, CustomStringConvertible {
  /// The file does not begin as packages do.
  case notAPackage
  /// The package states a format version that this program does not know.
  case newerVersion(Int)
  /// The header states more bytes than an ONNX file can have.
  case tooLarge(UInt64)
  /// The file ends early; both in bytes.
  case cutOff(needed: Int, available: Int)
  /// A part does not decode, near this byte of the package.
  case damaged(offset: Int, reason: String)
  /// Everything decodes, but not to the bytes that were packed.
  case checksumDiffers
  /// The model keeps weights in other files.
  case externalData

  public var description: String {
    switch self {
    case .notAPackage:
      "is no package of `autoprune pack`; give the file that it wrote"
    case .newerVersion(let version):
      "is a package of format \(version), expected \(PackageFormat.version); update autoprune"
    case .tooLarge(let size):
      "announces a model of \(size) bytes, expected at most \(ONNXWriter.protobufLimitBytes); it is damaged, copy it again"
    case .cutOff(let needed, let available):
      "is cut off: \(needed) more bytes are needed, \(available) are left; copy it again"
    case .damaged(let offset, let reason):
      "is damaged near byte \(offset): \(reason); copy it again"
    case .checksumDiffers:
      "is damaged: its checksum differs; copy it again"
    case .externalData:
      "keeps weights in other files, which a package cannot hold; save it as one file first"
    }
  }
}
