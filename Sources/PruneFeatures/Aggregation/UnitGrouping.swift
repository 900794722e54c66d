public import PruneCore

/// Which connections of a layer make up each of its larger units.
///
/// A unit is a set of whole tiles of the layer's matrix `[outputs, inputs]`: a channel is one row, a block one tile, a head
/// the rows of its outputs.
public struct UnitGrouping: Hashable, Sendable {
  /// Number of units in the layer, those with nothing left included.
  public let unitCount: Int
  private let layout: WeightLayout
  private let rowsPerUnit: Int
  private let columnsPerUnit: Int
  private let unitsPerRow: Int

  /// Tiles of `rows` outputs × `columns` inputs; those at the far edges may be smaller.
  ///
  /// - Precondition: both at least 1.
  public init(of layer: PrunableLayer, rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "tiles of \(rows) × \(columns)")
    layout = layer.layout
    rowsPerUnit = rows
    columnsPerUnit = columns
    unitsPerRow = (layout.inputs + columns - 1) / columns
    unitCount = (layout.outputs + rows - 1) / rows * unitsPerRow
  }

  /// One unit per output: a neuron or an output channel.
  public static func channels(of layer: PrunableLayer) -> UnitGrouping {
    UnitGrouping(of: layer, rows: 1, columns: max(1, layer.layout.inputs))
  }

  /// One unit per output and input channel: a convolution kernel.
  public static func kernels(of layer: PrunableLayer) -> UnitGrouping {
    UnitGrouping(of: layer, rows: 1, columns: max(1, layer.layout.kernelArea))
  }

  /// One unit per attention head of a projection that makes the heads' queries, keys or values.
  ///
  /// - Precondition: the outputs divide into `count` heads.
  public static func heads(_ count: Int, of layer: PrunableLayer) -> UnitGrouping {
    precondition(
      count > 0 && layer.layout.outputs % count == 0,
      "\(layer.layout.outputs) outputs do not divide into \(count) heads")
    return UnitGrouping(
      of: layer, rows: max(1, layer.layout.outputs / count), columns: max(1, layer.layout.inputs))
  }

  /// Unit of a connection, by its position in stored order.
  @inline(__always) public func unit(of connection: Int) -> Int {
    let (output, input) =
      layout.isInputMajor
      ? (connection % layout.outputs, connection / layout.outputs)
      : (connection / layout.inputs, connection % layout.inputs)
    return output / rowsPerUnit * unitsPerRow + input / columnsPerUnit
  }
}
