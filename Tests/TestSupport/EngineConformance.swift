public import PruneCore
import Testing

/// What every ``Engine`` has to do, checked on tiny perceptrons whose answers are known.
///
/// Call ``verify(_:)``, or single checks, from a test of the engine's own suite.
public enum EngineConformance {
  private static let objective = Objective.crossEntropy(labelSmoothing: 0)

  private static func tensor(_ values: [Float], shape: [Int]) -> HostTensor {
    HostTensor(values, shape: shape)
  }

  public static func verify<E: Engine>(_ engine: E) throws {
    try runsForward(engine)
    try reportsShapes(engine)
    try differentiates(engine)
    try honoursObjectives(engine)
    try collectsExactStatistics(engine)
    try addsStatisticsOverBatches(engine)
    try collectsResiduals(engine)
    try holdsMasks(engine)
    try restoresTraining(engine)
    try exchangesParameters(engine)
    try refusesBadInput(engine)
  }

  /// Forward values of a network small enough to work out by hand.
  public static func runsForward<E: Engine>(_ engine: E) throws {
    var graph = TinyModels.mlp([2, 2, 1])
    try graph.setParameters([
      "layer0.weight": tensor([1, 2, -1, 1], shape: [2, 2]),
      "layer0.bias": tensor([0.5, -0.5], shape: [2]),
      "layer1.weight": tensor([2, 3], shape: [1, 2]),
      "layer1.bias": tensor([1], shape: [1]),
    ])
    let outputs = try engine.run(
      try engine.prepare(graph), on: [tensor([1, 1, 2, -1, -1, 3], shape: [3, 2])])
    #expect(outputs.first?.shape == [3, 1])
    #expect(outputs.first?.floats?.isClose(to: [8, 2, 22.5], absolute: 1e-5) == true)
  }

  public static func reportsShapes<E: Engine>(_ engine: E) throws {
    let program = try engine.prepare(TinyModels.mlp([4, 6, 3]))
    let shapes = try engine.shapes(of: program, on: TinyModels.clusters(count: 5).inputs)
    #expect(shapes["x"] == [5, 4])
    #expect(shapes["layer0.weight"] == [6, 4])
    #expect(shapes["layer0.activated"] == [5, 6])
    #expect(shapes["y"] == [5, 3])
  }

