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

  /// The same for every program of this engine.
  public let precision: Precision
  let registry = OperatorRegistry()

  /// - Parameters:
  ///   - threads: all cores where `nil`.
  ///   - precision: of convolutions and matrix products.
  /// - Throws: `EngineError.failed` for a number that is not positive.
  public init(threads: Int? = nil, precision: Precision = .float32) throws(EngineError) {
    guard let count = Int32(exactly: threads ?? 0), threads.map({ $0 > 0 }) ?? true else {
      throw .failed(
        operation: "start", node: "",
        message: "the number of threads is \(threads ?? 0), expected at least 1")
    }
    self.precision = precision
    try check("start") { ct_configure(count, $0) }
  }

  /// Version of the libtorch that is linked.
  public static var libraryVersion: String { String(cString: ct_version()) }

  public var identity: EngineIdentity {
    EngineIdentity(
      name: "libtorch", version: Self.libraryVersion, threads: Int(ct_threads()))
  }

  /// Operator types this engine runs, sorted; `If` beside those of the registry.
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

/// What an engine multiplies and accumulates in.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// Everything in single precision.
  case float32
  /// Convolutions and matrix products multiply in bfloat16; weights, sums and everything else stay
  /// float32.
  case bfloat16
  /// For checks of gradients; slow.
  case float64

  var real: RealType { self == .float64 ? .float64 : .float32 }
}
