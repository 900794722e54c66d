public import PruneCore

/// Features of one network, ready to be computed for any run of weights; several threads may read
/// it.
///
/// Standardisation is over the kept weights, all of them in networks of up to 2²⁰ weights and evenly
/// spaced runs of 1,024, 2²⁰ in all, in larger ones.
public struct PreparedFeatures: FeatureSource {
  /// Descriptors of the columns, in order.
  public let descriptors: [FeatureDescriptor]
  private let basis: NetworkBasis
  private let families: [FeatureDescriptor.Family: any FeatureFamily]
  private var scalings: [Scaling]

  private struct Scaling {
    var offset: Float = 0
    var factor: Float = 1
  }

  private static let sampleSize = 1 << 20
  private static let runLength = 1 << 10

  init(descriptors: [FeatureDescriptor], state: NetworkState) {
    self.descriptors = descriptors
    let wanted = Set(descriptors.map(\.name))
    let kinds = Set(descriptors.map(\.family))
    let basis = NetworkBasis(state, quantities: Set(NetworkBasis.Quantity.allCases))
    self.basis = basis
    var families: [FeatureDescriptor.Family: any FeatureFamily] = [:]
    for kind in kinds {
      families[kind] =
        switch kind {
        case .magnitude: MagnitudeFeatures(basis, wanted: wanted)
        case .gradient: GradientFeatures(basis, wanted: wanted)
        case .activation: ActivationFeatures(basis, wanted: wanted)
        case .context: ContextFeatures(basis, wanted: wanted)
        case .state: nil
        }
    }
    self.families = families
    scalings = descriptors.map { _ in Scaling() }
    scalings = measuredScalings()
  }

  /// Computes all columns of `range` (stored order) of a layer into the first `range.count`
  /// elements of each array.
  public func fill(_ columns: inout [[Float]], layer: Int, range: Range<Int>) {
    var chunk = WeightChunk(basis: basis, layer: layer, range: range)
    for feature in descriptors.indices {
      columns[feature].withUnsafeMutableBufferPointer { column in
        precondition(column.count >= range.count, "\(column.count) elements for \(range.count)")
        fill(
          UnsafeMutableBufferPointer(rebasing: column[0..<range.count]), with: feature, of: &chunk)
      }
    }
  }

  public var names: [String] { descriptors.map(\.name) }
  public var prunableLayers: [PrunableLayer] { basis.state.layers }

  public func constant(_ feature: Int, layer: Int) -> Float? {
    guard let context = families[.context] as? ContextFeatures,
      let value = context.constant(descriptors[feature].name, layer: layer)
    else { return nil }
    return (value - scalings[feature].offset) * scalings[feature].factor
  }

  public func fill(
    _ target: UnsafeMutableBufferPointer<Float>, features: [Int], layer: Int, range: Range<Int>
  ) {
    var chunk = WeightChunk(basis: basis, layer: layer, range: range)
    for (position, feature) in features.enumerated() {
      fill(
        UnsafeMutableBufferPointer(
          rebasing: target[position * range.count..<(position + 1) * range.count]),
        with: feature, of: &chunk)
    }
  }

  private func fill(
    _ target: UnsafeMutableBufferPointer<Float>, with feature: Int, of chunk: inout WeightChunk
  ) {
    guard raw(feature, &chunk, into: target) else {
      target.update(repeating: 0)
      return
    }
    scale(target, by: scalings[feature], layer: chunk.layer, range: chunk.range)
  }

  private func raw(
    _ feature: Int, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    let descriptor = descriptors[feature]
    return families[descriptor.family]?.fill(descriptor.name, &chunk, into: target) ?? false
  }

  private func scale(
    _ target: UnsafeMutableBufferPointer<Float>, by scaling: Scaling, layer: Int, range: Range<Int>
  ) {
    let isIdentity = scaling.offset == 0 && scaling.factor == 1
    guard let kept = basis.state.masks[layer]?.kept else {
      if isIdentity { return }
      for index in 0..<range.count {
        target[index] = (target[index] - scaling.offset) * scaling.factor
      }
      return
    }
    kept.withUnsafeBufferPointer { kept in
      for index in 0..<range.count {
        let value = (target[index] - scaling.offset) * scaling.factor
        target[index] = kept[range.lowerBound &+ index] ? value : 0
      }
    }
  }

  private func measuredScalings() -> [Scaling] {
    let measured = descriptors.indices.filter {
      descriptors[$0].unit == .networkScore || descriptors[$0].unit == .centredNats
    }
    var moments = [ColumnMoments](repeating: ColumnMoments(), count: descriptors.count)
    var scratch = [Float](repeating: 0, count: Self.runLength)
    for (layer, run) in sampledRuns() {
      var chunk = WeightChunk(basis: basis, layer: layer, range: run)
      for feature in measured {
        scratch.withUnsafeMutableBufferPointer { buffer in
          let target = UnsafeMutableBufferPointer(rebasing: buffer[0..<run.count])
          guard raw(feature, &chunk, into: target) else { return }
          moments[feature].add(target, kept: basis.state.masks[layer]?.kept, from: run.lowerBound)
        }
      }
    }
    return descriptors.indices.map { feature in
      switch descriptors[feature].unit {
      case .networkScore:
        Scaling(offset: moments[feature].mean, factor: moments[feature].inverseDeviation)
      case .centredNats: Scaling(offset: moments[feature].mean)
      case .lineScore, .logit, .nats, .fraction, .flag: Scaling()
      }
    }
  }

  /// Evenly spaced runs of weights, no longer than ``runLength``, that scalings are measured on.
  private func sampledRuns() -> [(layer: Int, run: Range<Int>)] {
    let count = basis.state.weightCount
    let step = max(Self.runLength, Self.runLength * count / Self.sampleSize)
    return basis.state.layers.enumerated().flatMap { layer, prunable in
      stride(from: 0, to: prunable.count, by: step).map {
        (layer, $0..<min($0 + Self.runLength, prunable.count))
      }
    }
  }
}

/// Running mean and standard deviation of a column over kept weights.
struct ColumnMoments {
  private var count = 0
  private var shift = 0.0
  private var sum = 0.0
  private var squareSum = 0.0

  /// - Parameters:
  ///   - kept: of the whole layer; `nil` where all weights are kept.
  ///   - first: position in `kept` of the first value.
  mutating func add(_ values: UnsafeMutableBufferPointer<Float>, kept: [Bool]?, from first: Int) {
    for index in 0..<values.count where kept?[first + index] ?? true {
      if count == 0 { shift = Double(values[index]) }
      let value = Double(values[index]) - shift
      count += 1
      sum += value
      squareSum += value * value
    }
  }

  var mean: Float { count > 0 ? Float(shift + sum / Double(count)) : 0 }

  /// Inverse of the standard deviation; 0 where all values are equal within rounding.
  var inverseDeviation: Float {
    guard count > 0 else { return 0 }
    let mean = sum / Double(count)
    let variance = squareSum / Double(count) - mean * mean
    return variance > 1e-10 ? Float(1 / variance.squareRoot()) : 0
  }
}
