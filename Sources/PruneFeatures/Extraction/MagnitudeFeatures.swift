import PruneCore

/// Features of the weights alone.
struct MagnitudeFeatures: FeatureFamily {
  enum Feature: String, CaseIterable {
    case logMagnitude = "log-magnitude"
    case layerScore = "layer-score"
    case rowScore = "row-score"
    case columnScore = "column-score"
    case layerRank = "layer-rank"
    case rowRank = "row-rank"
    case columnRank = "column-rank"
    case logLAMP = "log-lamp"
    case logRowNorm = "log-row-norm"
    case logColumnNorm = "log-column-norm"
    case logOutgoingNorm = "log-outgoing-norm"
    case logIncomingNorm = "log-incoming-norm"
  }

  static let descriptors = Feature.allCases.map(descriptor)

  private static func descriptor(_ feature: Feature) -> FeatureDescriptor {
    let (formula, unit, source): (String, FeatureDescriptor.Unit, String) =
      switch feature {
      case .logMagnitude: ("ln |w|", .networkScore, han)
      case .layerScore: ("(ln |w| − mean of layer) / sd of layer", .lineScore, han)
      case .rowScore: ("(ln |w| − mean of W[o, :]) / sd of W[o, :]", .lineScore, han)
      case .columnScore: ("(ln |w| − mean of W[:, i]) / sd of W[:, i]", .lineScore, han)
      case .layerRank: ("logit of the quantile of |w| in its layer", .logit, han)
      case .rowRank: ("logit of the quantile of |w| in W[o, :]", .logit, wanda)
      case .columnRank: ("logit of the quantile of |w| in W[:, i]", .logit, wanda)
      case .logLAMP: ("ln (w² / Σ_{|v| ≥ |w|} v²) in its layer", .networkScore, lamp)
      case .logRowNorm: ("ln ‖W[o, :]‖₂", .networkScore, filters)
      case .logColumnNorm: ("ln ‖W[:, i]‖₂", .networkScore, filters)
      case .logOutgoingNorm:
        ("ln of the norm of all weights that read output o", .networkScore, structure)
      case .logIncomingNorm:
        ("ln of the norm of the weights that make input i", .networkScore, structure)
      }
    return FeatureDescriptor(
      name: feature.rawValue, family: .magnitude, formula: formula, unit: unit, source: source)
  }

  private static let han = "Han et al. 2015, arXiv:1506.02626"
  private static let wanda = "comparison per row, Sun et al. 2023, arXiv:2306.11695 §3"
  private static let lamp = "Lee et al. 2021, arXiv:2010.07611 eq. 4"
  private static let filters = "Li et al. 2017, arXiv:1608.08710 §3.1"
  private static let structure = "a weight into a unit that nothing reads is worth nothing"

  private let orders: [LayerOrder]
  private let rowRanks: [LineRanks]
  private let columnRanks: [LineRanks]
  private let scores: [MagnitudeMoments]
  private let rowNorms: [[Float]?]
  private let columnNorms: [[Float]?]
  private let outgoingNorms: [[Float]?]
  private let incomingNorms: [[Float]?]

  init(_ basis: NetworkBasis, wanted: Set<String>) {
    func wants(_ features: Feature...) -> Bool {
      features.contains { wanted.contains($0.rawValue) }
    }
    let state = basis.state
    let layers = state.layers.indices
    let needsOrder = wants(.layerRank, .rowRank, .columnRank, .logLAMP)
    let orders = needsOrder ? layers.map { LayerOrder(basis, layer: $0) } : []
    self.orders = orders
    rowRanks =
      wants(.rowRank)
      ? layers.map { LineRanks(basis, layer: $0, lines: .outputs, order: orders[$0]) } : []
    columnRanks =
      wants(.columnRank)
      ? layers.map { LineRanks(basis, layer: $0, lines: .inputs, order: orders[$0]) } : []
    scores =
      wants(.layerScore, .rowScore, .columnScore)
      ? layers.map { MagnitudeMoments(basis, layer: $0) } : []
    rowNorms = Self.logarithms(ofLines: basis.summaries.map { Self.roots($0.rowSquares) })
    columnNorms = Self.logarithms(ofLines: basis.summaries.map { Self.roots($0.columnSquares) })
    let neighbours = NeighbourNorms(basis)
    outgoingNorms = Self.logarithms(ofLines: neighbours.outgoing)
    incomingNorms = Self.logarithms(ofLines: neighbours.incoming)
  }

  private static func roots(_ squares: [Float]) -> [Float] { squares.map { $0.squareRoot() } }

  func fill(
    _ name: String, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let feature = Feature(rawValue: name) else { return false }
    let layer = chunk.layer
    switch feature {
    case .logMagnitude: return chunk.write(.magnitude, into: target)
    case .layerScore, .rowScore, .columnScore:
      guard chunk.write(.magnitude, into: target) else { return false }
      let lines: MagnitudeMoments.Lines =
        feature == .rowScore ? .outputs : feature == .columnScore ? .inputs : .all
      scores[layer].standardise(target, lines: lines, chunk: chunk)
      return true
    case .layerRank: return orders[layer].writeLogits(chunk, into: target)
    case .rowRank: return rowRanks[layer].writeLogits(chunk, into: target)
    case .columnRank: return columnRanks[layer].writeLogits(chunk, into: target)
    case .logLAMP:
      return orders[layer].writeTailLogarithms(chunk, times: -1, into: target)
        && chunk.add(.magnitude, times: 2, into: target)
    case .logRowNorm: return chunk.write(outputs: rowNorms[layer], into: target)
    case .logColumnNorm: return chunk.write(inputs: columnNorms[layer], into: target)
    case .logOutgoingNorm: return chunk.write(outputs: outgoingNorms[layer], into: target)
    case .logIncomingNorm: return chunk.write(inputs: incomingNorms[layer], into: target)
    }
  }
}
