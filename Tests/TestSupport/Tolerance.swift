import PruneCore

/// Whether two numbers are equal within `absolute + relative · |expected|`. NaN is close to NaN
/// only.
public func isClose<Value: BinaryFloatingPoint>(
  _ got: Value, _ expected: Value, absolute: Value = 0, relative: Value = 0
) -> Bool {
  if got == expected || (got.isNaN && expected.isNaN) { return true }
  return (got - expected).magnitude <= absolute + relative * expected.magnitude
}

extension Collection where Element: BinaryFloatingPoint {
  /// Whether both have the same length and all elements are equal within `absolute + relative ·
  /// |expected|`.
  public func isClose<Other: Collection>(
    to expected: Other, absolute: Element = 0, relative: Element = 0
  ) -> Bool where Other.Element == Element {
    count == expected.count
      && zip(self, expected).allSatisfy {
        TestSupport.isClose($0, $1, absolute: absolute, relative: relative)
      }
  }

  /// Largest difference from `expected`, for messages.
  public func largestDifference<Other: Collection>(from expected: Other) -> Element
  where Other.Element == Element {
    zip(self, expected).reduce(0) { Swift.max($0, ($1.0 - $1.1).magnitude) }
  }
}
