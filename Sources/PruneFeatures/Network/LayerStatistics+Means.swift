import PruneCore

extension LayerStatistics {
  /// Factor from sums over examples to means; 0 before the first example.
  var perExample: Float { examples > 0 ? 1 / Float(examples) : 0 }

  /// Factor from sums over positions to means; 0 before the first position.
  var perPosition: Float { positions > 0 ? 1 / Float(positions) : 0 }

  /// `values`, after checking that they were collected for every connection.
  func required(_ values: [Float], _ name: String, of layer: PrunableLayer) -> [Float] {
    precondition(
      values.count == layer.count,
      "'\(layer.name)' has \(values.count) values of \(name), expected \(layer.count)")
    return values
  }

  /// `values`, after checking that they were collected for every output unit.
  func requiredPerOutput(_ values: [Float], _ name: String, of layer: PrunableLayer) -> [Float] {
    precondition(
      values.count == layer.layout.outputs,
      "'\(layer.name)' has \(values.count) values of \(name), expected \(layer.layout.outputs)")
    return values
  }
}
