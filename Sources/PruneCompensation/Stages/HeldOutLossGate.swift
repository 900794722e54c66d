import PruneCore

/// Held-out loss gate: keeps a change of a program only where it lowers the loss on held-out examples.
final class HeldOutLossGate<E: Engine> {
  let engine: E
  let program: E.Program
  private let batches: [Batch]
  private let objective: Objective
  /// Number of losses measured.
  private(set) var evaluations = 0
  /// Held-out loss of the current program; infinite until ``measure()``.
  private(set) var loss: Double = .infinity

  init(engine: E, program: E.Program, batches: [Batch], objective: Objective) {
    self.engine = engine
    self.program = program
    self.batches = batches
    self.objective = objective
  }

  /// Measures the loss of the current program.
  @discardableResult
  func measure() throws -> Double {
    loss = try currentLoss()
    return loss
  }

  /// Tries candidates in turn and keeps the one with the lowest loss; restores `before` where none lowers the loss.
  /// - Parameters:
  ///   - candidates: values of some parameters by name.
  ///   - before: present values of the same parameters.
  /// - Returns: whether a candidate was kept.
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

  /// Measures the changed program, and restores `before` where its loss did not fall.
  /// - Returns: whether the change was kept.
  func keepsChange(over before: [String: HostTensor]) throws -> Bool {
    let value = try currentLoss()
    guard value < loss else {
      try engine.setParameters(before, of: program)
      return false
    }
    loss = value
    return true
  }

  /// Mean loss over the held-out examples; infinite where it is not finite.
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
