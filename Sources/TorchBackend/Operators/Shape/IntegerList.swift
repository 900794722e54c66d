internal import PruneCore

/// Integers that a node takes from an attribute, a stored tensor, or an input computed while
/// running.
enum IntegerList {
  case fixed([Int])
  case input(Int)

  /// Reads the attribute `name` or, where the node has none, input `position`; `nil` without
  /// either.
  init?(_ node: NodeReader, attribute name: String, input position: Int) {
    if let values = node.ints(name) {
      self = .fixed(values)
    } else if let values = node.constant(at: position)?.integers {
      self = .fixed(values)
    } else if node.hasInput(position) {
      self = .input(position)
    } else {
      return nil
    }
  }

  func values(_ inputs: OperatorInputs) throws(EngineError) -> [Int] {
    switch self {
    case .fixed(let values): values
    case .input(let position): try inputs.required(position).integers()
    }
  }

  /// Values; `nil` where they are not known before running.
  var known: [Int]? {
    if case .fixed(let values) = self { values } else { nil }
  }
}

extension Int {
  /// Axis counted from the front.
  func axis(ofRank rank: Int) throws(EngineError) -> Int {
    guard (-rank..<rank).contains(self) else {
      throw .misfit("axis \(self) is out of range for a tensor of rank \(rank)")
    }
    return self < 0 ? self + rank : self
  }

  /// Multiplies, or throws where the product leaves the range of `Int`.
  func product(_ other: Int) throws(EngineError) -> Int {
    let (result, overflows) = multipliedReportingOverflow(by: other)
    guard !overflows else { throw .misfit("\(self) × \(other) elements are too many") }
    return result
  }
}

extension [Int] {
  func axes(ofRank rank: Int) throws(EngineError) -> [Int] {
    var result: [Int] = []
    for axis in self { result.append(try axis.axis(ofRank: rank)) }
    return result
  }

  /// Product of the extents before `axis`.
  func count(before axis: Int) -> Int { prefix(axis).reduce(1, *) }
}
