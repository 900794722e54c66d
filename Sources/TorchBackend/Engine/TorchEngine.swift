internal import CTorch
public import PruneCore

/// Runs and trains graphs with libtorch on the CPU.
///
/// One engine sets the thread count of the whole process. The same graph, seed and thread count
/// give the same bytes.
///
/// A graph exported for a fixed batch runs on other batch sizes in one pass where that is proved
/// to be the same (see `BatchPlanner`) and a self-check on the first such batch agrees; in
/// pieces of the exported size otherwise. Outputs are joined along axis 0; one that does not
/// depend on the examples is returned once when the batch ran in one pass.
public final class TorchEngine: Engine {
  public typealias Program = TorchProgram

  /// Number types of the engine's products and sums, one for all its programs.
  public let precision: Precision
  let registry = OperatorRegistry()

  /// - Parameters:
  ///   - threads: OpenMP threads of the process; `nil` for one per core.
  ///   - precision: number types of products and sums.
  /// - Throws: `EngineError.failed` for a number of threads that is not positive.
  public init(threads: Int? = nil, precision: Precision = .float32) throws(EngineError) {
    guard let count = Int32(exactly: threads ?? 0), threads.map({ $0 > 0 }) ?? true else {
      throw .failed(
        operation: "start", node: "",
        message: "the number of threads is \(threads ?? 0), expected at least 1")
    }
    self.precision = precision
    try check("start") { ct_configure(count, $0) }
  }

  /// Version of the linked libtorch.
  public static var libraryVersion: String { String(cString: ct_version()) }

  public var identity: EngineIdentity {
    EngineIdentity(
      name: "libtorch", version: Self.libraryVersion, threads: Int(ct_threads()))
  }

  /// ONNX operator types that the engine runs, sorted: those of the registry and `If`.
  public var supportedOperators: [String] { (registry.operations + ["If"]).sorted() }

  public func prepare(_ graph: Graph) throws(EngineError) -> TorchProgram {
    var builder = ProgramBuilder(graph, registry: registry, context: evaluationContext)
    return try builder.build()
  }

  var evaluationContext: ExecutionContext {
    ExecutionContext(real: precision.real, multipliesReduced: precision == .bfloat16)
  }

  func trainingContext(statisticsWeight: Double) -> ExecutionContext {
    var context = evaluationContext
    context.normalization = .batch(weight: statisticsWeight)
    return context
  }
}

/// Floating-point types that an engine multiplies and accumulates in.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// Products and sums in single precision.
  case float32
  /// Products of convolutions and matrix products in bfloat16; weights, sums and everything else in
  /// float32.
  case bfloat16
  /// Products and sums in double precision; slow, meant for checks of gradients.
  case float64

  var real: RealType { self == .float64 ? .float64 : .float32 }
}
