internal import CTorch
internal import PruneCore

typealias MessageOut = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Makes one shim call that yields one tensor; a failing status becomes ``EngineError``.
func shim(
  _ operation: String, keeping operands: TorchTensor?...,
  call: (inout ct_tensor, MessageOut) -> ct_status
) throws(EngineError) -> TorchTensor {
  var out = ct_tensor()
  var message: UnsafeMutablePointer<CChar>?
  let status = withExtendedLifetime(operands) { call(&out, &message) }
  defer { ct_string_free(message) }
  guard status == CT_OK else { throw EngineError(status, in: operation, message) }
  return TorchTensor(adopting: out)
}

/// Makes one shim call that yields a fixed number of tensors.
func shim(
  _ operation: String, yielding count: Int, keeping operands: TorchTensor?...,
  call: (UnsafeMutablePointer<ct_tensor>, MessageOut) -> ct_status
) throws(EngineError) -> [TorchTensor] {
  var outs = [ct_tensor](repeating: ct_tensor(), count: count)
  var message: UnsafeMutablePointer<CChar>?
  var status = CT_INTERNAL
  withExtendedLifetime(operands) {
    outs.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { status = call(base, &message) }
    }
  }
  defer { ct_string_free(message) }
  guard status == CT_OK else { throw EngineError(status, in: operation, message) }
  return outs.map(TorchTensor.init(adopting:))
}

/// Makes one shim call that yields no tensor.
func check(
  _ operation: String, keeping operands: TorchTensor?..., call: (MessageOut) -> ct_status
) throws(EngineError) {
  var message: UnsafeMutablePointer<CChar>?
  let status = withExtendedLifetime(operands) { call(&message) }
  defer { ct_string_free(message) }
  guard status == CT_OK else { throw EngineError(status, in: operation, message) }
}

extension EngineError {
  /// Error of a failed shim call; ``located(at:)`` fills in the node where the call came from one.
  init(_ status: ct_status, in operation: String, _ message: UnsafeMutablePointer<CChar>?) {
    let text = message.map { String(cString: $0) } ?? "no message"
    self =
      status == CT_OUT_OF_MEMORY
      ? .outOfMemory(operation: operation, node: "")
      : .failed(operation: operation, node: "", message: text)
  }

  /// The error with operator and node named where the shim could not know them.
  func located(at node: Node) -> EngineError {
    switch self {
    case .failed(_, "", let message):
      .failed(operation: node.operation, node: node.label, message: message)
    case .outOfMemory(_, ""): .outOfMemory(operation: node.operation, node: node.label)
    default: self
    }
  }

  /// Error for numbers in the graph that do not fit the data; the executor adds the node.
  static func misfit(_ message: String) -> EngineError {
    .failed(operation: "", node: "", message: message)
  }
}

extension TorchTensor? {
  /// Handle of the tensor, or "none".
  var handle: ct_tensor { self?.handle ?? ct_tensor() }
}

extension [Int] {
  /// Lends the numbers to a shim call.
  func withExtents<Result>(_ body: (ct_extents) -> Result) -> Result {
    map { Int64($0) }.withUnsafeBufferPointer {
      body(ct_extents(values: $0.baseAddress, count: $0.count))
    }
  }
}

extension [TorchTensor] {
  /// Lends the handles to a shim call.
  func withHandles<Result>(_ body: (ct_tensors) -> Result) -> Result {
    withExtendedLifetime(self) {
      map(\.handle).withUnsafeBufferPointer {
        body(ct_tensors(values: $0.baseAddress, count: $0.count))
      }
    }
  }
}
