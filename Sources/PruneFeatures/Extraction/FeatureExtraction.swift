public import PruneCore

/// Computes chosen features of a network's weights.
///
/// ```swift
/// let extraction = try FeatureExtraction(names: ["log-magnitude", "log-wanda", "is-last"])
/// let table = extraction.table(of: state)
/// ```
/// For networks whose table would not fit in memory, ``forEachChunk(of:size:_:)`` hands out the
/// same columns piece by piece.
public struct FeatureExtraction: Sendable {
  /// Descriptors of the columns, in order.
  public let descriptors: [FeatureDescriptor]

  /// - Parameter names: columns wanted, from ``FeatureRegistry``, each once.
  public init(names: [String]) throws(FeatureError) {
    var found: [FeatureDescriptor] = []
    var seen: Set<String> = []
    for name in names {
      guard let descriptor = FeatureRegistry.descriptor(named: name) else {
        throw .unknownName(name, known: FeatureRegistry.descriptors.map(\.name))
      }
      guard seen.insert(name).inserted else { throw .duplicateName(name) }
      found.append(descriptor)
    }
    descriptors = found
  }

  init(descriptors: [FeatureDescriptor]) { self.descriptors = descriptors }

  /// Names of the columns, in order.
  public var names: [String] { descriptors.map(\.name) }

  /// Statistics to collect before ``table(of:)``; columns whose statistics are missing hold 0.
  public var requiredStatistics: StatisticKinds {
    descriptors.reduce(into: []) { $0.formUnion($1.requires) }
  }

  /// Reads the network once and fixes floors, ranks and standardisation; columns then come in any
  /// order.
  public func prepare(_ state: NetworkState) -> PreparedFeatures {
    PreparedFeatures(descriptors: descriptors, state: state)
  }

  /// All columns of all weights: 4 bytes × features × weights.
  public func table(of state: NetworkState) -> FeatureTable {
    var layers = state.layers.map { layer in
      LayerFeatures(
        layer: layer,
        columns: descriptors.map { _ in [Float](repeating: 0, count: layer.count) })
    }
    forEachChunk(of: state) { layer, range, columns in
      for (feature, column) in columns.enumerated() {
        layers[layer].columns[feature].replaceSubrange(range, with: column.prefix(range.count))
      }
    }
    return FeatureTable(names: names, layers: layers)
  }

  /// Calls `body` for consecutive pieces of every layer, in order, with the layer's position, the
  /// piece's range in stored order, and `[features][≥ range.count]` values.
  public func forEachChunk<Failure: Error>(
    of state: NetworkState, size: Int = 1 << 14,
    _ body: (_ layer: Int, _ range: Range<Int>, _ columns: [[Float]]) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(size > 0, "a chunk of \(size) weights")
    let prepared = prepare(state)
    var columns = descriptors.map { _ in [Float](repeating: 0, count: size) }
    for (layer, prunable) in state.layers.enumerated() {
      for start in stride(from: 0, to: prunable.count, by: size) {
        let range = start..<min(start + size, prunable.count)
        prepared.fill(&columns, layer: layer, range: range)
        try body(layer, range, columns)
      }
    }
  }
}

/// Invalid request for features.
public enum FeatureError: Error, Equatable, CustomStringConvertible {
  /// A name that the registry does not hold; `known` lists those it does.
  case unknownName(String, known: [String])
  /// A name asked for twice; columns are found by name.
  case duplicateName(String)

  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "no feature is named '\(name)' in registry version \(FeatureRegistry.version); known are \(known.joined(separator: ", "))"
    case .duplicateName(let name):
      "feature '\(name)' is listed twice; name every feature once"
    }
  }
}
