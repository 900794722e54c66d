import Foundation
import PruneController
import PruneCore

/// Content of `report.mustache`; property names are those of its tags.
struct ReportContent {
  let modelName: String
  let dataName: String
  let verdict: Verdict
  let comparison: [ComparisonRow]
  let sparsity: Figure
  /// Predicate of the pruned weights: `zero` or `cut out or zero`.
  let removal: String
  /// Effect of the pruning on the size of the file and on a runtime.
  let storageNote: String
  let rounds: [RoundRow]
  let roundChart: String?
  let layers: [LayerRow]
  let layerChart: String
  /// Sentence that names who selected the kept weights.
  let decided: String
  /// Chart of the feature influences; `nil` where θ did not decide.
  let featureChart: String?
  let weightMaps: [WeightMapFigure]
  let mapNote: String
  let command: String
  let versions: [Version]
  let run: [Fact]

  struct Version {
    let name: String
    let version: String
  }

  /// A named number of the run.
  struct Fact {
    let name: String
    let figure: Figure
  }

  init(_ pruned: PrunedNetwork, of model: Graph, provenance: ReportProvenance) {
    let report = pruned.report
    modelName = provenance.modelName
    dataName = provenance.dataName
    verdict = Verdict(report, budget: provenance.budget)
    comparison = ComparisonRow.all(of: report)
    sparsity = Figure("sparsity", report.sparsity, Format.percent)
    let isSmaller = report.pruned.parameters < report.dense.parameters
    removal = isSmaller ? "cut out or zero" : "zero"
    storageNote =
      isSmaller
      ? "Whole units were cut out of the graph: the file holds fewer weights, and every runtime has less to do."
      : "Zeros are stored as zeros: a mask alone changes neither the file's size nor a dense runtime's latency."
    rounds = report.rounds.enumerated().map { RoundRow($0, $1, metric: report.metric) }
    roundChart = report.rounds.isEmpty ? nil : ReportCharts.rounds(of: report)
    layers = report.layers.enumerated().map { LayerRow($0, $1) }
    layerChart = ReportCharts.layers(of: report)
    decided = Self.decided(report)
    featureChart =
      Self.isDecidedByFeatures(report)
      ? report.features.flatMap { $0.isEmpty ? nil : ReportCharts.features($0) } : nil
    let prunable = model.prunableLayers()
    weightMaps = WeightMapFigure.all(of: prunable, masks: pruned.masks, model: model)
    mapNote =
      prunable.count > WeightMapFigure.mostLayers
      ? "The first \(WeightMapFigure.mostLayers) of \(prunable.count) prunable layers." : ""
    command = provenance.command.map(Self.quoted).joined(separator: " ")
    versions = provenance.versions.sorted { $0.key < $1.key }.map {
      Version(name: $0.key, version: $0.value)
    }
    run = [
      Fact(name: "wall time", figure: Figure("seconds", report.seconds, Format.seconds)),
      Fact(name: "evaluations", figure: Figure("evaluations", report.evaluations)),
      Fact(
        name: "epochs of fine-tuning", figure: Figure("epochs", report.epochs, Format.points)),
    ]
  }

  /// Sentence that names who selected the weights of the returned network.
  static func decided(_ report: PruneReport) -> String {
    switch report.selectedBy.flatMap({ SelectionSource($0) }) {
    case .predictor(let name):
      "The predictor “\(name)” selected what is kept."
    case .prior:
      "The prior, the hand-set θ that every fit of a predictor starts from, selected what is kept, in place of the "
        + "predictor “\(report.predictor)”."
    case .criterion(let name):
      "The criterion “\(name)” selected what is kept, without θ and its features."
    case nil:
      report.isBudgetMet
        ? "“\(report.predictor)” selected what is kept."
        : "Nothing was selected: the dense network was written unchanged."
    }
  }

  /// `true` where the weights were selected by the features of a predictor or of the prior.
  static func isDecidedByFeatures(_ report: PruneReport) -> Bool {
    switch report.selectedBy.flatMap({ SelectionSource($0) }) {
    case .predictor, .prior: true
    case .criterion, nil: false
    }
  }

  /// An argument quoted for a shell.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0))
    }
    return plain && !argument.isEmpty
      ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}

/// One line of the table of before and after.
struct ComparisonRow {
  let name: String
  let dense: Figure
  let pruned: Figure

