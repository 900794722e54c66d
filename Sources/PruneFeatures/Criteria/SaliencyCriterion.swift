public import PruneCore
import PruneSupport

/// A hand-made saliency of a single weight, or of an output unit: ≥ 0, higher = keep.
///
/// Conforming types state formula and paper, and are listed in ``SaliencyCriteria/all``.
public protocol SaliencyCriterion: Sendable {
  /// Name on the command line.
  var name: String { get }
  /// `.element` where weights are scored, `.channel` where output units are.
  var granularity: Granularity { get }
  /// Statistics that ``saliency(of:weights:statistics:seed:)`` reads.
  var requiredStatistics: StatisticKinds { get }
  /// Scope of a ranking: scores compare across all layers or only within one.
  var scope: RankingScope { get }
  /// `true` where ``LayerStatistics/secondMoment``, which only a network under training has, is read; `false` unless stated.
  var readsOptimizer: Bool { get }

  /// Scores one layer.
  ///
  /// - Parameters:
  ///   - weights: `[layer.count]` in stored order, zero where pruned.
  ///   - statistics: with ``requiredStatistics`` collected.
  ///   - seed: read by random criteria only.
  /// - Returns: finite scores ≥ 0 for finite weights, `[layer.count]` in stored order, or
  ///   `[outputs]` where ``granularity`` is `.channel`.
  func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float]

  /// Scores every layer, `[layers][scores of the layer]`; criteria with a network-wide normaliser
  /// implement it themselves.
  func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]]
}

extension SaliencyCriterion {
  public var readsOptimizer: Bool { false }

  public func saliencies(of network: NetworkState, seed: UInt64) -> [[Float]] {
    network.layers.indices.map { index in
      saliency(
        of: network.layers[index], weights: network.weights[index],
        statistics: network.statistics[index], seed: seed)
    }
  }
}

/// List of all hand-made criteria, found by their names on the command line.
public enum SaliencyCriteria {
  /// Every criterion, in the order of the documentation.
  public static let all: [any SaliencyCriterion] = [
    RandomCriterion(), MagnitudeCriterion(), LayerMagnitudeCriterion(), L1Criterion(),
    L2Criterion(), LAMPCriterion(), TaylorCriterion(), SNIPCriterion(), FisherCriterion(),
    WandaCriterion(), APoZCriterion(), ActivationCriterion(),
    AdamMetricCriterion(),
  ]

  /// Criteria that score a network outside its training; the others would only repeat the magnitude there.
  package static var ofTrainedNetworks: [any SaliencyCriterion] {
    all.filter { !$0.readsOptimizer }
  }

  /// The criterion of a name.
  ///
  /// - Throws: ``CriterionError/unknownName(_:known:)``.
  public static func named(_ name: String) throws(CriterionError) -> any SaliencyCriterion {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownName(name, known: all.map(\.name))
    }
    return found
  }
}

/// Failed lookup of a criterion.
public enum CriterionError: Error, Equatable, CustomStringConvertible {
  /// No criterion has this name; `known` lists the names of ``SaliencyCriteria/all``.
  case unknownName(String, known: [String])

  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "no criterion is named '\(name)'; choose one of \(known.joined(separator: ", "))"
    }
  }
}

/// Uniform random scores in 0 ..< 1: the control that every other criterion has to beat.
///
/// Each layer draws from its own stream of the seed, so scores do not depend on the other layers.
///
/// - Source: the control arm of Blalock et al., *What is the State of Neural Network Pruning?*,
///   2020, [arXiv:2003.03033](https://arxiv.org/abs/2003.03033), §7.
public struct RandomCriterion: SaliencyCriterion {
  public let name = "random"
  public let granularity = Granularity.element
  public let requiredStatistics: StatisticKinds = []
  public let scope = RankingScope.global

  /// There is nothing to set; the seed is given with each call.
  public init() {}

  public func saliency(
    of layer: PrunableLayer, weights: [Float], statistics: LayerStatistics, seed: UInt64
  ) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: layer.parameter)
    return [Float](count: layer.count) { _ in Float(generator.next() >> 40) * 0x1p-24 }
  }
}
