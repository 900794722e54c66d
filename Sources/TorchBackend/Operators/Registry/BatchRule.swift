internal import PruneCore

/// Dependence of a value on the number of examples.
enum BatchAxis: Hashable {
  /// The value does not depend on the number of examples.
  case absent
  /// The examples lie along this axis.
  case axis(Int)
  /// The elements were computed from extents, the number of examples among them.
  case extent
}

/// Facts about a node of a graph that was exported for `batch` examples and is to run on any number.
struct BatchFacts {
  /// Number of examples that the graph was exported for, mostly 1.
  let batch: Int
  let inputs: [BatchAxis]
  /// Shapes of a run with `batch` examples; `nil` for absent inputs and outputs.
  let inputShapes: [[Int]?]
  let outputShapes: [[Int]?]
}

/// Answer of an operator on running other numbers of examples than the graph was exported for.
enum BatchRule {
  /// Axes of the examples in the outputs.
  /// - Parameter replacement: the operator to run in real batches, where it differs.
  case outputs([BatchAxis], replacement: (any GraphOperator)? = nil)
  case unprovable(String)

  static func output(_ axis: BatchAxis, replacement: (any GraphOperator)? = nil) -> BatchRule {
    .outputs([axis], replacement: replacement)
  }
}

extension BatchFacts {
  /// Axis of the examples in the first input; `nil` where it has none or another input depends on
  /// them, too.
  var dataAxis: Int? {
    guard case .axis(let axis)? = inputs.first, inputs.dropFirst().allSatisfy({ $0 == .absent })
    else { return nil }
    return axis
  }

  var inputShape: [Int]? { inputShapes.first ?? nil }
  var outputShape: [Int]? { outputShapes.first ?? nil }

  /// Rule of operators that treat every element alone, with broadcasting.
  func elementwise() -> BatchRule {
    guard let rank = outputShapes.first??.count else { return .unprovable("unknown output shape") }
    if inputs.contains(.extent) {
      let carriesExamples = inputs.contains { if case .axis = $0 { true } else { false } }
      return carriesExamples
        ? .unprovable("it mixes examples with numbers computed from the batch size")
        : .output(.extent)
    }
    var fromRight: Int?
    for (axis, shape) in zip(inputs, inputShapes) {
      guard case .axis(let position) = axis, let shape else { continue }
      let distance = shape.count - position
      guard fromRight ?? distance == distance else {
        return .unprovable("its inputs carry the examples along different axes")
      }
      fromRight = distance
    }
    guard let fromRight else { return .output(.absent) }
    for (axis, shape) in zip(inputs, inputShapes) where axis == .absent {
      guard let shape, shape.count >= fromRight else { continue }
      guard shape[shape.count - fromRight] == 1 else {
        return .unprovable("a constant has an extent along the batch axis")
      }
    }
    return .output(.axis(rank - fromRight))
  }

  /// Rule of operators that treat the entries along axis 0 of their first input independently and
  /// take nothing else that depends on the batch (convolution, pooling, normalization in evaluation
  /// mode, …).
  func firstAxis(outputs: Int = 1) -> BatchRule {
    guard inputs.first == .axis(0), inputs.dropFirst().allSatisfy({ $0 == .absent }) else {
      return .unprovable("its data does not carry the examples along axis 0")
    }
    return .outputs([BatchAxis](repeating: .axis(0), count: outputs))
  }

  /// Rule of operators that preserve shape and positions and mix along `mixedAxes` (non-negative)
  /// only, such as a softmax.
  func preserving(mixing mixedAxes: [Int]) -> BatchRule {
    guard case .axis(let axis)? = inputs.first, inputs.dropFirst().allSatisfy({ $0 == .absent })
    else { return .unprovable("its first input does not carry the examples") }
    return mixedAxes.contains(axis)
      ? .unprovable("it mixes examples") : .output(.axis(axis))
  }
}
