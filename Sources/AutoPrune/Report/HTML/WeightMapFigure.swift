import PruneCore
import PruneSurgery
import SVGCharts

/// Map of a layer's kept weights: its matrix, or the image that its inputs form.
struct WeightMapFigure {
  let caption: String
  let svg: String

  /// Largest number of layers shown, chosen by hand.
  static var mostLayers: Int { 4 }

  static func all(
    of layers: [PrunableLayer], masks: MaskSet, model: Graph
  ) -> [WeightMapFigure] {
    layers.prefix(mostLayers).enumerated().flatMap { position, layer in
      let kept = masks[layer.parameter]?.kept ?? Mask(keepingAll: layer.count).kept
      let image = position == 0 ? imageSize(of: model, layer: layer) : nil
      return [matrix(layer, kept: kept, position: position)]
        + (image.map { [pixels(layer, kept: kept, size: $0)] } ?? [])
    }
  }

  /// Map of the layer's matrix, `[outputs, inputs]`, darker where more weights are kept.
  private static func matrix(
    _ layer: PrunableLayer, kept: [Bool], position: Int
  ) -> WeightMapFigure {
    let layout = layer.layout
    let map = GridMap(rows: layout.outputs, columns: layout.inputs) { row, column in
      kept[layout.index(output: row, input: column)] ? 1 : 0
    }
    let size = "\(layout.outputs) outputs (down) × \(layout.inputs) inputs (across)"
    let share = Format.percent(Double(kept.count { $0 }) / Double(max(1, kept.count)))
    let coarse =
      map.rows < layout.outputs || map.columns < layout.inputs
      ? ", in \(map.rows) × \(map.columns) cells" : ""
    let caption =
      "\(layer.name): \(size)\(coarse); \(share) kept, at most \(Format.percent(map.largestCell)) in a cell"
    let picture = map.picture(
      identifier: "map-\(position)", title: "Weights kept in \(layer.name)",
      description: caption)
    return WeightMapFigure(caption: caption, svg: picture.svg)
  }

  /// Map of the image that the network reads: number of kept weights from each pixel.
  private static func pixels(
    _ layer: PrunableLayer, kept: [Bool], size: ImageSize
  ) -> WeightMapFigure {
    let layout = layer.layout
    let pixels = size.height * size.width
    var counts = [Int](repeating: 0, count: pixels)
    for output in 0..<layout.outputs {
      for input in 0..<layout.inputs where kept[layout.index(output: output, input: input)] {
        counts[input % pixels] += 1
      }
    }
    let map = GridMap(rows: size.height, columns: size.width) { row, column in
      Double(counts[row * size.width + column])
    }
    let unused = counts.count { $0 == 0 }
    let caption =
      "What \(layer.name) still reads of the \(size.height) × \(size.width) image: up to \(counts.max() ?? 0) "
      + "weights from a pixel, none from \(unused) of \(pixels)"
    let picture = map.picture(
      identifier: "map-pixels", title: "Pixels that \(layer.name) still reads",
      description: caption)
    return WeightMapFigure(caption: caption, svg: picture.svg)
  }

  struct ImageSize {
    let height: Int
    let width: Int
  }

  /// Size of the image that a linear first layer reads: the input's own extents, or a square of as many inputs.
  private static func imageSize(of model: Graph, layer: PrunableLayer) -> ImageSize? {
    guard layer.kind == .linear, model.dataInputs.count == 1 else { return nil }
    let extents = (model.dataInputs[0].shape ?? []).dropFirst().map { axis in
      if case .fixed(let extent) = axis { extent } else { 0 }
    }
    let inputs = layer.layout.inputs
    guard !extents.contains(0), extents.reduce(1, *) == inputs else { return nil }
    if extents.count == 3 { return ImageSize(height: extents[1], width: extents[2]) }
    let side = Int(Double(inputs).squareRoot().rounded())
    return side * side == inputs && side >= 8 ? ImageSize(height: side, width: side) : nil
  }
}
