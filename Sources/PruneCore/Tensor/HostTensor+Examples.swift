extension HostTensor {
  /// Examples at `positions` of the first axis, in their order; positions may repeat.
  package func examples(_ positions: [Int]) -> HostTensor {
    let size = shape.dropFirst().reduce(1, *)
    func gathered<Value>(_ values: [Value]) -> [Value] {
      var result: [Value] = []
      result.reserveCapacity(positions.count * size)
      for position in positions { result += values[position * size..<(position + 1) * size] }
      return result
    }
    let storage: Storage =
      switch storage {
      case .float32(let values): .float32(gathered(values))
      case .float64(let values): .float64(gathered(values))
      case .int32(let values): .int32(gathered(values))
      case .int64(let values): .int64(gathered(values))
      case .uint8(let values): .uint8(gathered(values))
      case .bool(let values): .bool(gathered(values))
      case .strings(let values): .strings(gathered(values))
      case .bytes(let type, let bytes):
        .bytes(type, Self.gatheredBytes(bytes, positions, size: size * (type.bitWidth ?? 8) / 8))
      }
    return HostTensor(shape: [positions.count] + shape.dropFirst(), storage: storage)
  }

  private static func gatheredBytes(_ bytes: [UInt8], _ positions: [Int], size: Int) -> [UInt8] {
    positions.flatMap { bytes[$0 * size..<($0 + 1) * size] }
  }
}

extension Batch {
  /// The examples at `positions`, with their targets and their part of the teacher's outputs.
  package func examples(_ positions: [Int]) -> Batch {
    let targets: Targets =
      switch targets {
      case .labels(let labels): .labels(Self.rows(of: labels, at: positions, among: count))
      case .values(let tensor): .values(tensor.examples(positions))
      case .none: .none
      }
    return Batch(
      inputs: inputs.map { $0.examples(positions) }, targets: targets,
      teacher: teacher?.map { $0.examples(positions) })
  }

  /// Labels of the examples at `positions`, several for each where it is a sequence; all labels where their number does
  /// not fit, for the engine to refuse.
  private static func rows(of labels: [Int], at positions: [Int], among count: Int) -> [Int] {
    let each = count > 0 ? labels.count / count : 0
    guard each * count == labels.count else { return labels }
    return positions.flatMap { labels[$0 * each..<($0 + 1) * each] }
  }
}
