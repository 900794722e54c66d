import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor

/// What a run depends on, in parts that a message can name.
struct RunIdentity {
  let parts: [String: String]

  init(
    graph: Graph, split: DataSplit, engine: EngineIdentity, ranking: Ranking,
    options: PruningOptions
  ) {
    var parts: [String: String] = [:]
    // By reflection, so that no option can be forgotten here.
    for option in Mirror(reflecting: options).children {
      guard let label = option.label else { continue }
      parts["option \(label)"] = Self.text(of: option.value)
    }
    parts["model"] = Self.checksum(of: graph)
    parts["fit part"] = Self.checksum(of: split.fit)
    parts["search part"] = Self.checksum(of: split.search)
    parts["certify part"] = Self.checksum(of: split.certify)
    parts["engine"] = "\(engine.name) \(engine.version) with \(engine.threads) threads"
    parts["predictor"] = Self.text(of: ranking, layers: graph.prunableLayers())
    self.parts = parts
  }

  private static func text(of value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return "\(value)" }
    return mirror.children.first.map { "\($0.value)" } ?? "none"
  }

  private static func checksum(of graph: Graph) -> String {
    var checksum = Checksum()
    checksum.add("\(graph.nodes)")
    for (name, tensor) in graph.parameters().sorted(by: { $0.key < $1.key }) {
      checksum.add(name)
      checksum.add(tensor)
    }
    return checksum.hexadecimal
  }

  /// Of the number of examples and of some, as the network gets them: other data, another split or another scaling shows.
  private static func checksum(of examples: ExampleSet) -> String {
    var checksum = Checksum()
    checksum.add([examples.count])
    let stride = max(1, examples.count / probedExamples)
    let indices = Array(Swift.stride(from: 0, to: examples.count, by: stride))
    let batch = examples.batch(indices)
    for input in batch.inputs { checksum.add(input) }
    switch batch.targets {
    case .labels(let labels): checksum.add(labels)
    case .values(let tensor): checksum.add(tensor)
    case .none: break
    }
    return "\(examples.count) examples \(checksum.hexadecimal)"
  }

  /// A predictor is told by its name and by the scores it gives to made-up features.
  private static func text(of ranking: Ranking, layers: [PrunableLayer]) -> String {
    guard case .predictor(let predictor, let name) = ranking,
      let layer = layers.min(by: { $0.count < $1.count })
    else { return ranking.name }
    var generator = SeededGenerator(seed: 0, stream: "predictor probe")
    let columns = predictor.featureNames.map { _ in
      (0..<layer.count).map { _ in Float(4 * generator.uniform() - 2) }
    }
    let table = FeatureTable(
      names: predictor.featureNames, layers: [LayerFeatures(layer: layer, columns: columns)])
    var checksum = Checksum()
    for scores in predictor.scores(for: table, targetDensity: 0.1) {
      checksum.add(HostTensor(scores, shape: [scores.count]))
    }
    return "\(name) \(checksum.hexadecimal)"
  }

  private static var probedExamples: Int { 256 }
}

extension Checksum {
  fileprivate mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  fileprivate mutating func add(_ tensor: HostTensor) {
    add(tensor.shape)
    if let values = tensor.floats {
      values.withUnsafeBytes { add($0) }
    } else {
      add("\(tensor.storage)")
    }
  }
}
