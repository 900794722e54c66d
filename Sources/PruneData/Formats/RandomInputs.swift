public import PruneCore
import PruneSupport

extension DataSet {
  /// A data set of unlabelled inputs drawn at random in the shapes that a graph declares, for a network without data.
  ///
  /// Numbers are normal with mean 0 and variance 1, in images and sequences with equal power in every octave; whole
  /// numbers, such as tokens, are uniform below the number of rows of the table that they look up, or 0 and 1 where they
  /// look up none. What a network does on such inputs says little about what it does on real ones.
  ///
  /// - Parameters:
  ///   - graph: network to draw inputs for.
  ///   - examples: number of examples, 10 … 10,000,000.
  ///   - seed: seed of the drawing and of the choice of test examples.
  ///   - openExtent: elements of each symbolic axis but the first.
  /// - Throws: ``DataError`` where an input declares no shape or an element type that cannot be drawn.
  public static func random(
    for graph: Graph, examples: Int, seed: UInt64 = 0, openExtent: Int = 16
  ) throws(DataError) -> DataSet {
    let name = "random:\(examples)"
    guard examples >= 10, examples <= 10_000_000 else {
      throw .badOption(
        "--data random:N", got: "\(examples)", expected: "10 to 10,000,000 examples")
    }
    var columns: [Column] = []
    var bytes = 0
    for input in graph.dataInputs {
      let column = try column(
        for: input, of: graph, examples: examples, seed: seed, openExtent: openExtent,
        named: name, bytes: &bytes)
      columns.append(column)
    }
    return try DataSet(
      name: name, train: try ExampleSet(source: name, columns: columns), seed: seed)
  }

  private static func column(
    for input: ValueInfo, of graph: Graph, examples: Int, seed: UInt64, openExtent: Int,
    named name: String, bytes: inout Int
  ) throws(DataError) -> Column {
    guard let declared = input.shape, !declared.isEmpty else {
      throw .wrongArray(
        name, name: input.name, got: "declared without a shape by the model",
        expected: "a shape to draw inputs of; give data instead")
    }
    let shape = declared.dropFirst().map { axis in
      if case .fixed(let extent) = axis { max(1, extent) } else { openExtent }
    }
    guard let size = checkedCount(shape), case let needed = size.multipliedReportingOverflow(by: 8),
      case let all = needed.partialValue.multipliedReportingOverflow(by: examples),
      !needed.overflow, !all.overflow, all.partialValue + bytes <= mostBytes
    else {
      throw .tooLarge(name, neededBytes: .max, limitBytes: mostBytes)
    }
    bytes += all.partialValue
    var generator = SeededGenerator(seed: seed, stream: "random inputs \(input.name)")
    let normalization = try Normalization(
      DataOptions(isRaw: true), divisor: 1, shape: shape, isPixels: false)
    let storage: Column.Storage
    switch input.elementType ?? .float32 {
    case .int64, .int32:
      let bound = Double(max(2, graph.tableRows(lookedUpBy: input.name) ?? 2))
      storage = .integers((0..<size * examples).map { _ in Int64(generator.uniform() * bound) })
    case .float32, .float64, .float16, .bfloat16:
      let noise = OctaveNoise(shape: shape)
      storage = .floats((0..<examples).flatMap { _ in noise.example(using: &generator) })
    default:
      throw .wrongArray(
        name, name: input.name, got: "of type \(input.elementType ?? .float32)",
        expected: "a floating-point or whole-number type; give data instead")
    }
    return Column(
      name: input.name, storage: storage, shape: shape, normalization: normalization)
  }

  /// Largest size of all inputs together, 4 GiB.
  private static var mostBytes: Int { 1 << 32 }
}

extension Graph {
  /// Number of rows of the stored tensor that a `Gather` indexes by this value; `nil` where there is none.
  fileprivate func tableRows(lookedUpBy value: String) -> Int? {
    let stored = parameters()
    for node in nodes where node.operation == "Gather" && node.inputs.count > 1 {
      if node.inputs[1] == value, let rows = stored[node.inputs[0]]?.shape.first { return rows }
    }
    return nil
  }
}