  static func all(of report: PruneReport) -> [ComparisonRow] {
    func row(
      _ name: String, _ key: String, _ figure: (String, PruneReport.NetworkResult) -> Figure
    ) -> ComparisonRow {
      ComparisonRow(
        name: name, dense: figure("dense.\(key)", report.dense),
        pruned: figure("pruned.\(key)", report.pruned))
    }
    let metric = report.metric
    return [
      row("test \(metric.rawValue)", "metric") { path, result in
        Figure(path, result.metric) { Format.metric($0, metric) }
      },
      row("parameters", "parameters") { Figure($0, $1.parameters) },
      row("… nonzero", "nonzero") { Figure($0, $1.nonzero) },
      row("MACs per example", "macs") { Figure($0, $1.macs) },
      row("… with a nonzero weight", "sparseMACs") { Figure($0, $1.sparseMACs) },
      row("file", "fileBytes") { Figure($0, bytes: $1.fileBytes) },
      row("latency of one example", "latencySeconds") {
        Figure($0, $1.latencySeconds, Format.seconds)
      },
    ]
  }
}

/// One line of the table of rounds.
struct RoundRow {
  let number: Int
  let sparsity: Figure
  let metric: Figure
  let drop: Figure
  let bound: Figure
  let epochs: Figure
  let decision: String
  let selectedBy: String

  init(_ position: Int, _ round: PruningRound, metric name: Metric) {
    let path = "rounds.\(position)"
    number = position + 1
    sparsity = Figure("\(path).densityAfter", round.densityAfter, Format.percent)
    metric = Figure("\(path).metric", round.metric) { Format.metric($0, name) }
    drop = Figure("\(path).dropPoints", round.dropPoints, Format.points)
    bound = Figure("\(path).dropUpperBoundPoints", round.dropUpperBoundPoints, Format.points)
    epochs = Figure("\(path).epochs", round.epochs, Format.points)
    decision = round.decision.words
    selectedBy = round.selectedBy?.description ?? "–"
  }
}

/// One line of the table of layers.
struct LayerRow {
  let name: String
  let kind: String
  let shape: String
  let sparsity: Figure

  init(_ position: Int, _ layer: PruneReport.Layer) {
    name = layer.name
    kind = layer.kind
    shape = Format.shape(layer.shape)
    sparsity = Figure("layers.\(position).sparsity", layer.sparsity, Format.percent)
  }
}

/// The budget in words, its status and its certificate.
struct Verdict {
  /// The budget as a sentence.
  let wording: String
  /// The budget status as a sentence.
  let headline: String
  /// Budget status for the style sheet: `kept`, `broken` or `open`.
  let status: String
  let isCertified: Bool
  let certificate: CertificateFigures?

  struct CertificateFigures {
    let confidence: Figure
    let bound: Figure
    let allowed: Figure
    let samples: Figure
    let regressed: Figure
    let recovered: Figure
  }

  init(_ report: PruneReport, budget: Budget) {
    wording = budget.words(metric: report.metric)
    isCertified = report.certificate != nil
    certificate = report.certificate.map {
      CertificateFigures(
        confidence: Figure("certificate.confidence", $0.confidence, Format.percent),
        bound: Figure(
          "certificate.dropUpperBoundPoints", $0.dropUpperBoundPoints, Format.points),
        allowed: Figure("certificate.maxDropPoints", $0.maxDropPoints, Format.points),
        samples: Figure("certificate.samples", $0.samples),
        regressed: Figure("certificate.regressed", $0.regressed),
        recovered: Figure("certificate.recovered", $0.recovered))
    }
    switch (report.isBudgetMet, report.certificate) {
    case (false, _):
      status = "broken"
      headline = "Budget not met: the dense network was written unchanged"
    case (true, .some):
      status = "kept"
      headline = "Budget kept, and certified on unseen examples"
    case (true, nil):
      status = "open"
      headline =
        budget.isAboutMetric
        ? "Budget kept on the validation part, not certified" : "Budget reached"
    }
  }
}

/// A number of the report: its path in the JSON, its value there, and its text.
struct Figure: Hashable {
  let path: String
  let value: String
  let text: String

  init(_ path: String, _ value: Double, _ text: (Double) -> String) {
    self.path = path
    self.value = value.isFinite ? "\(value)" : value.isNaN ? "NaN" : "Infinity"
    self.text = text(value)
  }

  init(_ path: String, _ value: Int) {
    self.path = path
    self.value = String(value)
    text = Format.count(value)
  }

  init(_ path: String, bytes: Int) {
    self.path = path
    value = String(bytes)
    text = Format.bytes(bytes)
  }
}
