import PruneCore

/// Features of a network along a selection: columns that depend on the network alone are prepared once, those of the
/// selection's state at every pass.
///
/// ```swift
/// let extraction = StateExtraction(try FeatureExtraction(names: names), of: network)
/// let scores = predictor.scores(from: extraction.features(of: state), targetDensity: 0.1)
/// ```
public struct StateExtraction: Sendable {
  private let extraction: FeatureExtraction
  private let fixed: any FeatureSource
  private let whole: LineSquares

  /// Largest table of unchanging columns that is kept, in values; larger ones are computed at every pass.
  private static let mostKeptValues = 1 << 24

  /// - Parameter network: selected from; ``features(of:)`` then takes states of it.
  public init(_ extraction: FeatureExtraction, of network: NetworkState) {
    self.extraction = extraction
    let prepared = extraction.withoutState.prepare(network)
    let values = prepared.names.count * network.weightCount
    fixed = values <= Self.mostKeptValues ? prepared.table : prepared
    whole = LineSquares(network)
  }

  /// All columns of a state, computed when they are asked for.
  public func features(of state: PruningState) -> some FeatureSource {
    StateSource(extraction: extraction, fixed: fixed, state: state, whole: whole)
  }

  /// All columns of a state.
  public func table(of state: PruningState) -> FeatureTable { features(of: state).table }
}

/// Columns of a state: those of the network alone from `fixed`, the others computed.
private struct StateSource: FeatureSource {
  private let descriptors: [FeatureDescriptor]
  private let fixed: any FeatureSource
  /// Position in `fixed` of each column; −1 for features of the state.
  private let positions: [Int]
  private let features: StateFeatures
  let prunableLayers: [PrunableLayer]

  init(
    extraction: FeatureExtraction, fixed: any FeatureSource, state: PruningState,
    whole: LineSquares
  ) {
    descriptors = extraction.descriptors
    self.fixed = fixed
    let known = Dictionary(
      fixed.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    positions = descriptors.map { $0.family == .state ? -1 : known[$0.name] ?? -1 }
    features = StateFeatures(state, wanted: Set(extraction.names), whole: whole)
    prunableLayers = state.network.layers
  }

  var names: [String] { descriptors.map(\.name) }

  func constant(_ feature: Int, layer: Int) -> Float? {
    positions[feature] < 0 ? nil : fixed.constant(positions[feature], layer: layer)
  }

  func fill(
    _ target: UnsafeMutableBufferPointer<Float>, features wanted: [Int], layer: Int,
    range: Range<Int>
  ) {
    let fixedFirst = wanted.filter { positions[$0] >= 0 }
    // Columns that share logarithms are computed together, then moved to their places from the last on.
    fixed.fill(
      UnsafeMutableBufferPointer(rebasing: target[0..<fixedFirst.count * range.count]),
      features: fixedFirst.map { positions[$0] }, layer: layer, range: range)
    var next = fixedFirst.count - 1
    for (place, feature) in wanted.enumerated().reversed() {
      let own = UnsafeMutableBufferPointer(
        rebasing: target[place * range.count..<(place + 1) * range.count])
      if positions[feature] >= 0 {
        if next != place {
          let source = next * range.count
          for index in 0..<range.count { own[index] = target[source &+ index] }
        }
        next -= 1
      } else {
        features.fill(descriptors[feature].name, layer: layer, range: range, into: own)
      }
    }
  }
}

extension FeatureExtraction {
  /// `true` where a column changes along a selection; a table of a ``NetworkState`` holds 0 there.
  public var readsState: Bool { descriptors.contains { $0.family == .state } }

  var withoutState: FeatureExtraction {
    FeatureExtraction(descriptors: descriptors.filter { $0.family != .state })
  }
}
