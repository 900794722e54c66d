import PruneCore
import PruneSupport
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Selection")
struct SelectionTests {
  private static func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> PrunableLayer {
    PrunableLayer(
      name: name, kind: .linear, parameter: name, shape: [outputs, inputs],
      layout: WeightLayout(outputs: outputs, inputs: inputs), nodes: [0])
  }

  /// Layers of a few sizes, scores with many ties, and masks of an earlier stage.
  private struct Drawn {
    var layers: [PrunableLayer]
    var scores: [[Float]] = []
    var current: [Mask?] = []

    init(seed: UInt64, hasMasks: Bool) {
      var generator = SeededGenerator(seed: seed)
      layers = [("a", 6, 8), ("b", 3, 6), ("c", 2, 3)].map { linear($0.0, $0.1, $0.2) }
      for layer in layers {
        scores.append(
          (0..<layer.count).map { _ in Float(Int(generator.uniform() * 12) - 4) / 4 })
        current.append(
          hasMasks ? Mask((0..<layer.count).map { _ in generator.uniform() < 0.7 }) : nil)
      }
    }

    /// The definition, by a full sort: the best of each layer, then the best of the rest.
    func naive(keeping count: Int, of chosen: [Int]) -> [[Bool]] {
      var kept = layers.map { [Bool](repeating: false, count: $0.count) }
      var ranked: [(score: Float, layer: Int, index: Int)] = []
      for layer in chosen {
        for index in 0..<layers[layer].count where current[layer]?.kept[index] ?? true {
          ranked.append((scores[layer][index], layer, index))
        }
      }
      ranked.sort { ($1.score, $0.layer, $0.index) < ($0.score, $1.layer, $1.index) }
      var left = count
      for layer in chosen {
        guard let best = ranked.first(where: { $0.layer == layer }) else { continue }
        kept[layer][best.index] = true
        left -= 1
      }
      for entry in ranked where left > 0 && !kept[entry.layer][entry.index] {
        kept[entry.layer][entry.index] = true
        left -= 1
      }
      return kept
    }
  }

  @Test("agrees with a full sort over the network", .tags(.property), arguments: 1...20)
  func network(_ seed: UInt64) throws {
    for hasMasks in [false, true] {
      let drawn = Drawn(seed: seed, hasMasks: hasMasks)
      let total = drawn.layers.reduce(0) { $0 + $1.count }
      let left = drawn.layers.indices.reduce(0) {
        $0 + (drawn.current[$1]?.keptCount ?? drawn.layers[$1].count)
      }
      for density in [0.06, 0.2, 0.5, 0.9, 1] {
        let masks = try Selection.masks(
          keeping: density, scores: drawn.scores, layers: drawn.layers, current: drawn.current)
        let count = min(Int((density * Double(total)).rounded()), left)
        let expected = drawn.naive(keeping: count, of: [0, 1, 2])
        #expect(masks.keptCount == count)
        #expect(drawn.layers.map { masks[$0.parameter]?.kept } == expected)
      }
    }
  }

  @Test("brings every layer to the same density", .tags(.property), arguments: 1...5)
  func layer(_ seed: UInt64) throws {
    let drawn = Drawn(seed: seed, hasMasks: false)
    let masks = try Selection.masks(
      keeping: 0.25, scores: drawn.scores, layers: drawn.layers, scope: .layerwise)
    #expect(masks.keptCount == 18)
    for (index, count) in [(0, 12), (1, 5), (2, 1)] {
      let expected = drawn.naive(keeping: count, of: [index])[index]
      #expect(masks[drawn.layers[index].parameter]?.kept == expected)
    }
  }

  @Test("keeps a layer's best connection however low it scores")
  func noLayerEmpties() throws {
    let layers = [Self.linear("a", 2, 4), Self.linear("b", 1, 2)]
    let masks = try Selection.masks(
      keeping: 0.3, scores: [[8, 7, 6, 5, 4, 3, 2, 1], [-.infinity, -9]], layers: layers)
    #expect(masks["a"]?.kept == [true, true, false, false, false, false, false, false])
    #expect(masks["b"]?.kept == [false, true])
  }

