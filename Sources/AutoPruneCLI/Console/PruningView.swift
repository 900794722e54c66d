import AutoPrune

/// Shows a run of the loop as it goes.
struct PruningView: Sendable {
  let console: Console
  let metric: Metric

  func show(_ progress: PruningProgress) {
    switch progress {
    case .started(let dense, let connections, let layers):
      console.progress(
        "dense: \(metric.rawValue) \(Format.metric(dense.value, metric)) on \(Format.count(dense.examples)) search examples; "
          + "\(Format.count(connections)) weights in \(layers) layers")
    case .warning(let text):
      console.warning(text)
    case .tuningChosen(let choice):
      console.progress("fine-tuning: \(choice)")
    case .tuning(let round, let density, let training):
      guard training.step.isMultiple(of: 10) else { return }
      console.live(
        "round \(round + 1)  sparsity \(Format.percent(1 - density))  step \(training.step)/\(training.steps)  "
          + "loss \(Format.metric(training.loss, .mse))  \(Int(training.examplesPerSecond)) examples/s"
      )
    case .round(let round):
      console.progress(
        "round \(round.index + 1)  sparsity \(Format.percent(round.sparsity))  \(metric.rawValue) "
          + "\(Format.metric(round.metric, metric))  drop \(Format.points(round.dropPoints)) "
          + "(≤ \(Format.points(round.dropUpperBoundPoints)))  \(text(round.decision))  \(Format.seconds(round.wallSeconds))"
      )
    case .certifying(let candidates):
      console.progress(
        "certifying \(candidates) candidate\(candidates == 1 ? "" : "s") on held-out examples")
    case .certified(let certificate, let sparsity):
      console.progress(
        "  sparsity \(Format.percent(sparsity))  at most \(Format.points(certificate.dropUpperBoundPoints)) points lost "
          + "(\(certificate.regressed) newly wrong, \(certificate.recovered) newly right)  "
          + (certificate.holds ? "certified" : "not certified"))
    }
  }

  private func text(_ decision: PruningRound.Decision) -> String {
    switch decision {
    case .accepted: "accepted"
    case .tunedLonger: "tuned longer"
    case .steppedBack: "stepped back"
    }
  }
}
