import PruneController
import PruneCore
import SVGCharts

/// Charts of a report as SVG. Marks and bars name their numbers by path in the JSON.
enum ReportCharts {
  /// Chart of the metric on the validation part against the sparsity, round by round.
  static func rounds(of report: PruneReport) -> String {
    let metric = report.metric
    let isFraction = [.accuracy, .top5, .fidelity].contains(metric)
    let points = report.rounds.enumerated().map { position, round in
      ScatterChart.Point(
        x: round.sparsity, y: round.metric, isFilled: round.decision == .accepted,
        label: "round \(position + 1): sparsity \(Format.percent(round.sparsity)), "
          + "\(metric.rawValue) \(Format.metric(round.metric, metric)), "
          + round.decision.words,
        attributes: [
          "data-path": "rounds.\(position)", "data-density": "\(round.densityAfter)",
          "data-metric": "\(round.metric)",
        ])
    }
    var levels: [ScatterChart.Level] = []
    if let first = report.rounds.first {
      let sign = metric.isHigherBetter ? 1.0 : -1.0
      let dense = first.metric + sign * first.dropPoints / 100
      levels.append(ScatterChart.Level(y: dense, label: "dense"))
    }
    let chart = ScatterChart(
      points: points, levels: levels,
      xAxis: Axis(
        "sparsity", covering: points.map(\.x), isFraction: true, within: 0...1),
      yAxis: Axis(
        "\(metric.rawValue) on the validation part",
        covering: points.map(\.y) + levels.map(\.y), isFraction: isFraction,
        within: isFraction ? 0...1 : -.infinity ... .infinity))
    let accepted = report.rounds.filter { $0.decision == .accepted }
    let best = accepted.map(\.sparsity).max()
    return chart.picture(
      identifier: "rounds", title: "\(metric.rawValue) against sparsity",
      description: "\(report.rounds.count) rounds, \(accepted.count) accepted"
        + (best.map { ", the sparsest of them at \(Format.percent($0))" } ?? "") + ". "
        + "The table below holds every number."
    ).svg
  }

  /// Chart of the sparsity of each layer.
  static func layers(of report: PruneReport) -> String {
    let bars = report.layers.enumerated().map { position, layer in
      BarChart.Bar(
        name: layer.name, value: layer.sparsity, text: Format.percent(layer.sparsity),
        attributes: ["data-path": "layers.\(position).sparsity", "data-value": "\(layer.sparsity)"])
    }
    let described = report.layers.prefix(12).map { "\($0.name) \(Format.percent($0.sparsity))" }
    return BarChart(bars: bars, range: 0...1).picture(
      identifier: "layers", title: "Sparsity per layer",
      description: described.joined(separator: ", ")
        + (report.layers.count > 12 ? " and \(report.layers.count - 12) more" : "")
    ).svg
  }

  /// Chart of the features with the largest separations.
  static func features(_ features: [FeatureInfluence]) -> String {
    let shown = features.prefix(12)
    let bars = shown.enumerated().map { position, influence in
      BarChart.Bar(
        name: influence.feature, value: influence.separation,
        text: Format.points(influence.separation),
        attributes: [
          "data-path": "features.\(position).separation", "data-value": "\(influence.separation)",
        ])
    }
    return BarChart(bars: bars).picture(
      identifier: "features", title: "Features that decided",
      description: shown.prefix(5).map {
        "\($0.feature) \(Format.points($0.separation))"
      }.joined(separator: ", ")
    ).svg
  }
}
