import AutoPrune
import Foundation

/// Held-out accuracy against the number of archived runs that θ was fitted to.
struct LearningCurve: Codable {
  struct Point: Codable {
    /// 0 is the prior set by hand.
    let runs: Int
    /// Mean accuracy over networks and sparsities, a number per draw.
    let draws: [Double]

    var mean: Double { draws.reduce(0, +) / Double(max(1, draws.count)) }
  }

  /// By rising number of runs.
  let points: [Point]
  let families: [String]
  let sparsities: [Double]
  /// Options that θ was fitted with; empty for those of the shipped presets.
  let fitOptions: String
  /// Whether selections and scores are on the examples archived beside the networks.
  let usesArchivedExamples: Bool

  /// - Parameter cells: of methods named `N runs`, a draw per seed; draws that are not complete are left out.
  init(_ cells: [HeldOutCell], fitOptions: String, usesArchivedExamples: Bool) {
    self.fitOptions = fitOptions
    self.usesArchivedExamples = usesArchivedExamples
    families = Set(cells.map(\.family)).sorted()
    sparsities = Set(cells.map(\.sparsity)).sorted()
    let whole = families.count * sparsities.count
    points = Dictionary(grouping: cells, by: \.method).compactMap { method, cells in
      let draws = Dictionary(grouping: cells, by: \.seed).sorted { $0.key < $1.key }
        .map(\.value).filter { $0.count == whole }
        .map { cells in cells.reduce(0) { $0 + $1.metric } / Double(cells.count) }
      guard let runs = Int(method.prefix { $0.isNumber }), !draws.isEmpty else { return nil }
      return Point(runs: runs, draws: draws)
    }.sorted { $0.runs < $1.runs }
  }

  /// The command that makes it.
  var command: String {
    (["swift run -c release Training learning-curve", fitOptions]
      + (usesArchivedExamples ? ["--archived-examples"] : []))
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// A table in Markdown.
  var text: String {
    func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
    let rows = points.map { point in
      let range = "\(percent(point.draws.min() ?? 0)) … \(percent(point.draws.max() ?? 0))"
      return "| \(point.runs) | \(percent(point.mean)) | \(range) | \(point.draws.count) |"
    }
    return
      (["| runs | mean accuracy | lowest … highest draw | draws |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n")
  }
}
