/// What is wrong with a graph itself.
public enum GraphError: Error, Hashable, CustomStringConvertible {
  /// A tensor is asked for that the graph does not store.
  case unknownParameter(String)
  /// New values for a stored tensor whose element type cannot hold them.
  case unstorable(parameter: String, from: ElementType, to: ElementType)
  /// A node reads a value that nothing before it makes: the graph is unsorted or broken.
  case undefinedValue(String, node: String)
  /// An output of the graph that neither a node nor an input provides.
  case undefinedOutput(String)
  /// Two definitions of one value; `node` says who makes the second, or `graph inputs`, `initializers`.
  case duplicateValue(String, node: String)
  /// NaN in a stored tensor, or an infinity in a weight; `index` in row-major order.
  case nonFinite(parameter: String, index: Int)
  /// No stored weight can be pruned; `operations` are the operators that the graph has instead.
  case nothingPrunable(operations: [String])

  public var description: String {
    switch self {
    case .unknownParameter(let name):
      "the graph stores no tensor named '\(name)'; `autoprune inspect` lists the names"
    case .unstorable(let name, let from, let to):
      "cannot store \(from) values in '\(name)', which holds \(to); convert the model to float32 first"
    case .undefinedValue(let value, let node):
      "node '\(node)' reads '\(value)', which nothing before it defines; sort the nodes topologically or repair the export"
    case .undefinedOutput(let value):
      "the graph output '\(value)' is computed by no node; repair the export"
    case .duplicateValue(let value, let node):
      "node '\(node)' defines '\(value)' a second time; value names must be unique"
    case .nonFinite(let parameter, let index):
      "'\(parameter)' holds NaN or infinity at element \(index); retrain or repair the weights before pruning"
    case .nothingPrunable(let operations):
      "nothing to prune: no Conv, Gemm, MatMul or recurrent node with stored floating-point weights among \(operations.joined(separator: ", "))"
    }
  }
}
