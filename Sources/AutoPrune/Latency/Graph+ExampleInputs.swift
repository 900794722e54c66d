import PruneCore
import PruneSupport

extension Graph {
  /// Inputs of zeros or of small random numbers for a batch: the first axis is the batch where it is
  /// symbolic or 1, other symbolic axes count as 1.
  ///
  /// - Parameter seed: of the numbers of floating-point inputs; integers, which may be indices, are 0.
  /// - Returns: `nil` where an input's rank or type is not known.
  package func exampleInputs(batch: Int = 1, seed: UInt64? = nil) -> [HostTensor]? {
    var generator = SeededGenerator(seed: seed ?? 0)
    var inputs: [HostTensor] = []
    for input in dataInputs {
      guard let axes = input.shape, let type = input.elementType else { return nil }
      let shape = axes.enumerated().map { position, axis in
        if case .fixed(let extent) = axis, position > 0 || extent > 1 { return max(1, extent) }
        return position == 0 ? batch : 1
      }
      let count = HostTensor.elementCount(of: shape)
      let values = (0..<count).map { _ -> Float in
        seed == nil || !type.isFloatingPoint ? 0 : Float(generator.uniform() - 0.5)
      }
      guard let tensor = HostTensor(values, shape: shape).converted(to: type) else { return nil }
      inputs.append(tensor)
    }
    return inputs
  }
}
