import AutoPrune
import Foundation
import PruneSupport

/// Time of fitting predictors against scikit-learn: same rows, same threads, one run.
enum FitSpeed: Benchmark {
  static let name = "fit-speed"
  static let summary =
    "logistic regression (5 million × 32) and decision tree (1 million × 32) against scikit-learn"

  private struct Peer: Decodable {
    let seconds: Double
    let version: String
    let point: [Double]?
    let auc: Double?
    let leaves: Int?
  }

  private static let ridge = 1.0
  private static let leaves = 64
  private static let smallestLeaf = 20

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let count = setting.isSmoke ? 20_000 : 5_000_000
    let treeCount = setting.isSmoke ? 10_000 : 1_000_000
    let held = setting.isSmoke ? 5_000 : 250_000
    let rows = BenchRows(count: count, seed: 3)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-bench-\(UUID()).f32")
    defer { try? FileManager.default.removeItem(at: file) }
    try rows.write(to: file)
    let context = Context(setting: setting, rows: rows, file: file.path)
    return try logistic(context) + tree(context, count: treeCount, held: held)
  }

  private struct Context {
    let setting: BenchSetting
    let rows: BenchRows
    let file: String

    func peer(_ kind: String, count: Int, held: Int) throws -> Peer {
      let python = PeerScript.root.appendingPathComponent("../../.venv/bin/python").standardized
      return try PeerScript(name: "sklearn_fit.py", interpreter: python.path).run(
        [
          file, "--kind", kind, "--columns", "\(BenchRows.columnCount)", "--count", "\(count)",
          "--held", "\(held)", "--total", "\(rows.labels.count)", "--threads",
          "\(setting.threads)", "--ridge", "\(ridge)", "--leaves", "\(leaves)",
          "--smallest-leaf", "\(smallestLeaf)",
        ], as: Peer.self)
    }

    func row(
      _ what: String, _ value: Double, _ unit: String, peer: Double?, target: Double?,
      version: String
    ) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: value, unit: unit, peer: peer,
        peerName: "scikit-learn \(version)", target: target, threads: setting.threads,
        versions: setting.versions)
    }
  }

  private static func logistic(_ context: Context) throws -> [BenchRow] {
    let count = context.rows.labels.count
    let start = ContinuousClock.now
    let rows = try context.rows.labelled(0..<count)
    var fit = LogisticFit()
    fit.ridge = .fixed(ridge)
    let solution = try fit.fit(rows)
    let seconds = (ContinuousClock.now - start).seconds
    let peer = try context.peer("logistic", count: count, held: 0)
    let own = objective(solution.coefficients, solution.intercept, fit, rows)
    let point = peer.point ?? []
    let other = objective(Array(point.dropLast()), point.last ?? 0, fit, rows)
    let what = "logistic, \(count) × \(BenchRows.columnCount)"
    return [
      context.row(
        "\(what), \(solution.evaluations) passes", seconds, "s", peer: peer.seconds,
        target: peer.seconds / 2, version: peer.version),
      context.row(
        "\(what): times as fast", peer.seconds / seconds, "×", peer: 1, target: 2,
        version: peer.version),
      context.row(
        "\(what): penalised negative log-likelihood above the peer's, relative", own / other - 1,
        "", peer: 0, target: 1e-6, version: peer.version),
    ]
  }

  /// Objective per row that both fits minimise, computed by the same code.
  private static func objective(
    _ coefficients: [Double], _ intercept: Double, _ fit: LogisticFit, _ rows: LabelledRows
  ) -> Double {
    fit.meanLoss(of: coefficients, intercept: intercept, on: rows)
      + 0.5 * ridge / Double(rows.count) * coefficients.reduce(0) { $0 + $1 * $1 }
  }

  private static func tree(_ context: Context, count: Int, held: Int) throws -> [BenchRow] {
    let all = context.rows.labels.count
    var rows = try context.rows.labelled(0..<count)
    // The column of the target sparsity, which is the same for all.
    rows.columns.append([Float](repeating: 0, count: count))
    var fit = DecisionTreeFit()
    fit.maximumLeaves = leaves
    fit.minimumLeafWeight = Double(smallestLeaf)
    fit.maximumDepth = SplitTree.maximumDepth
    fit.binCount = 255
    let names = (0..<BenchRows.columnCount).map { "column \($0)" }
    let start = ContinuousClock.now
    let predictor = try fit.fit(rows, featureNames: names)
    let seconds = (ContinuousClock.now - start).seconds
    let peer = try context.peer("tree", count: count, held: held)
    let scores = predictor.scores(
      for: table(context.rows, all - held..<all, names), targetDensity: 0.1)[0]
    let area = RankedArea.area(
      scores: scores, labels: Array(context.rows.labels[(all - held)...]))
    let what = "tree, \(count) × \(BenchRows.columnCount)"
    let peerArea = peer.auc ?? .nan
    return [
      context.row(
        "\(what), \(predictor.tree.leafCount) leaves (peer \(peer.leaves ?? 0))", seconds, "s",
        peer: peer.seconds, target: peer.seconds / 5, version: peer.version),
      context.row(
        "\(what): times as fast", peer.seconds / seconds, "×", peer: 1, target: 5,
        version: peer.version),
      context.row(
        "\(what): held-out AUC", area, "", peer: peerArea, target: peerArea - 0.002,
        version: peer.version),
    ]
  }

  private static func table(
    _ rows: BenchRows, _ range: Range<Int>, _ names: [String]
  ) -> FeatureTable {
    let layer = PrunableLayer(
      name: "rows", kind: .linear, parameter: "w", shape: [1, range.count],
      layout: WeightLayout(outputs: 1, inputs: range.count), nodes: [])
    return FeatureTable(
      names: names,
      layers: [LayerFeatures(layer: layer, columns: rows.columns.map { Array($0[range]) })])
  }
}
