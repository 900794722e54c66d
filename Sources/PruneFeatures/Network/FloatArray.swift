extension [Float] {
  /// `count` values, each computed from its index.
  @inline(__always) init(count: Int, _ value: (Int) -> Float) {
    self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count { buffer[index] = value(index) }
      initialized = count
    }
  }
}
