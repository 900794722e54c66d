internal import CTorch
public import PruneCore

extension TorchEngine {
  /// Adds a batch to the layers' statistics.
  ///
  /// Gradients per example are exact: from inputs and output gradients where the layer's product
  /// allows it, from one backward pass per example for recurrent, transposed and shared weights.
  /// Statistics of a recurrent layer's outputs are those of its hidden state, the same for every
  /// gate.
  public func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: TorchProgram,
    on batch: Batch, objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    precondition(
      statistics.count == layers.count,
      "\(statistics.count) statistics for \(layers.count) layers")
    try accumulate(
      kinds, for: layers, of: program, on: batch, objective: objective, plain: false,
      into: &statistics)
  }

  /// - Parameter plain: `true` makes one backward pass per example for every layer; slow, for
  ///   comparison in tests.
  func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: TorchProgram,
    on batch: Batch, objective: Objective, plain: Bool, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    var collector = try StatisticsCollector(
      engine: self, program: program, layers: layers, kinds: kinds, objective: objective,
      statistics: statistics)
    do {
      try collector.collect(batch, plain: plain)
    } catch {
      // The first failure is the one to tell.
      try? clearGradients(of: program)
      throw error
    }
    try clearGradients(of: program)
    statistics = collector.statistics
  }
}

/// Collector of the statistics of some layers over one batch.
private struct StatisticsCollector {
  let engine: TorchEngine
  let program: TorchProgram
  let layers: [PrunableLayer]
  let kinds: StatisticKinds
  let objective: Objective
  var statistics: [LayerStatistics]
  private let operands: [[LayerOperand]]
  private let parameters: [TorchProgram.Parameter]
  /// By layer: `true` where the gradients per example can come from one pass over the batch.
  private let isSeparable: [Bool]

  init(
    engine: TorchEngine, program: TorchProgram, layers: [PrunableLayer], kinds: StatisticKinds,
    objective: Objective, statistics: [LayerStatistics]
  ) throws(EngineError) {
    self.engine = engine
    self.program = program
    self.layers = layers
    self.kinds = kinds
    self.objective = objective
    self.statistics = statistics
    let finder = LayerOperandFinder(program)
    var operands: [[LayerOperand]] = []
    var parameters: [TorchProgram.Parameter] = []
    for layer in layers {
      operands.append(try finder.operands(of: layer))
      parameters.append(try program.trainableParameter(named: layer.parameter))
    }
    self.operands = operands
    self.parameters = parameters
    isSeparable = zip(layers, operands).map { layer, operands in
      operands.count == 1 && operands[0].hasPerExampleForm
        && finder.useCount(of: layer.parameter) == 1
    }
  }

  private var needsGradients: Bool { !kinds.isDisjoint(with: [.gradient, .gradientMoments]) }

  mutating func collect(_ batch: Batch, plain: Bool) throws(EngineError) {
    var axes: [BatchAxis]?
    if kinds.contains(.gradientMoments), !plain, batch.count > 1,
      case .whole(let plan) = try engine.batching(of: program, on: batch.inputs)
    {
      axes = plan.axes
    }
    let pieces = try engine.pieces(of: batch, for: program)
    let isWhole = pieces.count == 1 && pieces[0].weight == 1 && batch.count > 1
    for piece in pieces {
      try collect(piece, axes: isWhole ? axes : nil, isOneExample: !isWhole)
    }
    for index in statistics.indices { statistics[index].examples += batch.count }
    guard kinds.contains(.gradientMoments), isWhole else { return }
    let remaining = layers.indices.filter { !isSeparable($0, axes) }
    if !remaining.isEmpty { try collectOneByOne(batch, for: remaining) }
  }

  private func isSeparable(_ index: Int, _ axes: [BatchAxis]?) -> Bool {
    guard isSeparable[index], let axes, let operand = operands[index].first else { return false }
    guard case .axis(let input) = axes[operand.input], case .axis(let output) = axes[operand.output]
    else { return false }
    if case .convolution = operand.form { return input == 0 && output == 0 }
    return true
  }

  private mutating func collect(
    _ piece: TorchEngine.Piece, axes: [BatchAxis]?, isOneExample: Bool
  ) throws(EngineError) {
    let loss = Loss(program: program, objective: objective, real: engine.precision.real)
    let observed = operands.joined().flatMap { [$0.input, $0.output, $0.activation] }
    let pass = TorchEngine.Pass(
      context: engine.evaluationContext, retained: loss.slots.union(observed))
    let inputs = try engine.load(piece.batch.inputs, for: program)
    let examples = isOneExample ? 1 : piece.batch.count
    let values = try recording(needsGradients) { () throws(EngineError) in
      let values = try engine.forward(program, piece.steps, inputs, pass)
      guard needsGradients else { return values }
      for index in layers.indices where isSeparable(index, axes) {
        guard let output = values[operands[index][0].output] else { continue }
        try check("gradient") { ct_retain_gradient(output.handle, $0) }
      }
      let value = try loss.value(values, batch: piece.batch)
      try engine.backward(value, scale: Double(examples))
      return values
    }
    let weight = isOneExample ? 1 / Double(max(piece.batch.count, 1)) : 1
    for index in layers.indices {
      let accumulator = LayerAccumulator(
        layer: layers[index], kinds: kinds, real: engine.precision.real, weight: weight)
      for operand in operands[index] {
        try accumulator.addOperands(operand, values, to: &statistics[index])
      }
      if needsGradients {
        try addGradients(index, accumulator, values, axes, isOneExample: isOneExample)
      }
    }
    if needsGradients { try engine.clearGradients(of: program) }
  }

  private mutating func addGradients(
    _ index: Int, _ accumulator: LayerAccumulator, _ values: [TorchTensor?], _ axes: [BatchAxis]?,
    isOneExample: Bool
  ) throws(EngineError) {
    if kinds.contains(.gradient) || isOneExample {
      let gradient = try engine.gradient(of: parameters[index]).floats ?? []
      if kinds.contains(.gradient) { statistics[index].gradientSum.add(gradient) }
      if kinds.contains(.gradientMoments), isOneExample { addMoments(of: gradient, to: index) }
    }
    guard kinds.contains(.gradientMoments), let axes, isSeparable(index, axes),
      let operand = operands[index].first, let data = values[operand.input],
      let output = values[operand.output], case .axis(let inputAxis) = axes[operand.input],
      case .axis(let outputAxis) = axes[operand.output]
    else { return }
    let delta: TorchTensor
    if let found = try engine.gradientTensor(of: output) {
      delta = found
    } else {
      delta = try .zeros(output.shape, real: engine.precision.real)
    }
    try accumulator.addGradients(
      operand, data: data, delta: delta, inputAxis: inputAxis, outputAxis: outputAxis,
      to: &statistics[index])
  }

  private mutating func addMoments(of gradient: [Float], to index: Int) {
    statistics[index].gradientSquareSum.add(gradient.map { $0 * $0 })
    statistics[index].gradientAbsoluteSum.add(gradient.map(\.magnitude))
  }

  private mutating func collectOneByOne(
    _ batch: Batch, for indices: [Int]
  ) throws(EngineError) {
    for position in 0..<batch.count {
      _ = try engine.differentiate(
        program, batch.examples([position]), objective: objective,
        pass: TorchEngine.Pass(context: engine.evaluationContext))
      for index in indices {
        addMoments(of: try engine.gradient(of: parameters[index]).floats ?? [], to: index)
      }
      try engine.clearGradients(of: program)
    }
  }
}
