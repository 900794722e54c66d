/// What a graph costs.
public struct Cost: Hashable, Sendable, Codable {
  /// Elements of all stored floating-point tensors.
  public var parameters: Int
  /// Those that are not zero.
  public var nonzero: Int
  /// Multiply–accumulates of one example, dense: a mask alone does not lower it. See ``MACCounter``.
  public var macs: Int
  /// Multiply–accumulates whose weight is not zero: what an ideal sparse runtime would do.
  public var sparseMACs: Int
  /// Size of the ONNX file, external data included.
  public var fileBytes: Int
  /// Median wall time of one example; `nil` where it was not measured.
  public var latencySeconds: Double?

  /// - Parameter latencySeconds: of one example, where it was measured.
  public init(
    parameters: Int, nonzero: Int, macs: Int, sparseMACs: Int, fileBytes: Int,
    latencySeconds: Double? = nil
  ) {
    self.parameters = parameters
    self.nonzero = nonzero
    self.macs = macs
    self.sparseMACs = sparseMACs
    self.fileBytes = fileBytes
    self.latencySeconds = latencySeconds
  }
}
