import PruneCore
import PruneSupport
import TestSupport
import Testing
import TorchBackend

@testable import PruneCompensation

@Suite("Least squares of a layer", .serialized)
struct LayerLeastSquaresTests {
  @Test("equals numpy.linalg.lstsq", .tags(.golden), arguments: 0..<5)
  func golden(_ index: Int) throws {
    let reference = try CompensationGolden.load().layers[index]
    let engine = try TorchEngine(threads: 1)
    let zero = [Float](repeating: 0, count: reference.input.count)
    let shift = zip(reference.denseInput, reference.input).map { $0 - $1 }
    let graph = reference.graph(weight: reference.weight, shift: zero)
    let layer = try #require(graph.prunableLayers().first)
    let kept = Mask(reference.kept)
    let features = try #require(FeatureParts(layer, kept: kept).parts.first)
    var moments = ResidualMoments(layer, features: Array(0..<layer.blocks.inputs))
    try engine.accumulateResiduals(
      for: layer, of: try engine.prepare(graph),
      against: try engine.prepare(reference.graph(weight: reference.denseWeight, shift: shift)),
      on: [HostTensor(reference.input, shape: reference.inputShape)], into: &moments)
    let correction = LayerLeastSquares(
      moments, of: layer, kept: kept, fitsBias: reference.fitsBias
    ).correction(ridge: reference.ridge)
    #expect(features.count <= layer.blocks.inputs)
    #expect(correction.weights.isClose(to: reference.correction, absolute: 2e-4))
    #expect(correction.bias.isClose(to: reference.bias, absolute: 2e-4))
  }

  /// Layers of every kind whose reference differs in the weights alone.
  enum Kind: CaseIterable {
    case linear, convolution, grouped, depthwise, transposed, transposedGroups, recurrent

