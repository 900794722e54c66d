extension Array where Element: BitwiseCopyable {
  /// `withUnsafeBytes` with a typed error, which the standard library's does not have.
  func withRawBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> Result
  ) throws(ONNXError) -> Result {
    try withUnsafeBufferPointer { buffer throws(ONNXError) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
