/// Whether and how the weights that stay make up for those that go.
public enum Compensation: String, Hashable, Sendable, Codable, CaseIterable {
  /// Weights that stay keep their values, unless they are fine-tuned.
  case none
  /// Least squares of the dense layers' outputs, a low-rank Fisher update, and one Newton step per stage for all weights
  /// left where they are few; each kept only where the loss on held-out examples falls; no training.
  case closedForm
  /// The same with a bounded number of gradient steps after each stage.
  case firstOrder
}
