public import PruneCore

extension ExampleSet {
  /// A set of examples that are in memory already; numbers are left as they are.
  ///
  /// - Parameters:
  ///   - inputs: one tensor `[N, …]` per input of the network.
  ///   - targets: classes `[N]`, or `[N · T]` for sequences, or values `[N, …]`.
  ///   - name: name of the data in messages.
  /// - Throws: ``DataError`` where counts differ, a number is not finite or a label is negative.
  public init(
    inputs: [HostTensor], targets: Batch.Targets = .none, named name: String
  ) throws(DataError) {
    var columns: [Column] = []
    for input in inputs {
      guard let values = input.floats, !input.shape.isEmpty else {
        throw .wrongArray(
          name, name: "x", got: "\(input.elementType) of shape \(input.shape)",
          expected: "numbers of shape [N, …]")
      }
      let shape = Array(input.shape.dropFirst())
      columns.append(
        Column(
          storage: .floats(values), shape: shape,
          normalization: try Normalization(
            DataOptions(isRaw: true), divisor: 1, shape: shape, isPixels: false)))
    }
    let count = inputs.first?.shape.first ?? 0
    try self.init(
      source: name, columns: columns,
      targets: try Self.targets(targets, of: count, named: name))
  }

  /// The same examples with other targets.
  ///
  /// - Parameter targets: classes `[N]`, or `[N · T]` for sequences, or values `[N, …]`.
  /// - Throws: ``DataError/wrongArray(_:name:got:expected:)`` where counts differ.
  package func labelled(_ targets: Batch.Targets) throws(DataError) -> ExampleSet {
    var result = self
    result.targets = try Self.targets(targets, of: count, named: source)
    return result
  }

  private static func targets(
    _ targets: Batch.Targets, of count: Int, named name: String
  ) throws(DataError) -> Targets {
    switch targets {
    case .none: return .none
    case .labels(let labels):
      guard count > 0, labels.count.isMultiple(of: count), !labels.isEmpty else {
        throw .wrongArray(
          name, name: "y", got: "\(labels.count) labels", expected: "a multiple of \(count)")
      }
      return .labels(labels, perExample: labels.count / count)
    case .values(let tensor):
      guard let values = tensor.floats, tensor.shape.first == count else {
        throw .wrongArray(
          name, name: "y", got: "\(tensor.elementType) of shape \(tensor.shape)",
          expected: "numbers of shape [\(count), …]")
      }
      return .values(values, shape: Array(tensor.shape.dropFirst()))
    }
  }
}

extension DataSet {
  /// A data set that is in memory already.
  ///
  /// - Parameters:
  ///   - name: name of the data in messages and archives.
  ///   - train: examples for training, validation and certification.
  ///   - test: examples only ever reported on; `nil` sets a fifth of `train` aside by `seed`.
  ///   - seed: seed of that choice.
  /// - Throws: ``DataError`` where the parts do not fit together.
  public init(
    name: String, train: ExampleSet, test: ExampleSet? = nil, seed: UInt64 = 0
  ) throws(DataError) {
    try self.init(
      name: name, format: .embedded, parts: LoadedParts(train: train, test: test), seed: seed)
  }
}
