/// Why a predictor cannot be fitted.
public enum PredictorError: Error, Hashable, CustomStringConvertible {
  case noData(String)
  case wrongCount(what: String, got: Int, expected: Int)
  case outOfRange(what: String, got: String, expected: String)
  case oneClass(rows: Int, label: Float)
  case tooFewFamilies(got: Int, needed: Int)
  case noTargets(task: String)
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