  /// Gradients against central differences of the engine's own loss.
  public static func differentiates<E: Engine>(_ engine: E) throws {
    for graph in [TinyModels.mlp(activation: "Tanh", endsInSoftmax: true), TinyModels.matMulMLP()] {
      let program = try engine.prepare(graph)
      let batch = TinyModels.clusters(count: 6)
      let names = graph.parameterNames
      let (_, gradients) = try engine.gradients(
        of: program, on: batch, objective: objective, for: names)
      let parameters = try engine.parameters(of: program)
      for name in names {
        guard let tensor = parameters[name], let values = tensor.floats,
          let gradient = gradients[name]?.floats
        else {
          Issue.record("no gradient for \(name)")
          continue
        }
        for index in [0, values.count / 2, values.count - 1] {
          let step: Float = 1 / 256
          var losses: [Double] = []
          for sign: Float in [1, -1] {
            var moved = values
            moved[index] += sign * step
            try engine.setParameters([name: HostTensor(moved, shape: tensor.shape)], of: program)
            losses.append(
              try engine.gradients(of: program, on: batch, objective: objective, for: []).loss)
          }
          try engine.setParameters([name: tensor], of: program)
          let slope = Float((losses[0] - losses[1]) / Double(2 * step))
          #expect(
            isClose(gradient[index], slope, absolute: 2e-3, relative: 2e-2),
            "\(name)[\(index)]: \(gradient[index]) against \(slope)")
        }
      }
    }
  }

  /// Losses that are known without a computation: a uniform output, and a teacher equal to the
  /// student.
  public static func honoursObjectives<E: Engine>(_ engine: E) throws {
    let graph = TinyModels.mlp([4, 3])
    let program = try engine.prepare(graph)
    var batch = TinyModels.clusters(count: 6)
    batch.teacher = try engine.run(program, on: batch.inputs)
    let same = try engine.gradients(
      of: program, on: batch, objective: .distillation(temperature: 2, labelWeight: 0), for: [])
    #expect(isClose(same.loss, 0, absolute: 1e-5))
    batch.targets = .none
    let squared = try engine.gradients(
      of: program, on: batch, objective: .meanSquaredError, for: ["layer0.weight"])
    #expect(isClose(squared.loss, 0, absolute: 1e-6))
    #expect(
      squared.gradients["layer0.weight"]?.floats?.allSatisfy { abs($0) < 1e-5 } == true)
    try engine.setParameters(
      ["layer0.weight": .zeros([3, 4]), "layer0.bias": .zeros([3])], of: program)
    let uniform = try engine.gradients(
      of: program, on: TinyModels.clusters(count: 6),
      objective: .crossEntropy(labelSmoothing: 0.1), for: [])
    #expect(isClose(uniform.loss, 1.098_612_3, absolute: 1e-5))
  }

  /// Statistics of a batch against those put together from gradients and runs of single examples.
  public static func collectsExactStatistics<E: Engine>(_ engine: E) throws {
    for graph in [TinyModels.mlp(), TinyModels.matMulMLP()] {
      let program = try engine.prepare(graph)
      let batch = TinyModels.clusters(count: 7)
      let layers = graph.prunableLayers()
      var statistics = layers.map { _ in LayerStatistics() }
      let kinds: StatisticKinds = [.gradient, .gradientMoments, .inputs, .outputs, .inputGram]
      try engine.accumulate(
        kinds, for: layers, of: program, on: batch, objective: objective, into: &statistics)
      let expected = try SingleExampleStatistics(engine, graph: graph, layers: layers, batch: batch)
      for (index, layer) in layers.enumerated() {
        expected.compare(statistics[index], layer: index, name: layer.name)
      }
    }
  }

  public static func addsStatisticsOverBatches<E: Engine>(_ engine: E) throws {
    let graph = TinyModels.mlp()
    let program = try engine.prepare(graph)
    let layers = graph.prunableLayers()
    let kinds: StatisticKinds = [.gradient, .gradientMoments, .inputs, .outputs]
    let batch = TinyModels.clusters(count: 6)
    var once = layers.map { _ in LayerStatistics() }
    var twice = once
    try engine.accumulate(
      kinds, for: layers, of: program, on: batch, objective: objective, into: &once)
    for _ in 0..<2 {
      try engine.accumulate(
        kinds, for: layers, of: program, on: batch, objective: objective, into: &twice)
    }
    for (one, two) in zip(once, twice) {
      #expect(two.examples == 2 * one.examples)
      #expect(two.positions == 2 * one.positions)
      #expect(two.gradientSum.isClose(to: one.gradientSum.map { 2 * $0 }, absolute: 1e-5))
      #expect(
        two.gradientSquareSum.isClose(to: one.gradientSquareSum.map { 2 * $0 }, absolute: 1e-5))
      #expect(two.inputSquareSum.isClose(to: one.inputSquareSum.map { 2 * $0 }, absolute: 1e-4))
      #expect(two.activationZeroCount == one.activationZeroCount.map { 2 * $0 })
    }
  }

  /// Moments of a layer against a reference, those of some inputs and of two batches; its own products leave no residual.
  public static func collectsResiduals<E: Engine>(_ engine: E) throws {
    for graph in [TinyModels.mlp([4, 6, 3]), TinyModels.matMulMLP()] {
      let reference = try engine.prepare(graph)
      let program = try engine.prepare(graph)
      let batch = TinyModels.clusters(count: 9)
      for layer in graph.prunableLayers() {
        let width = layer.layout.inputs
        var alone = ResidualMoments(layer, features: Array(0..<width))
        try engine.accumulateResiduals(
          for: layer, of: program, against: reference, on: batch.inputs, into: &alone)
        #expect(alone.positions == 9)
        #expect(alone.cross.allSatisfy { abs($0) < 1e-4 })
        #expect(alone.residualSum.allSatisfy { abs($0) < 1e-4 })

        // A weight less by 1 leaves that input as the residual of its output.
        guard let tensor = try engine.parameters(of: program)[layer.parameter],
          var values = tensor.floats
        else {
          Issue.record("no weight of \(layer.name)")
          continue
        }
        values[layer.layout.index(output: 1, input: 2)] -= 1
        try engine.setParameters(
          [layer.parameter: HostTensor(values, shape: tensor.shape)], of: program)
        var moments = ResidualMoments(layer, features: [1, 2])
        for _ in 0..<2 {
          try engine.accumulateResiduals(
            for: layer, of: program, against: reference, on: batch.inputs, into: &moments)
        }
        try engine.setParameters([layer.parameter: tensor], of: program)
        #expect(moments.positions == 18)
        let outputs = layer.layout.outputs
        for (row, input) in [1, 2].enumerated() {
          let squares = 2 * alone.gram[input * width + 2]
          #expect(isClose(moments.gram[row * 2 + 1], squares, absolute: 1e-3))
          #expect(isClose(moments.cross[row * outputs + 1], squares, absolute: 1e-3))
          #expect(isClose(moments.cross[row * outputs], 0, absolute: 1e-3))
          #expect(
            isClose(moments.featureSum[row], 2 * alone.featureSum[input], absolute: 1e-3))
        }
        #expect(isClose(moments.residualSum[1], 2 * alone.featureSum[2], absolute: 1e-3))
      }
    }
  }

  /// Removed connections are zero at once and after steps with momentum and weight decay.
  public static func holdsMasks<E: Engine>(_ engine: E) throws {
    for optimizer in [TrainingStep.Optimizer.momentum, .standardAdam, .standardAdamW] {
      let graph = TinyModels.mlp([4, 6, 3])
      let program = try engine.prepare(graph)
      let batch = TinyModels.clusters(count: 12)
      let step = TrainingStep(
        objective: objective, optimizer: optimizer, learningRate: 0.01, weightDecay: 1e-3)
      _ = try engine.train(program, on: batch, step: step)
      let kept = (0..<24).map { $0 % 3 != 0 }
      try engine.setMasks(["layer0.weight": kept], of: program)
      for _ in 0..<3 {
        let weights = try engine.parameters(of: program)["layer0.weight"]?.floats ?? []
        #expect(weights.count == 24)
        #expect(zip(weights, kept).allSatisfy { $1 ? $0 != 0 : $0 == 0 })
        _ = try engine.train(program, on: batch, step: step)
      }
    }
  }

  /// Training lowers the loss, repeats exactly, and goes on from restored state as if it had not
  /// stopped.
  public static func restoresTraining<E: Engine>(_ engine: E) throws {
    for optimizer in [TrainingStep.Optimizer.momentum, .standardAdam] {
      let graph = TinyModels.mlp([4, 6, 3])
      let batch = TinyModels.clusters(count: 24)
      let step = TrainingStep(objective: objective, optimizer: optimizer, learningRate: 0.02)
      let program = try engine.prepare(graph)
      var losses: [Double] = []
      for _ in 0..<4 { losses.append(try engine.train(program, on: batch, step: step)) }
      let weights = try engine.parameters(of: program)
      let state = try engine.optimizerState(of: program)
      let moments = state["second/layer0.weight"]?.floats
      #expect(moments?.count == (optimizer == .momentum ? nil : 24))
      #expect(moments?.allSatisfy { $0 >= 0 } ?? true)
      for _ in 0..<4 { losses.append(try engine.train(program, on: batch, step: step)) }
      #expect(losses[7] < losses[0])

      let resumed = try engine.prepare(graph)
      try engine.setParameters(weights, of: resumed)
      try engine.setOptimizerState(state, of: resumed)
      for index in 4..<8 {
        #expect(try engine.train(resumed, on: batch, step: step) == losses[index])
      }
      #expect(try engine.parameters(of: resumed) == engine.parameters(of: program))
    }
  }

  public static func exchangesParameters<E: Engine>(_ engine: E) throws {
    let program = try engine.prepare(TinyModels.mlp([4, 3]))
    let replacement = tensor((0..<12).map { Float($0) }, shape: [3, 4])
    let before = try engine.parameters(of: program)
    try engine.setParameters(["layer0.weight": replacement], of: program)
    let after = try engine.parameters(of: program)
    #expect(after["layer0.weight"] == replacement)
    #expect(after["layer0.bias"] == before["layer0.bias"])
  }

  /// Wrong operators, shapes, targets and names are refused with an ``EngineError``.
  public static func refusesBadInput<E: Engine>(_ engine: E) throws {
    var unknown = TinyModels.mlp()
    unknown.nodes[1].operation = "NoSuchOperator"
    #expect(throws: EngineError.self) { _ = try engine.prepare(unknown) }
    let program = try engine.prepare(TinyModels.mlp([4, 3]))
    #expect(throws: EngineError.self) {
      _ = try engine.run(program, on: [tensor([1, 2, 3], shape: [1, 3])])
    }
    #expect(throws: EngineError.self) { _ = try engine.run(program, on: []) }
    #expect(throws: EngineError.self) {
      try engine.setParameters(["nothing": .zeros([1])], of: program)
    }
    #expect(throws: EngineError.self) {
      try engine.setMasks(["layer0.weight": [true]], of: program)
    }
    var batch = TinyModels.clusters(count: 3)
    batch.targets = .labels([0, 1, 3])
    #expect(throws: EngineError.self) {
      _ = try engine.gradients(of: program, on: batch, objective: objective, for: [])
    }
  }
}
