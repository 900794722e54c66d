import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSupport

/// Inputs and options that decide a run's steps, by a name that a message can show.
struct RunIdentity {
  let parts: [String: String]

  init(
    graph: Graph, split: DataSplit, engine: EngineIdentity, criterion: PruningCriterion,
    options: PruningOptions
  ) {
    var parts: [String: String] = [:]
    // By reflection, so that no option that changes results can be forgotten here.
    for option in Mirror(reflecting: options).children {
      guard let label = option.label, !Self.withoutEffectOnResults.contains(label) else { continue }
      parts["option \(label)"] = Self.text(of: option.value)
    }
    parts["model"] = Self.hash(of: graph)
    parts["training part"] = Self.hash(of: split.training)
    parts["validation part"] = Self.hash(of: split.validation)
    parts["certification part"] = Self.hash(of: split.certification)
    parts["engine"] = "\(engine.name) \(engine.version) with \(engine.threads) threads"
    parts["predictor"] = Self.text(of: criterion, layers: graph.prunableLayers())
    self.parts = parts
  }

  /// Options that change no step: what is reported, and a time limit, whose passing is part of the record.
  private static let withoutEffectOnResults: Set = ["reportsWeights", "timeLimitSeconds"]

  private static func text(of value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return "\(value)" }
    return mirror.children.first.map { "\($0.value)" } ?? "none"
  }

  private static func hash(of graph: Graph) -> String {
    var hash = ContentHash()
    hash.add("\(graph.nodes)")
    for (name, tensor) in graph.parameters().sorted(by: { $0.key < $1.key }) {
      hash.add(name)
      hash.add(tensor)
    }
    return hash.hexadecimal
  }

  /// Number of examples and hash of some, as the network gets them: other data, another split or another scaling shows.
  private static func hash(of examples: ExampleSet) -> String {
    var hash = ContentHash()
    hash.add([examples.count])
    let stride = max(1, examples.count / probedExamples)
    let indices = Array(Swift.stride(from: 0, to: examples.count, by: stride))
    let batch = examples.batch(indices)
    for input in batch.inputs { hash.add(input) }
    switch batch.targets {
    case .labels(let labels): hash.add(labels)
    case .values(let tensor): hash.add(tensor)
    case .none: break
    }
    return "\(examples.count) examples \(hash.hexadecimal)"
  }

  /// A predictor is told by its name and by the scores it gives to made-up features.
  private static func text(of criterion: PruningCriterion, layers: [PrunableLayer]) -> String {
    guard case .predictor(let predictor, let name) = criterion,
      let layer = layers.min(by: { $0.count < $1.count })
    else { return criterion.name }
    var generator = SeededGenerator(seed: 0, stream: "predictor probe")
    let columns = predictor.featureNames.map { _ in
      (0..<layer.count).map { _ in Float(4 * generator.uniform() - 2) }
    }
    let table = FeatureTable(
      names: predictor.featureNames, layers: [LayerFeatures(layer: layer, columns: columns)])
    var hash = ContentHash()
    for scores in predictor.scores(for: table, targetDensity: 0.1) {
      hash.add(HostTensor(scores, shape: [scores.count]))
    }
    return "\(name) \(hash.hexadecimal)"
  }

  private static var probedExamples: Int { 256 }
}

extension ContentHash {
  fileprivate mutating func add(_ tensor: HostTensor) {
    add(tensor.shape)
    if let values = tensor.floats {
      add(values)
    } else {
      add("\(tensor.storage)")
    }
  }
}
