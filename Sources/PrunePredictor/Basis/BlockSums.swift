/// Sums over one block, eight lanes at a time.
enum BlockSums {
  typealias Values = UnsafeBufferPointer<Float>

  @inline(__always) private static func load(_ values: Values, _ index: Int) -> SIMD8<Float> {
    SIMD8(
      values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3],
      values[index &+ 4], values[index &+ 5], values[index &+ 6], values[index &+ 7])
  }

  @inline(__always) private static func sum(
    count: Int, lanes term: (Int) -> SIMD8<Float>, single: (Int) -> Float
  ) -> Double {
    var lanes = SIMD8<Float>.zero
    var index = 0
    while index &+ 8 <= count {
      lanes += term(index)
      index &+= 8
    }
    var total = Double(lanes.sum())
    while index < count {
      total += Double(single(index))
      index &+= 1
    }
    return total
  }

  static func sum(_ a: Values) -> Double {
    sum(count: a.count, lanes: { load(a, $0) }, single: { a[$0] })
  }

  static func dot(_ a: Values, _ b: Values) -> Double {
    sum(count: a.count, lanes: { load(a, $0) * load(b, $0) }, single: { a[$0] * b[$0] })
  }

  static func dot(_ a: Values, _ b: Values, _ c: Values) -> Double {
    sum(
      count: a.count, lanes: { load(a, $0) * load(b, $0) * load(c, $0) },
      single: { a[$0] * b[$0] * c[$0] })
  }
}
