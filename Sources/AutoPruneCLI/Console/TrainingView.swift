import AutoPrune
import Foundation

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
