/// Why a predictor cannot be fitted.
public enum PredictorError: Error, Hashable, CustomStringConvertible {
  /// Nothing to learn from; the value says of what.
  case noData(String)
  /// Arrays that belong together differ in length; `what` is counted.
  case wrongCount(what: String, got: Int, expected: Int)
  /// A number that cannot be used; `got` and `expected` as they are to be read.
  case outOfRange(what: String, got: String, expected: String)
  /// Every label is the same, so that nothing tells survivors from removed connections.
  case oneClass(rows: Int, label: Float)
  /// Fewer families (architecture × data set) than can be held out in turn.
  case tooFewFamilies(got: Int, needed: Int)
  /// The network of a task has no prunable connection left.
  case noTargets(task: String)
  /// The parts of a task do not fit each other, or the engine gives no gradient for it.
  case brokenTask(task: String, reason: String)

  public var description: String {
    switch self {
    case .noData(let what): "there is no \(what) to fit to; archive some runs first"
    case .wrongCount(let what, let got, let expected): "got \(got) \(what), expected \(expected)"
    case .outOfRange(let what, let got, let expected): "\(what) is \(got), expected \(expected)"
    case .oneClass(let rows, let label):
      "all \(rows) labels are \(label); fitting needs survivors and removed connections"
    case .tooFewFamilies(let got, let needed):
      "cross-validation needs at least \(needed) families of networks, got \(got)"
    case .noTargets(let task): "task '\(task)' has no prunable connection left"
    case .brokenTask(let task, let reason): "task '\(task)': \(reason)"
    }
  }
}
