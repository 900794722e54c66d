import PruneCore
import TestSupport
import Testing

@testable import PruneFeatures

@Suite("State features")
struct StateFeaturesTests {
  private struct GoldenState: Decodable {
    var sizes: [[Int]]
    var weights: [[Float]]
    var kept: [[Bool]]
    var gradients: [[[Float]]]
    var features: [String: [[Float]]]

    var network: NetworkState {
      NetworkState(
        layers: sizes.enumerated().map {
          .linear("layer\($0)", outputs: $1[0], inputs: $1[1])
        }, weights: weights,
        adjacency: LayerAdjacency(readers: [[.init(layer: 1, inputsPerOutput: 1)], nil]))
    }

    var state: PruningState {
      var state = PruningState(network)
      state.select(kept.map { Mask($0) })
      for gradient in gradients { state.observe(maskGradients: gradient) }
      return state
    }
  }

  @Test("matches numpy", .tags(.golden))
  func golden() throws {
    let reference = try Golden<GoldenState>.load("state")
    let names = reference.features.keys.sorted()
    #expect(names == StateFeatures.Feature.allCases.map(\.rawValue).sorted())
    let extraction = StateExtraction(try FeatureExtraction(names: names), of: reference.network)
    let table = extraction.table(of: reference.state)
    for (index, name) in names.enumerated() {
      for layer in table.layers.indices {
        let column = table.layers[layer].columns[index]
        let expected = reference.features[name]?[layer] ?? []
        #expect(
          column.isClose(to: expected, absolute: 2e-6, relative: 2e-6),
          "\(name) of layer \(layer) differs by \(column.largestDifference(from: expected))")
      }
    }
  }

  @Test("columns of the network stand beside them unchanged, in the order asked for")
  func mixed() throws {
    let reference = try Golden<GoldenState>.load("state")
    let names = ["is-on", "log-lamp", "saliency-memory", "log-magnitude"]
    let extraction = try FeatureExtraction(names: names)
    #expect(extraction.readsState)
    let table = StateExtraction(extraction, of: reference.network).table(of: reference.state)
    let fixed = try FeatureExtraction(names: ["log-lamp", "log-magnitude"])
    #expect(!fixed.readsState)
    let alone = fixed.table(of: reference.network)
    #expect(table.names == names)
    for layer in table.layers.indices {
      #expect(table.layers[layer].columns[1] == alone.layers[layer].columns[0])
      #expect(table.layers[layer].columns[3] == alone.layers[layer].columns[1])
    }
    let untried = extraction.table(of: reference.network)
    #expect(untried.layers.allSatisfy { $0.columns[0].allSatisfy { $0 == 0 } })
  }

  @Test("connections removed for good hold 0; connections that are off keep their features")
  func removed() throws {
    let reference = try Golden<GoldenState>.load("state")
    let kept = reference.kept.map { Mask($0) }
    let network = NetworkState(
      layers: reference.network.layers, weights: reference.weights, masks: kept,
      adjacency: reference.network.adjacency)
    var state = PruningState(network)
    #expect(state.masks == kept)
    state.observe(maskGradients: reference.gradients[0])
    let names = StateFeatures.Feature.allCases.map(\.rawValue)
    let table = StateExtraction(try FeatureExtraction(names: names), of: network).table(of: state)
    for (layer, mask) in kept.enumerated() {
      for column in table.layers[layer].columns {
        #expect(zip(column, mask.kept).allSatisfy { $1 || $0 == 0 })
      }
    }
    let off = zip(reference.state.saliency[0], reference.kept[0]).filter { !$1 }
    #expect(off.contains { $0.0 != 0 })
  }

  @Test("gradients that are not finite count as none")
  func notFinite() throws {
    let reference = try Golden<GoldenState>.load("state")
    var state = PruningState(reference.network)
    var gradients = reference.gradients[0]
    gradients[0][0] = .nan
    gradients[1][2] = .infinity
    state.observe(maskGradients: gradients)
    #expect(state.saliency[0][0] == 0 && state.memory[1][2] == 0)
    #expect(state.memory.joined().allSatisfy { $0.isFinite })
    state.observe(maskGradients: gradients.map { $0.map { _ in 0 } })
    #expect(state.memory.joined().allSatisfy { $0.isFinite })
  }
}
