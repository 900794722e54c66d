import PruneCore
import PruneFeatures
import PruneSupport
import TestSupport
import Testing

@Suite("Feature extraction")
struct FeatureExtractionTests {
  private struct GoldenFeatures: Decodable { var features: [String: [Float]] }
  private static let allNames = FeatureRegistry.descriptors.map(\.name)

  private static func state(seed: UInt64, hasMasks: Bool = false) -> NetworkState {
    let first = DrawnLayer(seed: seed, outputs: 6, inputs: 9, isInputMajor: false, name: "first")
    let second = DrawnLayer(seed: seed, outputs: 4, inputs: 6, isInputMajor: true, name: "second")
    var generator = SeededGenerator(seed: seed)
    let masks = [first, second].map { drawn in
      hasMasks ? Mask(drawn.weights.map { _ in generator.uniform() < 0.6 }) : nil
    }
    return NetworkState(
      layers: [first.layer, second.layer], weights: [first.weights, second.weights], masks: masks,
      statistics: [first.statistics, second.statistics],
      adjacency: LayerAdjacency(readers: [[.init(layer: 1, inputsPerOutput: 1)], nil]))
  }

  @Test("matches numpy", .tags(.golden))
  func golden() throws {
    let reference = try Golden<GoldenFeatures>.load("features").features
    let names = reference.keys.sorted()
    let table = try FeatureExtraction(names: names).table(of: try GoldenLayer.load().state)
    for (index, name) in names.enumerated() {
      let column = table.layers[0].columns[index]
      let wanted = try #require(reference[name])
      #expect(
        column.isClose(to: wanted, absolute: 3e-4),
        "\(name) differs by \(column.largestDifference(from: wanted))")
    }
  }

  @Test(
    "standardises over kept connections and gives removed ones 0", .tags(.property),
    arguments: 1...4)
  func standardised(_ seed: UInt64) throws {
    let state = Self.state(seed: seed, hasMasks: true)
    let extraction = try FeatureExtraction(names: Self.allNames)
    let table = extraction.table(of: state)
    for (feature, descriptor) in extraction.descriptors.enumerated() {
      var kept: [Double] = []
      for (layer, features) in table.layers.enumerated() {
        #expect(features.columns[feature].count == state.layers[layer].count)
        for (index, value) in features.columns[feature].enumerated() {
          #expect(value.isFinite, "\(descriptor.name)")
          if state.masks[layer]?.kept[index] == true {
            kept.append(Double(value))
          } else {
            #expect(value == 0, "\(descriptor.name)")
          }
        }
      }
      guard descriptor.unit == .networkScore else { continue }
      // Outgoing and incoming norms are known for one layer only; the other holds zeros.
      if descriptor.name.hasPrefix("log-outgoing") || descriptor.name.hasPrefix("log-incoming") {
        continue
      }
      let mean = kept.reduce(0, +) / Double(kept.count)
      let variance = kept.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(kept.count)
      #expect(isClose(mean, 0, absolute: 1e-4), "\(descriptor.name)")
      #expect(isClose(variance, 1, absolute: 1e-3), "\(descriptor.name)")
    }
  }

  @Test("chunks of any size give the same columns", .tags(.property), arguments: [1, 5, 7, 64])
  func chunks(_ size: Int) throws {
    let state = Self.state(seed: 3, hasMasks: true)
    let extraction = try FeatureExtraction(names: Self.allNames)
    let table = extraction.table(of: state)
    extraction.forEachChunk(of: state, size: size) { layer, range, columns in
      for feature in columns.indices {
        #expect(
          Array(columns[feature].prefix(range.count))
            == Array(table.layers[layer].columns[feature][range]))
      }
    }
  }

  @Test("does not change when all weights, gradients or inputs are scaled", .tags(.property))
  func scaleInvariance() throws {
    let state = Self.state(seed: 5)
    var statistics = state.statistics
    for index in statistics.indices {
      for position in statistics[index].gradientSum.indices {
        statistics[index].gradientSum[position] *= 8
        statistics[index].gradientSquareSum[position] *= 64
        statistics[index].gradientAbsoluteSum[position] *= 8
      }
      statistics[index].inputSum = statistics[index].inputSum.map { $0 * 4 }
      statistics[index].inputSquareSum = statistics[index].inputSquareSum.map { $0 * 16 }
    }
    let scaled = NetworkState(
      layers: state.layers, weights: state.weights.map { $0.map { $0 * 32 } },
      statistics: statistics, adjacency: state.adjacency)
    let extraction = try FeatureExtraction(names: Self.allNames)
    let (before, after) = (extraction.table(of: state), extraction.table(of: scaled))
    for (layer, features) in before.layers.enumerated() {
      for (feature, column) in features.columns.enumerated() {
        #expect(
          after.layers[layer].columns[feature].isClose(to: column, absolute: 2e-4),
          "\(extraction.names[feature])")
      }
    }
  }

  @Test("puts dead units a fixed step below the smallest live ones")
  func deadUnits() throws {
    var state = Self.state(seed: 2)
    var statistics = state.statistics
    statistics[1].inputSquareSum[2] = 0
    statistics[1].inputSum[2] = 0
    state = NetworkState(
      layers: state.layers, weights: state.weights, statistics: statistics,
      adjacency: state.adjacency)
    let table = try FeatureExtraction(names: ["log-input-norm", "log-input-variance"]).table(
      of: state)
    for column in table.layers[1].columns {
      #expect(column[2 * 4] < (column.filter { $0 != column[2 * 4] }.min() ?? 0) - 1)
      #expect(column.allSatisfy { $0.isFinite })
    }
  }

  @Test("reads the norms of neighbouring layers through the adjacency")
  func neighbours() throws {
    let state = Self.state(seed: 4)
    let table = try FeatureExtraction(names: ["log-outgoing-norm", "log-incoming-norm"])
      .table(of: state)
    func norm(_ values: [Float]) -> Float { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let outgoing = (0..<6).map { norm(Array(state.weights[1][$0 * 4..<$0 * 4 + 4])) }
    let columns = (0..<6).map { table.layers[0].columns[0][$0 * 9] }
    #expect(
      (0..<6).sorted { outgoing[$0] < outgoing[$1] } == (0..<6).sorted { columns[$0] < columns[$1] }
    )
    let incoming = (0..<6).map { norm(Array(state.weights[0][$0 * 9..<$0 * 9 + 9])) }
    let rows = (0..<6).map { table.layers[1].columns[1][$0 * 4] }
    #expect(
      (0..<6).sorted { incoming[$0] < incoming[$1] } == (0..<6).sorted { rows[$0] < rows[$1] })
    #expect(table.layers[1].columns[0].allSatisfy { $0 == 0 })
  }

  @Test("works without statistics, on constant weights and on an empty network")
  func degenerate() throws {
    let extraction = try FeatureExtraction(names: Self.allNames)
    let layer = PrunableLayer.linear("a", outputs: 2, inputs: 3)
    for value: Float in [0, 1] {
      let state = NetworkState(layers: [layer], weights: [.init(repeating: value, count: 6)])
      for column in extraction.table(of: state).layers[0].columns {
        #expect(column.allSatisfy { $0.isFinite })
      }
    }
    let removed = NetworkState(
      layers: [layer], weights: [.init(repeating: 1, count: 6)],
      masks: [Mask(.init(repeating: false, count: 6))])
    #expect(
      extraction.table(of: removed).layers[0].columns.allSatisfy { $0.allSatisfy { $0 == 0 } })
    #expect(extraction.table(of: NetworkState(layers: [], weights: [])).layers.isEmpty)
  }

  @Test("names are unique, and unknown or repeated ones are refused")
  func names() {
    #expect(Set(Self.allNames).count == Self.allNames.count)
    let unknown = #expect(throws: FeatureError.self) { try FeatureExtraction(names: ["log-w"]) }
    #expect(unknown?.description.contains("log-magnitude") == true)
    #expect(throws: FeatureError.duplicateName("depth")) {
      try FeatureExtraction(names: ["depth", "depth"])
    }
  }

  @Test("asks for the statistics that its columns need")
  func requiredStatistics() throws {
    #expect(try FeatureExtraction(names: ["log-magnitude"]).requiredStatistics == [])
    #expect(
      try FeatureExtraction(names: ["log-wanda", "log-fisher"]).requiredStatistics
        == [.inputs, .gradientMoments])
  }
}
