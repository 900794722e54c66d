import AutoPrune
import Foundation
import TorchBackend

/// A recurrent and a convolutional network pruned with unlabelled inputs, real or random; the agreement of the pruned
/// network with the dense one is measured on real inputs that the run never saw.
///
/// Outputs for random inputs lie so close together that hardly a weight can be pruned within a budget on *them*; such a run
/// is given a sparsity instead.
enum LabelFree: Benchmark {
  static let name = "label-free"
  static let summary =
    "LSTM and CNN pruned without labels, --metric fidelity --fine-tune 5 --time-limit 60 with --max-drop 2 on sample inputs, --sparsity 0.5 on random ones"

  private static let budget = 2.0
  /// Epochs of distillation from the dense network.
  private static let epochs = 5.0
  private static let mostSeconds = 60.0

  /// A dense network with inputs to prune with and others to measure agreement on.
  private struct Subject {
    let name: String
    let graph: Graph
    let samples: ExampleSet
    let others: ExampleSet
  }

  /// A source of inputs by seed, and the budget of runs on them.
  private struct Source {
    let name: String
    let budget: Budget
    let data: (UInt64) throws -> DataSet
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let seeds: [UInt64] = setting.isSmoke ? [1] : [1, 2, 3]
    var rows: [BenchRow] = []
    var subjects = [try convolutional(setting)]
    if !setting.isSmoke { subjects.append(try await recurrent(setting)) }
    for subject in subjects {
      let few = setting.isSmoke ? 300 : 6_000
      let sources = [
        Source(name: "sample inputs", budget: .maximumDrop(points: budget)) { _ in
          try DataSet(
            name: "samples",
            train: subject.samples.subset(Array(0..<min(few, subject.samples.count)))
              .withoutTargets())
        },
        Source(name: "random inputs", budget: .sparsity(try Sparsity(0.5))) {
          try DataSet.random(for: subject.graph, examples: few, seed: $0)
        },
      ]
      for source in setting.isSmoke ? Array(sources.prefix(1)) : sources {
        var sparsities: [Double] = []
        var agreements: [Double] = []
        var seconds: [Double] = []
        for seed in seeds {
          let pruned = try await pruner(setting).prune(
            subject.graph, on: try source.data(seed),
            options: PruningOptions(
              budget: source.budget, metric: .fidelity,
              fineTuneEpochs: setting.isSmoke ? 0.5 : epochs,
              timeLimitSeconds: setting.isSmoke ? 1 : mostSeconds, seed: seed,
              compensation: .closedForm, adaptation: AdaptationOptions()))
          sparsities.append(100 * pruned.report.sparsity)
          seconds.append(pruned.report.seconds)
          agreements.append(
            100
              * (try agreement(of: pruned.graph, with: subject.graph, on: subject.others, setting)))
        }
        let title = "\(subject.name), \(source.name)"
        rows += [
          row("\(title), sparsity", sparsities, "%", setting),
          row(
            "\(title), agreement on other real inputs", agreements, "%", setting,
            target: source.budget.isAboutMetric ? 100 - budget : nil),
          row("\(title), seconds", seconds, "s", setting),
        ]
      }
    }
    return rows
  }

  private static func recurrent(_ setting: BenchSetting) async throws -> Subject {
    let network = SmallNetwork.recurrent
    let data = try network.data(setting)
    let dense = try await network.trained(on: data, seed: 1, setting)
    return Subject(
      name: "LSTM on spoken digits", graph: dense, samples: data.train, others: data.test)
  }

  private static func convolutional(_ setting: BenchSetting) throws -> Subject {
    let graph = try ONNXReader().read(try setting.require("onnx/mnist_onnxzoo_opset8.onnx"))
    let data = try DataSet(
      contentsOf: try setting.require("mnist"), options: DataOptions(isRaw: true))
    return Subject(
      name: "ONNX zoo's CNN", graph: graph, samples: try data.train.fitted(to: graph),
      others: try data.test.subset(Array(0..<(setting.isSmoke ? 200 : data.test.count))).fitted(
        to: graph))
  }

  private static func agreement(
    of pruned: Graph, with dense: Graph, on inputs: ExampleSet, _ setting: BenchSetting
  ) throws -> Double {
    let engine = try TorchEngine(threads: setting.threads)
    let evaluator = Evaluator<TorchEngine>(metric: .fidelity)
    let answers = try evaluator.references(
      try engine.prepare(dense), of: dense, with: engine, on: inputs)
    return try evaluator.evaluate(
      try engine.prepare(pruned), of: pruned, with: engine, on: inputs, against: answers
    ).value
  }

  private static func pruner(_ setting: BenchSetting) throws -> AutoPruner<TorchEngine> {
    AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
  }

  private static func row(
    _ what: String, _ values: [Double], _ unit: String, _ setting: BenchSetting,
    target: Double? = nil
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: what, value: Spread.mean(values), unit: unit,
      spread: values.count > 1 ? Spread.standardDeviation(values) : nil,
      repetitions: values.count, target: target, threads: setting.threads,
      versions: setting.versions)
  }
}