    var graph: Graph {
      func conv(_ operation: String, _ shape: [Int], groups: Int) -> Graph {
        Graph(
          inputs: [
            ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(4), .fixed(5), .fixed(5)])
          ], outputs: [ValueInfo(name: "y")],
          nodes: [
            Node(
              operation, name: "layer", inputs: ["x", "w", "b"], outputs: ["y"],
              attributes: [
                Attribute("group", .int(Int64(groups))), Attribute("strides", .ints([2, 1])),
                Attribute("pads", .ints([1, 0, 1, 1])),
              ])
          ],
          initializers: [
            Initializer(name: "w", tensor: .zeros(shape)),
            Initializer(name: "b", tensor: HostTensor([3, -2, 1, 4] as [Float], shape: [4])),
          ])
      }
      switch self {
      case .linear: return TinyModels.matMulMLP()
      case .convolution: return conv("Conv", [4, 4, 3, 2], groups: 1)
      case .grouped: return conv("Conv", [4, 2, 3, 2], groups: 2)
      case .depthwise: return conv("Conv", [4, 1, 3, 3], groups: 4)
      case .transposed: return conv("ConvTranspose", [4, 4, 2, 2], groups: 1)
      case .transposedGroups: return conv("ConvTranspose", [4, 2, 2, 2], groups: 2)
      case .recurrent:
        return Graph(
          inputs: [ValueInfo(name: "x", shape: [.fixed(6), .symbolic("N"), .fixed(3)])],
          outputs: [ValueInfo(name: "y")],
          nodes: [
            Node(
              "LSTM", name: "layer", inputs: ["x", "W", "R"], outputs: ["y"],
              attributes: [
                Attribute("hidden_size", .int(2)),
                Attribute("direction", .string(Array("bidirectional".utf8))),
              ])
          ],
          initializers: [
            Initializer(name: "W", tensor: .zeros([2, 8, 3])),
            Initializer(name: "R", tensor: .zeros([2, 8, 2])),
          ])
      }
    }
  }

  @Test("finds the reference's weights where inputs are the same", arguments: Kind.allCases)
  func recovers(_ kind: Kind) throws {
    var generator = SeededGenerator(seed: 4)
    let graph = kind.graph
    let layer = graph.prunableLayers()[0]
    let engine = try TorchEngine(threads: 1)
    let (program, reference) = (try engine.prepare(graph), try engine.prepare(graph))
    let wanted = TinyModels.normal(layer.count, &generator)
    let start = TinyModels.normal(layer.count, &generator)
    try engine.setParameters(
      [layer.parameter: HostTensor(wanted, shape: layer.shape)], of: reference)
    try engine.setParameters([layer.parameter: HostTensor(start, shape: layer.shape)], of: program)
    let shape = (graph.dataInputs[0].shape ?? []).map { axis in
      if case .fixed(let extent) = axis { extent } else { 60 }
    }
    let input = HostTensor(
      TinyModels.normal(shape.reduce(1, *), &generator), shape: shape)
    var moments = ResidualMoments(layer, features: Array(0..<layer.blocks.inputs))
    try engine.accumulateResiduals(
      for: layer, of: program, against: reference, on: [input], into: &moments)
    let correction = LayerLeastSquares(moments, of: layer, kept: nil, fitsBias: false)
      .correction(ridge: 1e-9)
    let expected = zip(wanted, start).map { $0 - $1 }
    #expect(correction.weights.isClose(to: expected, absolute: 2e-3))
  }

  @Test("sees recurrent states block by block, a direction each")
  func states() throws {
    let graph = Kind.recurrent.graph
    let layer = graph.prunableLayers()[1]
    #expect(layer.kind == .recurrentState)
    let engine = try TorchEngine(threads: 1)
    var generator = SeededGenerator(seed: 5)
    let program = try engine.prepare(graph)
    try engine.setParameters(
      [
        "W": HostTensor(TinyModels.normal(48, &generator), shape: [2, 8, 3]),
        "R": HostTensor(TinyModels.normal(32, scale: 0.3, &generator), shape: [2, 8, 2]),
      ], of: program)
    let input = HostTensor(TinyModels.normal(6 * 7 * 3, &generator), shape: [6, 7, 3])
    var moments = ResidualMoments(layer, features: [0, 1])
    try engine.accumulateResiduals(
      for: layer, of: program, against: program, on: [input], into: &moments)
    let output = try #require(try engine.run(program, on: [input])[0].floats)
    #expect(moments.positions == 35)
    #expect(moments.cross.allSatisfy { $0 == 0 })
    for (direction, steps) in [0..<5, 1..<6].enumerated() {
      for unit in 0..<2 {
        var square = 0.0
        for step in steps {
          for example in 0..<7 {
            let state = output[((step * 2 + direction) * 7 + example) * 2 + unit]
            square += Double(state * state)
          }
        }
        #expect(isClose(moments.gram[direction * 4 + unit * 3], square, absolute: 1e-4))
      }
    }
  }

  @Test("leaves removed connections alone, and everything where nothing is lacking")
  func masks() throws {
    let graph = TinyModels.mlp([4, 6, 3])
    let engine = ReferenceEngine()
    let program = try engine.prepare(graph)
    let layer = graph.prunableLayers()[0]
    var moments = ResidualMoments(layer, features: [0, 1, 2, 3])
    try engine.accumulateResiduals(
      for: layer, of: program, against: program, on: TinyModels.clusters(count: 8).inputs,
      into: &moments)
    #expect(
      LayerLeastSquares(moments, of: layer, kept: nil, fitsBias: true).correction(ridge: 1e-3)
        .isZero)
    try engine.setParameters([layer.parameter: .zeros(layer.shape)], of: program)
    try engine.accumulateResiduals(
      for: layer, of: program, against: try engine.prepare(graph),
      on: TinyModels.clusters(count: 8).inputs, into: &moments)
    let kept = Mask((0..<24).map { $0 % 5 < 2 })
    let correction = LayerLeastSquares(moments, of: layer, kept: kept, fitsBias: true)
      .correction(ridge: 1e-3)
    #expect(!correction.isZero)
    #expect(zip(correction.weights, kept.kept).allSatisfy { $1 || $0 == 0 })
  }

  @Test("gives no correction for sums that are not finite")
  func notFinite() {
    let layer = TinyModels.mlp([4, 3]).prunableLayers()[0]
    var moments = ResidualMoments(layer, features: [0, 2])
    moments.add(
      positions: 3, gram: [1, .nan, .nan, 1], cross: [1, 1, 1, 1, 1, 1], featureSum: [0, 0],
      residualSum: [0, 0, .infinity])
    let correction = LayerLeastSquares(moments, of: layer, kept: nil, fitsBias: true)
      .correction(ridge: 0.1)
    #expect(correction.weights.allSatisfy { $0 == 0 })
    #expect(correction.bias.allSatisfy { $0.isFinite })
  }
}
