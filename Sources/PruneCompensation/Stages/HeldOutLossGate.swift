import PruneCore

/// Keeps a change of a program only where the loss on held-out examples falls.
final class HeldOutLossGate<E: Engine> {
  let engine: E
  let program: E.Program
  private let batches: [Batch]
  private let objective: Objective
  private(set) var evaluations = 0
  /// Of the program as it is.
  private(set) var loss: Double = .infinity

  init(engine: E, program: E.Program, batches: [Batch], objective: Objective) {
    self.engine = engine
    self.program = program
    self.batches = batches
    self.objective = objective
  }

  /// Takes the loss of the program as it is now.
  @discardableResult
  func measure() throws -> Double {
    loss = try currentLoss()
    return loss
  }

  /// Tries values of some parameters, one after another, and leaves the best, or the values before where none lowers the
  /// loss.
  /// - Returns: whether one was taken.
  func takeBest(of candidates: [[String: HostTensor]], over before: [String: HostTensor]) throws
    -> Bool
  {
    var best: [String: HostTensor]?
    for candidate in candidates {
      try engine.setParameters(candidate, of: program)
      let value = try currentLoss()
      if value < loss {
        loss = value
        best = candidate
      }
    }
    try engine.setParameters(best ?? before, of: program)
    return best != nil
  }

  /// Judges the program as it is, and goes back to `before` where the loss did not fall.
  func keepsChange(over before: [String: HostTensor]) throws -> Bool {
    let value = try currentLoss()
    guard value < loss else {
      try engine.setParameters(before, of: program)
      return false
    }
    loss = value
    return true
  }

  /// Mean over the examples; a loss that is not finite counts as infinite.
  private func currentLoss() throws -> Double {
    evaluations += 1
    var (sum, count) = (0.0, 0)
    for batch in batches where batch.count > 0 {
      let result = try engine.gradients(of: program, on: batch, objective: objective, for: [])
      sum += result.loss * Double(batch.count)
      count += batch.count
    }
    let mean = sum / Double(max(count, 1))
    return mean.isFinite ? mean : .infinity
  }
}
