import PruneCore
import Testing

@testable import TorchBackend

/// Attributes that cannot be honoured are refused by name before any work; numbers that do not fit
/// are errors.
@Suite("operators refuse")
struct OperatorRefusalTests {
  private func make(
    _ operation: String, inputs: Int, outputs: Int = 1, opset: Int = 17,
    _ attributes: [Attribute] = [], constants: [Int: HostTensor] = [:]
  ) throws(EngineError) -> any GraphOperator {
    let node = Node(
      operation, name: "the node", inputs: (0..<inputs).map { "i\($0)" },
      outputs: (0..<outputs).map { "o\($0)" }, attributes: attributes)
    let stored = Dictionary(uniqueKeysWithValues: constants.map { ("i\($0.key)", $0.value) })
    return try OperatorRegistry().makeOperator(
      NodeReader(node: node, opset: opset, constant: { stored[$0] }))
  }

  @Test(
    "unsupported attributes by name",
    arguments: [
      ("LSTM", 3, Attribute("clip", .float(1)), "clip"),
      ("LSTM", 3, Attribute("input_forget", .int(1)), "input_forget"),
      ("GRU", 3, Attribute("activations", .strings([Array("Relu".utf8)])), "activations"),
      ("Resize", 3, Attribute("antialias", .int(1)), "antialias"),
      ("BatchNormalization", 5, Attribute("training_mode", .int(1)), "training_mode"),
      ("BatchNormalization", 5, Attribute("spatial", .int(0)), "spatial"),
      ("Conv", 2, Attribute("auto_pad", .string(Array("SAME".utf8))), "auto_pad"),
      ("Conv", 2, Attribute("strides", .ints([0, 1])), "strides"),
      ("Conv", 2, Attribute("pads", .ints([-1, 0, 0, 0])), "pads"),
      ("MaxPool", 1, Attribute("ceil_mode", .int(1)), "kernel_shape"),
      ("Transpose", 1, Attribute("perm", .ints([0, 0])), "perm"),
      ("Pad", 2, Attribute("mode", .string(Array("mirror".utf8))), "mode"),
      ("Concat", 2, Attribute("new_axis", .int(1)), "new_axis"),
      ("LRN", 1, Attribute("size", .int(-1)), "size"),
    ])
  func attribute(_ operation: String, _ inputs: Int, _ attribute: Attribute, _ named: String) {
    let error = #expect(throws: EngineError.self) {
      _ = try make(operation, inputs: inputs, [attribute])
    }
    #expect(error?.description.contains(named) ?? false)
    #expect(error?.description.contains("the node") ?? false)
  }

  @Test("peepholes and indices of maxima")
  func optionalOperands() {
    #expect(throws: EngineError.self) { _ = try make("LSTM", inputs: 8) }
    #expect(throws: EngineError.self) {
      _ = try make("MaxPool", inputs: 1, outputs: 2, [Attribute("kernel_shape", .ints([2, 2]))])
    }
  }

  @Test(
    "numbers that do not fit the data",
    arguments: [
      ("Reshape", [[7]]), ("Reshape", [[0, 0, 0]]), ("Reshape", [[-1, -1]]),
      ("Reshape", [[.max, 2]]),
      ("Expand", [[1 << 40, 2, 3]]), ("Expand", [[5, 3]]), ("Tile", [[1 << 40, 1]]),
      ("Tile", [[.max, .max]]), ("Tile", [[1]]), ("Pad", [[.max, 0, 0, 0]]),
      ("Pad", [[-9, 0, 0, 0]]),
      ("Pad", [[1, 1]]), ("Slice", [[0], [1], [7]]), ("Slice", [[0], [1], [0], [0]]),
      ("Squeeze", [[0]]), ("Unsqueeze", [[9]]), ("Gather", [[5]]), ("Gather", [[.min]]),
      ("GatherND", [[2, 0]]), ("Split", [[1, 5]]), ("Split", [[.max, 2]]),
    ] as [(String, [[Int64]])])
  func misfits(_ operation: String, _ lists: [[Int64]]) throws {
    var constants: [Int: HostTensor] = [:]
    for (index, list) in lists.enumerated() {
      constants[index + 1] = HostTensor(list, shape: [list.count])
    }
    let implementation = try make(
      operation, inputs: lists.count + 1, outputs: operation == "Split" ? 2 : 1,
      constants: constants)
    let data = try TorchTensor(HostTensor([Float](repeating: 1, count: 6), shape: [2, 3]))
    var inputs: [TorchTensor?] = [data]
    for index in lists.indices {
      inputs.append(try constants[index + 1].map { try TorchTensor($0) })
    }
    #expect(throws: EngineError.self) {
      _ = try implementation.run(OperatorInputs(inputs), in: ExecutionContext())
    }
  }

  @Test(
    "slices at the edges of Int",
    arguments: [
      (-1, Int.min, -1, 4, 3, -1, 4), (0, Int.max, 1, 4, 0, 1, 4),
      (Int.max, Int.min, Int.min, 4, 0, 1, 1),
      (5, 9, 1, 4, 0, 1, 0), (1, Int.max, 2, 4, 1, 2, 2), (0, 0, 1, 0, 0, 1, 0),
    ])
  func slices(
    _ start: Int, _ end: Int, _ step: Int, _ extent: Int, _ first: Int, _ stride: Int, _ count: Int
  ) throws {
    let range = try Slice.Range(start: start, end: end, step: step, extent: extent)
    if count > 0, step != .min { #expect(range.start == first && range.step == stride) }
    #expect(range.count == count)
  }
}
