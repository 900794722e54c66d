import PruneCore

/// Features of the loss gradient.
struct GradientFeatures: FeatureFamily {
  enum Feature: String, CaseIterable {
    case logGradient = "log-gradient"
    case logGradientSquare = "log-gradient-square"
    case logTaylor = "log-taylor"
    case logAbsoluteTaylor = "log-absolute-taylor"
    case logFisher = "log-fisher"
    case logSignal = "log-gradient-signal"
    case firstOrderChange = "first-order-change"
  }

  static let descriptors = Feature.allCases.map(descriptor)

  private static func descriptor(_ feature: Feature) -> FeatureDescriptor {
    let (formula, unit, requires, source):
      (String, FeatureDescriptor.Unit, StatisticKinds, String) =
        switch feature {
        case .logGradient: ("ln |E[g]|", .networkScore, .gradient, taylor)
        case .logGradientSquare: ("ln E[g²]", .networkScore, .gradientMoments, fisher)
        case .logTaylor: ("ln |E[g]| + ln |w|", .networkScore, .gradient, taylor)
        case .logAbsoluteTaylor: ("ln E|g| + ln |w|", .networkScore, .gradientMoments, mean)
        case .logFisher: ("ln ½ + 2 ln |w| + ln E[g²]", .networkScore, .gradientMoments, fisher)
        case .logSignal:
          ("2 ln |E[g]| − ln E[g²]", .networkScore, [.gradient, .gradientMoments], signal)
        case .firstOrderChange:
          ("−E[g] · sign(w) / √E[g²]", .fraction, [.gradient, .gradientMoments], taylor)
        }
    return FeatureDescriptor(
      name: feature.rawValue, family: .gradient, formula: formula, unit: unit, requires: requires,
      source: source)
  }

  private static let taylor = "Molchanov et al. 2019, arXiv:1906.10771 eq. 8"
  private static let mean =
    "mean over examples of the absolute effect, Molchanov et al. 2017, arXiv:1611.06440 §2.2"
  private static let fisher = "LeCun et al. 1990 eq. 5; Theis et al. 2018, arXiv:1801.05787 eq. 6"
  private static let signal = "how much the examples agree; small at a converged weight"

  init(_ basis: NetworkBasis, wanted: Set<String>) {}

  func fill(
    _ name: String, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let feature = Feature(rawValue: name) else { return false }
    switch feature {
    case .logGradient: return chunk.write(.gradient, into: target)
    case .logGradientSquare: return chunk.write(.gradientSquare, into: target)
    case .logTaylor:
      return chunk.write(.gradient, into: target) && chunk.add(.magnitude, into: target)
    case .logAbsoluteTaylor:
      return chunk.write(.gradientAbsolute, into: target) && chunk.add(.magnitude, into: target)
    case .logFisher:
      return chunk.write(.gradientSquare, into: target)
        && chunk.add(.magnitude, times: 2, into: target)
    case .logSignal:
      return chunk.write(.gradient, times: 2, into: target)
        && chunk.add(.gradientSquare, times: -1, into: target)
    case .firstOrderChange: return firstOrderChange(chunk, into: target)
    }
  }

  /// Writes `−E[g] · sign(w) / √E[g²]`, clamped to −1 … 1; `false` where gradients are missing.
  private func firstOrderChange(
    _ chunk: WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    let statistics = chunk.basis.state.statistics[chunk.layer]
    let (sums, squares) = (statistics.gradientSum, statistics.gradientSquareSum)
    guard sums.count == chunk.grid.count, squares.count == chunk.grid.count else { return false }
    let weights = chunk.weights
    let examples = Float(statistics.examples)
    let first = chunk.range.lowerBound
    for index in 0..<chunk.range.count {
      let scale = (squares[first + index] * examples).squareRoot()
      let ratio = scale > 0 ? max(-1, min(1, sums[first + index] / scale)) : 0
      target[index] = weights[first + index] < 0 ? ratio : -ratio
    }
    return true
  }
}
