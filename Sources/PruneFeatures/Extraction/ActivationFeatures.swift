import PruneCore

/// Features of the inputs, outputs and activations of a layer.
struct ActivationFeatures: FeatureFamily {
  enum Feature: String, CaseIterable {
    case logInputNorm = "log-input-norm"
    case logInputVariance = "log-input-variance"
    case logWanda = "log-wanda"
    case logSurgeon = "log-obs-diagonal"
    case logOutputNorm = "log-output-norm"
    case logOutputVariance = "log-output-variance"
    case logActivation = "log-activation"
    case zeroFraction = "zero-fraction"
  }

  static let descriptors = Feature.allCases.map(descriptor)

  private static func descriptor(_ feature: Feature) -> FeatureDescriptor {
    let (formula, unit, requires, source):
      (String, FeatureDescriptor.Unit, StatisticKinds, String) =
        switch feature {
        case .logInputNorm: ("ln √E[x²]", .networkScore, .inputs, wanda)
        case .logInputVariance: ("ln (E[x²] − E[x]²)", .networkScore, .inputs, surgeon)
        case .logWanda: ("ln |w| + ln √E[x²]", .networkScore, .inputs, wanda)
        case .logSurgeon: ("2 ln |w| + ln (E[x²] − E[x]²)", .networkScore, .inputs, surgeon)
        case .logOutputNorm: ("ln √E[y²]", .networkScore, .outputs, activation)
        case .logOutputVariance: ("ln (E[y²] − E[y]²)", .networkScore, .outputs, activation)
        case .logActivation: ("ln E|a|", .networkScore, .outputs, activation)
        case .zeroFraction: ("share of positions with a = 0", .fraction, .outputs, trimming)
        }
    return FeatureDescriptor(
      name: feature.rawValue, family: .activation, formula: formula, unit: unit,
      requires: requires, source: source)
  }

  private static let wanda = "Sun et al. 2023, arXiv:2306.11695 §3"
  private static let surgeon =
    "w² / [H⁻¹]ᵢᵢ of Hassibi & Stork 1993, H reduced to the input and a constant that a bias can absorb"
  private static let activation = "Molchanov et al. 2017, arXiv:1611.06440 §2.2"
  private static let trimming = "Hu et al. 2016, arXiv:1607.03250 eq. 1"

  /// Logarithms per input or output of each layer, zero fractions plain; `nil` where not collected.
  private let inputSquares: [[Float]?]
  private let inputVariances: [[Float]?]
  private let outputSquares: [[Float]?]
  private let outputVariances: [[Float]?]
  private let activations: [[Float]?]
  private let zeroFractions: [[Float]?]

  init(_ basis: NetworkBasis, wanted: Set<String>) {
    let statistics = basis.state.statistics
    func lines(_ value: (LayerStatistics) -> [Float]) -> [[Float]?] {
      statistics.map { statistics in
        let values = value(statistics)
        return values.isEmpty ? nil : values
      }
    }
    func logarithms(_ value: (LayerStatistics) -> [Float]) -> [[Float]?] {
      Self.logarithms(ofLines: lines(value))
    }
    inputSquares = logarithms { Self.means($0.inputSquareSum, $0.perPosition) }
    inputVariances = logarithms { Self.variances($0.inputSum, $0.inputSquareSum, $0.perPosition) }
    outputSquares = logarithms { Self.means($0.outputSquareSum, $0.perPosition) }
    outputVariances = logarithms {
      Self.variances($0.outputSum, $0.outputSquareSum, $0.perPosition)
    }
    activations = logarithms { Self.means($0.activationAbsoluteSum, $0.perPosition) }
    zeroFractions = lines { Self.means($0.activationZeroCount, $0.perPosition) }
  }

  private static func means(_ sums: [Float], _ scale: Float) -> [Float] { sums.map { $0 * scale } }

  /// `E[x²] − E[x]²` per line; differences within rounding of the sums count as zero.
  private static func variances(_ sums: [Float], _ squares: [Float], _ scale: Float) -> [Float] {
    guard sums.count == squares.count else { return [] }
    return sums.indices.map { index in
      let (mean, square) = (sums[index] * scale, squares[index] * scale)
      let variance = square - mean * mean
      return variance > 1e-6 * square ? variance : 0
    }
  }

  func fill(
    _ name: String, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let feature = Feature(rawValue: name) else { return false }
    let layer = chunk.layer
    switch feature {
    case .logInputNorm:
      guard chunk.write(inputs: inputSquares[layer], into: target) else { return false }
      for index in 0..<chunk.range.count { target[index] *= 0.5 }
      return true
    case .logInputVariance: return chunk.write(inputs: inputVariances[layer], into: target)
    case .logWanda:
      guard chunk.write(inputs: inputSquares[layer], into: target) else { return false }
      for index in 0..<chunk.range.count { target[index] *= 0.5 }
      return chunk.add(.magnitude, into: target)
    case .logSurgeon:
      return chunk.write(inputs: inputVariances[layer], into: target)
        && chunk.add(.magnitude, times: 2, into: target)
    case .logOutputNorm:
      guard chunk.write(outputs: outputSquares[layer], into: target) else { return false }
      for index in 0..<chunk.range.count { target[index] *= 0.5 }
      return true
    case .logOutputVariance: return chunk.write(outputs: outputVariances[layer], into: target)
    case .logActivation: return chunk.write(outputs: activations[layer], into: target)
    case .zeroFraction: return chunk.write(outputs: zeroFractions[layer], into: target)
    }
  }
}
