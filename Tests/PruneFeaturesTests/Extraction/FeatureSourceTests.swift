import PruneCore
import PruneSupport
import TestSupport
import Testing

@testable import PruneFeatures

@Suite("Features computed when they are asked for")
struct FeatureSourceTests {
  private func network(masked: Bool) -> NetworkState {
    let first = DrawnLayer(seed: 3, outputs: 40, inputs: 30, isInputMajor: false, name: "first")
    let second = DrawnLayer(seed: 4, outputs: 12, inputs: 40, isInputMajor: true, name: "second")
    var generator = SeededGenerator(seed: 9)
    return NetworkState(
      layers: [first.layer, second.layer], weights: [first.weights, second.weights],
      masks: [first, second].map { drawn in
        masked ? Mask(drawn.weights.map { _ in generator.uniform() < 0.6 }) : nil
      },
      statistics: [first.statistics, second.statistics],
      adjacency: LayerAdjacency(readers: [[.init(layer: 1, inputsPerOutput: 1)], nil]))
  }

  @Test(
    "any columns of any run are those of the table, constants included", .tags(.property),
    arguments: [false, true])
  func agrees(masked: Bool) throws {
    let network = network(masked: masked)
    let names = FeatureRegistry.descriptors.map(\.name)
    let extraction = try FeatureExtraction(names: names)
    var state = PruningState(network)
    var generator = SeededGenerator(seed: 5)
    state.observe(
      maskGradients: network.layers.map { layer in
        (0..<layer.count).map { _ in Float(generator.uniform() - 0.5) }
      })
    let states = StateExtraction(extraction, of: network)
    let source = states.features(of: state)
    let table = states.table(of: state)
    #expect(source.names == names && table.names == names)
    let wanted = [names.count - 1, 3, 0, names.count - 8, 17, 20]
    for (layer, prunable) in network.layers.enumerated() {
      let range = 7..<prunable.count - 5
      var values = [Float](repeating: .nan, count: wanted.count * range.count)
      values.withUnsafeMutableBufferPointer {
        source.fill($0, features: wanted, layer: layer, range: range)
      }
      for (place, feature) in wanted.enumerated() {
        let own = values[place * range.count..<(place + 1) * range.count]
        #expect(Array(own) == Array(table.layers[layer].columns[feature][range]), "\(feature)")
      }
      let kept = network.masks[layer]?.kept
      for feature in names.indices {
        guard let constant = source.constant(feature, layer: layer) else { continue }
        let column = table.layers[layer].columns[feature]
        let isConstant = column.indices.allSatisfy {
          kept?[$0] == false || (column[$0] - constant).magnitude < 1e-5
        }
        #expect(isConstant, "\(names[feature])")
      }
    }
  }

  @Test("lines summed in parallel parts are those summed one by one", .tags(.property))
  func lineSums() {
    for isInputMajor in [false, true] {
      let drawn = DrawnLayer(seed: 1, outputs: 700, inputs: 900, isInputMajor: isInputMajor)
      let layout = drawn.layer.layout
      var generator = SeededGenerator(seed: 2)
      let kept = drawn.weights.map { _ in generator.uniform() < 0.5 }
      for mask in [nil, kept] {
        let sums = WeightGrid(layout).lineSums(of: drawn.weights, kept: mask) { $0 * $0 }
        var rows = [Double](repeating: 0, count: 700)
        var columns = [Double](repeating: 0, count: 900)
        for output in 0..<700 {
          for input in 0..<900 {
            let index = layout.index(output: output, input: input)
            guard mask?[index] ?? true else { continue }
            rows[output] += Double(drawn.weights[index]) * Double(drawn.weights[index])
            columns[input] += Double(drawn.weights[index]) * Double(drawn.weights[index])
          }
        }
        #expect(sums.outputs.isClose(to: rows.map { Float($0) }, absolute: 1e-2, relative: 1e-5))
        #expect(sums.inputs.isClose(to: columns.map { Float($0) }, absolute: 1e-2, relative: 1e-5))
      }
    }
  }
}
