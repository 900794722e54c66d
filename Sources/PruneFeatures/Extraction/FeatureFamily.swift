import PruneCore

/// Extractor of one family of features. Prepared once for a network, it then fills columns chunk by
/// chunk.
protocol FeatureFamily: Sendable {
  static var descriptors: [FeatureDescriptor] { get }

  /// - Parameter wanted: names among ``descriptors``; nothing else is prepared.
  init(_ basis: NetworkBasis, wanted: Set<String>)

  /// Writes raw values, before standardisation, for every weight of the chunk.
  ///
  /// - Returns: `false` where the layer lacks the statistic; `target` then holds nothing of use.
  func fill(
    _ name: String, _ chunk: inout WeightChunk, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool
}

extension FeatureFamily {
  /// Logarithms of per-line values of all layers, floored over the network; `nil` for layers
  /// without values.
  static func logarithms(ofLines lines: [[Float]?]) -> [[Float]?] {
    guard let floor = LogFloor(of: lines.flatMap { $0 ?? [] }) else {
      return lines.map { _ in nil }
    }
    return lines.map { $0.map(floor.ln) }
  }
}

/// A run of consecutive weights of one layer, with the logarithms that its features share.
struct WeightChunk {
  let basis: NetworkBasis
  let layer: Int
  let range: Range<Int>
  private var logarithms: [[Float]??] = [[Float]??](
    repeating: nil, count: NetworkBasis.Quantity.allCases.count)

  init(basis: NetworkBasis, layer: Int, range: Range<Int>) {
    self.basis = basis
    self.layer = layer
    self.range = range
  }

  var grid: WeightGrid { basis.grids[layer] }
  var weights: [Float] { basis.state.weights[layer] }

  /// Floored logarithms of `quantity`, computed once; `nil` where the layer lacks it.
  mutating func logarithms(of quantity: NetworkBasis.Quantity) -> [Float]? {
    if let known = logarithms[quantity.rawValue] { return known }
    let computed = basis.logarithms(of: quantity, in: layer, range)
    logarithms[quantity.rawValue] = .some(computed)
    return computed
  }

  /// Writes `scale · ln(quantity)`; `false` where the layer lacks it.
  mutating func write(
    _ quantity: NetworkBasis.Quantity, times scale: Float = 1,
    into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let values = logarithms(of: quantity) else { return false }
    values.withUnsafeBufferPointer { values in
      for index in 0..<values.count { target[index] = scale * values[index] }
    }
    return true
  }

  /// Adds `scale · ln(quantity)` to `target`; `false` where the layer lacks it.
  mutating func add(
    _ quantity: NetworkBasis.Quantity, times scale: Float = 1,
    into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard let values = logarithms(of: quantity) else { return false }
    values.withUnsafeBufferPointer { values in
      for index in 0..<values.count { target[index] += scale * values[index] }
    }
    return true
  }

  /// Writes one value for all weights; always `true`.
  func fill(_ value: Float, into target: UnsafeMutableBufferPointer<Float>) -> Bool {
    for index in 0..<range.count { target[index] = value }
    return true
  }

  /// Writes the value of each weight's output; `false` where `values` has not one per output.
  func write(outputs values: [Float]?, into target: UnsafeMutableBufferPointer<Float>) -> Bool {
    guard let values, values.count == grid.layout.outputs else { return false }
    grid.spread(outputs: values, in: range, into: target)
    return true
  }

  /// Writes the value of each weight's input; `false` where `values` has not one per input.
  func write(inputs values: [Float]?, into target: UnsafeMutableBufferPointer<Float>) -> Bool {
    guard let values, grid.accepts(inputs: values) else { return false }
    grid.spread(inputs: values, in: range, into: target)
    return true
  }
}