  @Test("treats −0 and 0 as equal and orders infinities")
  func specialScores() throws {
    let masks = try Selection.masks(
      keeping: 0.5, scores: [[-0.0, 0, .infinity, -.infinity]], layers: [Self.linear("a", 1, 4)])
    #expect(masks["a"]?.kept == [true, false, true, false])
  }

  @Test("leaves untouched layers alone and counts them")
  func untouched() throws {
    let layers = [Self.linear("a", 2, 4), Self.linear("b", 1, 2)]
    let masks = try Selection.masks(
      keeping: 0.4, scores: [[1, 2, 3, 4, 5, 6, 7, 8], [0, 0]], layers: layers, untouched: ["b"])
    #expect(masks["b"]?.keptCount == 2)
    #expect(masks["a"]?.kept == [false, false, false, false, false, false, true, true])
  }

  @Test("refuses what it cannot do and says why")
  func errors() throws {
    let layers = [Self.linear("a", 2, 4), Self.linear("b", 1, 2)]
    let scores: [[Float]] = [.init(repeating: 1, count: 8), [1, .nan]]
    #expect(throws: SelectionError.notANumber(layer: "b", index: 1)) {
      try Selection.masks(keeping: 0.5, scores: scores, layers: layers)
    }
    #expect(throws: SelectionError.notANumber(layer: "b", index: 1)) {
      try Selection.masks(
        keeping: 0.5, scores: scores, layers: layers, granularity: .nm(NMPattern(kept: 1, of: 2)))
    }
    #expect(throws: Never.self) {
      try Selection.masks(
        keeping: 0.5, scores: scores, layers: layers, current: [nil, Mask([true, false])])
    }
    #expect(throws: SelectionError.densityOutOfRange(0)) {
      try Selection.masks(keeping: 0, scores: scores, layers: layers)
    }
    #expect(throws: SelectionError.wrongScoreCount(layer: "b", got: 1, expected: "2")) {
      try Selection.masks(keeping: 0.5, scores: [scores[0], [1]], layers: layers)
    }
    let tooFew = #expect(throws: SelectionError.self) {
      try Selection.masks(keeping: 0.1, scores: [scores[0], [1, 1]], layers: layers)
    }
    #expect(tooFew == .tooFew(asked: 1, needed: 2, layer: "a"))
    #expect(tooFew?.description.contains("lower the sparsity") == true)
    #expect(throws: SelectionError.unsupported(.head)) {
      try Selection.masks(keeping: 0.5, scores: scores, layers: layers, granularity: .head)
    }
    #expect(throws: SelectionError.badBlock(rows: 0, columns: 2)) {
      try Selection.masks(
        keeping: 0.5, scores: scores, layers: layers, granularity: .block(rows: 0, columns: 2))
    }
  }

  @Test("removes whole channels by unit scores or by mean connection scores")
  func channels() throws {
    let layers = [Self.linear("a", 3, 4), Self.linear("b", 2, 2)]
    let byUnit = try Selection.masks(
      keeping: 0.5, scores: [[1, 3, 2], [0.5, 0.1]], layers: layers, granularity: .channel)
    #expect(byUnit["a"]?.kept == (0..<12).map { (4..<8).contains($0) })
    #expect(byUnit["b"]?.kept == [true, true, false, false])
    let connections: [[Float]] = [
      [Float](repeating: 1, count: 4) + [9, 0, 0, 3] + [Float](repeating: 2, count: 4),
      [0.5, 0.5, 0.1, 0.1],
    ]
    let byMean = try Selection.masks(
      keeping: 0.7, scores: connections, layers: layers, granularity: .channel)
    #expect(byMean["a"]?.kept.prefix(4).allSatisfy { !$0 } == true)
    #expect(byMean["a"]?.keptCount == 8)
    #expect(byMean["b"]?.keptCount == 2)
  }

  @Test("a channel of a transposed convolution is all that makes one output", arguments: [1, 2])
  func transposedChannels(groups: Int) throws {
    let (inputs, outputs, area) = (4, 3, 4)
    let weight = HostTensor(
      [Float](repeating: 1, count: inputs * outputs * area), shape: [inputs, outputs, 2, 2])
    let graph = Graph(
      nodes: [
        Node(
          "ConvTranspose", inputs: ["x", "w"], outputs: ["y"],
          attributes: [Attribute("group", .int(Int64(groups)))])
      ], initializers: [Initializer(name: "w", tensor: weight)])
    let layers = graph.prunableLayers()
    let channels = groups * outputs
    let removed = channels - 2
    let masks = try Selection.masks(
      keeping: Double(channels - 1) / Double(channels),
      scores: [(0..<channels).map { $0 == removed ? 0 : 1 }], layers: layers, granularity: .channel)
    // ONNX: weight [inputs, outputs / groups, height, width]; output g · outputs / groups + o reads the inputs of group g.
    let expected = (0..<inputs * outputs * area).map { index in
      let (input, output) = (index / area / outputs, index / area % outputs)
      return input / (inputs / groups) * outputs + output != removed
    }
    #expect(masks["w"]?.kept == expected)
  }

  @Test("removes blocks and kernels")
  func blocks() throws {
    let masks = try Selection.masks(
      keeping: 0.5, scores: [[4, 4, 1, 1, 4, 4, 1, 1, 2, 2, 3, 3]],
      layers: [Self.linear("a", 3, 4)],
      granularity: .block(rows: 2, columns: 2))
    #expect(
      masks["a"]?.kept
        == [true, true, false, false, true, true, false, false, false, false, true, true])
    let convolution = PrunableLayer(
      name: "c", kind: .convolution, parameter: "c", shape: [2, 2, 1, 2],
      layout: WeightLayout(outputs: 2, inputs: 4, kernelArea: 2), nodes: [0])
    let kernels = try Selection.masks(
      keeping: 0.5, scores: [[1, 2, 5, 0, 4, 0, 1, 0]], layers: [convolution], granularity: .kernel)
    #expect(kernels["c"]?.kept == [false, false, true, true, true, true, false, false])
  }

  @Test("keeps N of M along input channels")
  func patterns() throws {
    let pattern = Granularity.nm(try NMPattern(kept: 2, of: 4))
    let masks = try Selection.masks(
      keeping: 0.5, scores: [[1, 4, 3, 2, 5, 5, 1, 0, 0, 0]], layers: [Self.linear("a", 1, 10)],
      granularity: pattern)
    #expect(
      masks["a"]?.kept == [false, true, true, false, true, true, false, false, true, false])
    let convolution = PrunableLayer(
      name: "c", kind: .convolution, parameter: "c", shape: [1, 2, 1, 2],
      layout: WeightLayout(outputs: 1, inputs: 4, kernelArea: 2), nodes: [0])
    let along = try Selection.masks(
      keeping: 0.5, scores: [[1, 9, 2, 8]], layers: [convolution],
      granularity: .nm(try NMPattern(kept: 1, of: 2)))
    #expect(along["c"]?.kept == [false, true, true, false])
  }

  @Test("is exact on scores that differ in their last bits")
  func lastBits() throws {
    let scores = (0..<4096).map { Float(bitPattern: 0x3F80_0000 + UInt32(($0 * 2731) % 4096)) }
    let masks = try Selection.masks(
      keeping: 0.25, scores: [scores], layers: [Self.linear("a", 64, 64)])
    #expect(masks["a"]?.kept == Mask(keeping: 1024, of: scores).kept)
  }
}
