import PruneCore

/// How the outputs of a network are compared with those of another one where nobody says what is wanted.
enum OutputMeaning: Equatable {
  /// Rows of scores, one per example or per position: the same row counts as agreement where its largest score is at the
  /// same class.
  case classes
  /// Anything else, such as the numbers of a regressor or of a detector's heads: agreement is 1 less the relative error.
  case values

  /// Labels or a softmax make an output one of classes. So does, among outputs without either, a row of two or more
  /// numbers per example; one number per example, a sequence, a map, several outputs and a sigmoid are values.
  ///
  /// - Parameter shape: of the first output, examples first.
  init(of graph: Graph, kind: OutputKind, shape: [Int], hasLabels: Bool) {
    if hasLabels {
      self = .classes
      return
    }
    let isOnePosition = shape.dropFirst(2).allSatisfy { $0 == 1 }
    switch kind {
    case .probabilities, .logProbabilities:
      self = isOnePosition || shape.count == 3 ? .classes : .values
    case .activations: self = .values
    case .logits:
      self =
        shape.count >= 2 && shape[1] > 1 && isOnePosition && graph.outputs.count == 1
        ? .classes : .values
    }
  }
}
