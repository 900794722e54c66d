/// The loss that training minimises and gradients are taken of; always a mean over examples of the first output.
///
/// Where the output is made by a `Softmax` node, cross-entropy and distillation use that node's input as logits.
public enum Objective: Hashable, Sendable {
  /// Needs ``Batch/Targets/labels(_:)``; `labelSmoothing` in 0 ..< 1.
  case crossEntropy(labelSmoothing: Float)
  /// Needs ``Batch/Targets/values(_:)``, or a teacher when there are none.
  case meanSquaredError
  /// Kullback–Leibler divergence from ``Batch/teacher`` at `temperature`, times temperature², plus
  /// `labelWeight` times the cross-entropy with labels where the batch has them.
  ///
  /// - Source: Hinton et al., *Distilling the Knowledge in a Neural Network*, 2015,
  ///   [arXiv:1503.02531](https://arxiv.org/abs/1503.02531), §2.
  case distillation(temperature: Float, labelWeight: Float)
}
