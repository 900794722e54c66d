/// Why units cannot be cut out of a graph.
public enum SurgeryError: Error, Hashable, CustomStringConvertible {
  /// Ids that are no units of the analysis; it may be of another graph.
  case unknownUnits([Int])
  /// All units of one axis were to go; a tensor without elements computes nothing.
  case emptied(units: Int, group: String)
  /// A stored tensor has another shape than when the graph was analysed.
  case changed(parameter: String, got: [Int], expected: [Int])
  /// A tensor of a type that cannot be cut, or not be stored again.
  case unsliceable(parameter: String, type: String)

  public var description: String {
    switch self {
    case .unknownUnits(let ids):
      "the analysis holds no units \(ids.prefix(5).map(String.init).joined(separator: ", ")); analyse this graph again"
    case .emptied(let units, let group):
      "removing all \(units) units of an axis in group '\(group)' would leave it empty; keep at least one"
    case .changed(let parameter, let got, let expected):
      "'\(parameter)' has shape \(got), but \(expected) when the graph was analysed; analyse it again"
    case .unsliceable(let parameter, let type):
      "cannot cut '\(parameter)' of type \(type); convert the model to float32 first"
    }
  }
}
