import PruneCore

/// Features of the place of a weight in the network and of the densities around it.
struct ContextFeatures: FeatureFamily {
  enum Feature: String, CaseIterable {
    case logFanIn = "log-fan-in"
    case logFanOut = "log-fan-out"
    case depth = "depth"
    case isLinear = "is-linear"
    case isConvolution = "is-convolution"
    case isRecurrent = "is-recurrent"
    case isGrouped = "is-grouped"
    case isFirst = "is-first"
    case isLast = "is-last"
    case logShare = "log-parameter-share"
    case logMeanMagnitude = "log-layer-magnitude"
    case logDensity = "log-density"
    case logLayerDensity = "log-layer-density"
    case logRowDensity = "log-row-density"
    case logColumnDensity = "log-column-density"
  }

  static let descriptors = Feature.allCases.map(descriptor)

  private static func descriptor(_ feature: Feature) -> FeatureDescriptor {
    let (formula, unit): (String, FeatureDescriptor.Unit) =
      switch feature {
      case .logFanIn: ("ln of the inputs of a row", .centredNats)
      case .logFanOut: ("ln of the outputs that read an input", .centredNats)
      case .depth: ("position among the layers, 0 first, 1 last", .fraction)
      case .isLinear: ("1 in linear layers", .flag)
      case .isConvolution: ("1 in convolutions, transposed ones included", .flag)
      case .isRecurrent: ("1 in recurrent weights", .flag)
      case .isGrouped: ("1 in grouped and depth-wise convolutions", .flag)
      case .isFirst: ("1 in the first layer", .flag)
      case .isLast: ("1 in the last layer", .flag)
      case .logShare: ("ln of the layer's share of all weights", .centredNats)
      case .logMeanMagnitude: ("ln of the layer's mean |w|", .networkScore)
      case .logDensity: ("ln of the network's density now", .nats)
      case .logLayerDensity: ("ln of the layer's density now over the network's", .nats)
      case .logRowDensity: ("ln of the row's density now over the layer's", .nats)
      case .logColumnDensity: ("ln of the column's density now over the layer's", .nats)
      }
    return FeatureDescriptor(
      name: feature.rawValue, family: .context, formula: formula, unit: unit,
      source: "lets one predictor serve layers of every size, place and state")
  }

  private struct Layer {
    var constants: [Feature: Float] = [:]
    var rowDensities: [Float]?
    var columnDensities: [Float]?
  }

  private let layers: [Layer]

  init(_ basis: NetworkBasis, wanted: Set<String>) {
    let state = basis.state
    let total = Float(max(state.weightCount, 1))
    let networkDensity = Float(basis.keptCount) / total
    let means = Self.logarithms(ofLines: basis.summaries.map { [$0.meanMagnitude] })
    layers = state.layers.indices.map { index in
      let summary = basis.summaries[index]
      let prunable = state.layers[index]
      let density = Float(summary.keptCount) / Float(max(prunable.count, 1))
      var layer = Layer()
      layer.constants = Self.placeConstants(of: prunable, at: index, of: state.layers.count)
      layer.constants[.logShare] = Self.ln(Float(prunable.count) / total)
      layer.constants[.logMeanMagnitude] = means[index]?.first
      layer.constants[.logDensity] = Self.ln(networkDensity)
      layer.constants[.logLayerDensity] = Self.ln(density) - Self.ln(networkDensity)
      layer.rowDensities = summary.rowDensity.map { Self.relative($0, to: density) }
      layer.columnDensities = summary.columnDensity.map { Self.relative($0, to: density) }
      return layer
    }
  }

  private static func placeConstants(
    of layer: PrunableLayer, at index: Int, of count: Int
  ) -> [Feature: Float] {
    func flag(_ condition: Bool) -> Float { condition ? 1 : 0 }
    return [
      .logFanIn: ln(Float(layer.layout.inputs)),
      .logFanOut: ln(Float(layer.layout.outputs) / Float(max(layer.layout.groups, 1))),
      .depth: count > 1 ? Float(index) / Float(count - 1) : 0,
      .isLinear: flag(layer.kind == .linear),
      .isConvolution: flag(layer.kind == .convolution || layer.kind == .transposedConvolution),
      .isRecurrent: flag(layer.kind == .recurrentInput || layer.kind == .recurrentState),
      .isGrouped: flag(layer.layout.groups > 1),
      .isFirst: flag(index == 0),
      .isLast: flag(index == count - 1),
    ]
  }

  /// The raw value of a feature that is the same for all weights of a layer; `nil` for another feature.
  func constant(_ name: String, layer: Int) -> Float? {
    guard let feature = Feature(rawValue: name) else { return nil }
    switch feature {
    case .logRowDensity: return layers[layer].rowDensities == nil ? 0 : nil
    case .logColumnDensity: return layers[layer].columnDensities == nil ? 0 : nil
    default: return layers[layer].constants[feature]
    }
  }

  private static func relative(_ densities: [Float], to density: Float) -> [Float] {
    densities.map { ln($0) - ln(density) }
  }

  /// Logarithm of a count or share, none of which is ordinarily below the floor of 1e-9.
  private static func ln(_ value: Float) -> Float { FastLogarithm.ln(max(value, 1e-9)) }

  func fill(
    _ name: String, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let feature = Feature(rawValue: name) else { return false }
    let layer = layers[chunk.layer]
    switch feature {
    case .logRowDensity where layer.rowDensities != nil:
      return chunk.write(outputs: layer.rowDensities, into: target)
    case .logColumnDensity where layer.columnDensities != nil:
      return chunk.write(inputs: layer.columnDensities, into: target)
    case .logRowDensity, .logColumnDensity: return chunk.fill(0, into: target)
    default:
      guard let constant = layer.constants[feature] else { return false }
      return chunk.fill(constant, into: target)
    }
  }
}
