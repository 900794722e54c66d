import SwiftProtobuf

/// Opaque rest of a message: the encoded fields that a graph value does not model, kept beside it.
///
/// A field that is present with its default value is kept in the rest, so that presence survives, too.
extension Message {
  func opaqueBytes(file: String) throws(ONNXError) -> [UInt8] {
    do {
      return try serializedBytes(partial: true)
    } catch {
      throw .malformed(
        file: file, field: Self.protoMessageName, offset: 0, reason: "cannot be kept (\(error))")
    }
  }

  init(opaque bytes: [UInt8], file: String) throws(ONNXError) {
    guard !bytes.isEmpty else {
      self.init()
      return
    }
    do {
      try self.init(serializedBytes: bytes, partial: true, options: .onnx)
    } catch {
      throw .malformed(
        file: file, field: Self.protoMessageName, offset: 0,
        reason: "has undecodable opaque bytes (\(error))")
    }
  }
}

extension BinaryDecodingOptions {
  /// Options that allow whatever ``WireScanner`` allows, which has the better error message.
  static var onnx: BinaryDecodingOptions {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = WireScanner.depthLimit + 8
    return options
  }
}
