import PruneCore

/// Extractor of one family of features. Prepared once for a network, it then fills columns chunk by
/// chunk.
protocol FeatureFamily: Sendable {
  static var descriptors: [FeatureDescriptor] { get }

  /// - Parameter wanted: names among ``descriptors``; nothing else is prepared.
  init(_ basis: NetworkBasis, wanted: Set<String>)

  /// Writes raw values, before standardisation, for every connection of the chunk.
  /// - Returns: `false` where the layer lacks the statistic; `target` then holds nothing of use.
  func fill(
    _ name: String, _ chunk: inout ConnectionChunk, into target: UnsafeMutableBufferPointer<Float>
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
