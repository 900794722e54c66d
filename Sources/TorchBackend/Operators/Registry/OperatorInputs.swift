internal import PruneCore

/// The inputs of one operator call; absent optional ones are `nil`.
struct OperatorInputs {
  private let tensors: [TorchTensor?]

  init(_ tensors: [TorchTensor?]) { self.tensors = tensors }

  var count: Int { tensors.count }

  /// `nil` also beyond the last input.
  subscript(position: Int) -> TorchTensor? { position < tensors.count ? tensors[position] : nil }

  func required(_ position: Int) throws(EngineError) -> TorchTensor {
    guard let tensor = self[position] else {
      throw .failed(operation: "", node: "", message: "input \(position) is missing")
    }
    return tensor
  }

  /// Numbers known since prepare time, or read from input `position` now.
  func integers(_ position: Int, unless known: [Int]?) throws(EngineError) -> [Int] {
    if let known { return known }
    return try required(position).integers()
  }

  /// All of a variadic operator's inputs.
  func all() throws(EngineError) -> [TorchTensor] {
    var result: [TorchTensor] = []
    for position in tensors.indices { result.append(try required(position)) }
    return result
  }
}
