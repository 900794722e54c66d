/// What is wrong with a package, or with a model that is to become one.
public enum PackageProblem: Error, Hashable, CustomStringConvertible {
  case notAPackage
  case newerVersion(Int)
  /// The header states more bytes than an ONNX file can have.
  case tooLarge(UInt64)
  case cutOff(needed: Int, available: Int)
  case damaged(offset: Int, reason: String)
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
