import AutoPrune
import Foundation
import Synchronization

/// Shows a run of the loop as it goes: a line per round, and on a terminal one more that follows the round under way.
final class PruningView: Sendable {
  private let console: Console
  private let metric: Metric
  private let budget: Budget?
  private let epochs: Double
  private let liveLine = Mutex(LiveLine())

  /// Contents of the line that follows the round under way.
  private struct LiveLine {
    var lastRound = ""
    var epochsDone = 0.0
    var tuningSince: ContinuousClock.Instant?

    /// Seconds until the epochs are spent, at the pace so far.
    func secondsLeft(epoch: Double, of total: Double) -> Double? {
      guard let tuningSince, epochsDone + epoch > 0 else { return nil }
      let spent = (ContinuousClock.now - tuningSince) / .seconds(1)
      return spent / (epochsDone + epoch) * max(0, total - epochsDone - epoch)
    }
  }

  /// - Parameters:
  ///   - budget: budget against which the drop is shown.
  ///   - epochs: epochs of fine-tuning in all, for the estimate of the time left.
  init(console: Console, metric: Metric, budget: Budget? = nil, epochs: Double = 0) {
    self.console = console
    self.metric = metric
    self.budget = budget
    self.epochs = epochs
  }

  func show(_ progress: PruningProgress) {
    switch progress {
    case .started(let dense, let weights, let layers):
      console.progress(
        "dense: \(metric.rawValue) \(Format.metric(dense.value, metric)) on \(Format.count(dense.examples)) validation examples; "
          + "\(Format.count(weights)) prunable weights in \(layers) layers")
    case .resumed(let steps):
      console.progress("resuming after \(steps) step\(steps == 1 ? "" : "s") of the checkpoint")
    case .counting(let target): console.progress(Self.words(target))
    case .warning(let text):
      console.warning(text)
    case .tuningChosen(let choice):
      console.progress("fine-tuning: \(choice)")
    case .tuning(let round, let density, let training):
      follow(training, round: round, sparsity: 1 - density)
    case .round(let round):
      let source = round.selectedBy.map { "  by \($0)" } ?? ""
      console.progress(
        "round \(round.index + 1)  sparsity \(Format.percent(round.sparsity))  \(metric.rawValue) "
          + "\(Format.metric(round.metric, metric))  drop \(Format.points(round.dropPoints)) "
          + "(≤ \(Format.points(round.dropUpperBoundPoints)))  \(text(round.decision))  \(Format.seconds(round.wallSeconds))\(source)"
      )
      let lastRound =
        "\(metric.rawValue) \(Format.metric(round.metric, metric)), drop \(Format.points(round.dropPoints))\(allowed)"
      liveLine.withLock { $0.lastRound = lastRound }
      console.live("round \(round.index + 2)  selecting  last: \(lastRound)")
    case .weights: break
    case .certifying(let candidates):
      console.progress(
        "certifying \(candidates) candidate\(candidates == 1 ? "" : "s") on the certification part")
    case .certified(let certificate, let sparsity):
      console.progress(
        "  sparsity \(Format.percent(sparsity))  at most \(Format.points(certificate.dropUpperBoundPoints)) points lost "
          + "(\(Format.changes(certificate)))  "
          + (certificate.holds
            ? Console.paint("certified", .green) : Console.paint("not certified", .red)))
    }
  }

  private func follow(_ training: TrainingProgress, round: Int, sparsity: Double) {
    let isLast = training.step == training.steps
    guard isLast || training.step.isMultiple(of: 10) else { return }
    let (lastRound, done, left) = liveLine.withLock { liveLine in
      if liveLine.tuningSince == nil { liveLine.tuningSince = .now }
      let left = liveLine.secondsLeft(epoch: training.epoch, of: epochs)
      let done = liveLine.epochsDone + training.epoch
      if isLast { liveLine.epochsDone += training.epoch }
      return (liveLine.lastRound, done, left)
    }
    console.live(
      "round \(round + 1)  sparsity \(Format.percent(sparsity))  epoch \(Format.points(done)) of \(Format.points(epochs))  "
        + "loss \(Format.metric(training.loss, .mse))"
        + (left.map { "  at most \(Format.seconds($0)) left" } ?? "")
        + (lastRound.isEmpty ? "" : "  last: \(lastRound)"))
  }

  /// Line that explains in which cost sparsity is counted.
  private static func words(_ target: CostTarget) -> String {
    let what =
      target.isStructural
      ? "of the pruned network" : "of nonzero weights"
    let limit = target.limit.map { ", at most \(Format.cost($0, target.objective)) wanted" } ?? ""
    return
      "counting \(target.objective.words) \(what): dense \(Format.cost(target.dense, target.objective))\(limit); "
      + "sparsity below is the share of them that is pruned"
  }

  /// Allowed drop, " of … points" without the unit; empty for other budgets.
  private var allowed: String {
    if case .maximumDrop(let points)? = budget { " of \(Format.points(points))" } else { "" }
  }

  private func text(_ decision: PruningRound.Decision) -> String {
    switch decision {
    case .accepted: Console.paint(decision.words, .green)
    case .retrained: Console.paint(decision.words, .yellow)
    case .rolledBack: Console.paint(decision.words, .red)
    }
  }
}

/// Shows a training as it goes: a live bar on a terminal, a line per epoch elsewhere.
struct TrainingView: Sendable {
  let console: Console

  func show(_ progress: TrainingProgress) {
    if progress.isEpochEnd {
      console.progress("epoch \(Int(progress.epoch.rounded()))  \(figures(progress))")
    } else if progress.step.isMultiple(of: 20) {
      let filled = 24 * progress.step / max(1, progress.steps)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      console.live("\(bar) \(progress.step)/\(progress.steps)  \(figures(progress))")
    }
  }

  private func figures(_ progress: TrainingProgress) -> String {
    "loss \(String(format: "%.4f", progress.loss))  \(Format.count(Int(progress.examplesPerSecond))) examples/s  "
      + "ETA \(Format.seconds(progress.secondsLeft))"
  }
}
