internal import PruneCore

/// Turns arrays of any type into columns and targets.
enum ArrayParts {
  /// A column of inputs; `uint8` arrays are pixels.
  ///
  /// - Parameter name: the array's name, which may be that of a model's input.
  static func column(
    _ tensor: HostTensor, name: String?, file: String, options: DataOptions,
    allowance: inout MemoryAllowance
  ) throws(DataError) -> Column {
    guard let count = tensor.shape.first else {
      throw .wrongArray(
        file, name: name ?? "x", got: "a single number", expected: "examples along the first axis")
    }
    guard count > 0, tensor.count > 0 else { throw .empty(file) }
    // Splitting and shuffling take memory per example, however small each is.
    try allowance.charge(count, bytesEach: 64)
    let shape = Array(tensor.shape.dropFirst())
    let isPixels = tensor.elementType == .uint8
    let normalization = try Normalization(
      options, divisor: isPixels && !options.isRaw ? 255 : 1, shape: shape, isPixels: isPixels)
    return Column(
      name: name, storage: try storage(tensor, file: file, allowance: &allowance), shape: shape,
      normalization: normalization)
  }

  private static func storage(
    _ tensor: HostTensor, file: String, allowance: inout MemoryAllowance
  ) throws(DataError) -> Column.Storage {
    switch tensor.storage {
    case .uint8(let values): return .bytes(values)
    case .float32(let values): return .floats(values)
    case .int64(let values) where values.allSatisfy { $0.magnitude < 1 << 53 }:
      return .integers(values)
    default:
      // Small integers pass through `Int` on their way.
      try allowance.charge(tensor.count, bytesEach: 12)
      guard let values = tensor.floats else {
        throw .unsupported(
          file, got: "inputs of type \(tensor.elementType)", advice: "convert them to float32")
      }
      return .floats(values)
    }
  }

  /// The targets: whole numbers are classes (per example, or per position for `[N, T]`), other numbers are values.
  ///
  /// Floating-point arrays of one axis that hold only whole numbers ≥ 0 count as classes too.
  static func targets(
    _ tensor: HostTensor, file: String, allowance: inout MemoryAllowance
  ) throws(DataError) -> ExampleSet.Targets {
    guard let count = tensor.shape.first, count > 0, tensor.count > 0 else { throw .empty(file) }
    let shape = Array(tensor.shape.dropFirst())
    let each = shape.reduce(1, *)
    try allowance.charge(tensor.count, bytesEach: 12)
    if !tensor.elementType.isFloatingPoint, let integers = tensor.integers {
      return .labels(integers, perExample: each)
    }
    guard let values = tensor.floats else {
      throw .unsupported(
        file, got: "labels of type \(tensor.elementType)", advice: "convert them to int64")
    }
    if each == 1, values.allSatisfy({ $0 >= 0 && $0 < 1e9 && $0 == $0.rounded() }) {
      return .labels(values.map { Int($0) }, perExample: 1)
    }
    return .values(values, shape: shape)
  }
}
