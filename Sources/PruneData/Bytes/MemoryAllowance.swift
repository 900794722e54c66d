/// How much memory reading one file may take: 90 times its size plus 48 MiB.
///
/// Charged before anything is allocated, so that a compressed file of zeros or a header that promises terabytes
/// is refused instead of filling the machine.
struct MemoryAllowance {
  let file: String
  let limitBytes: Int
  private(set) var usedBytes = 0

  init(file: String, fileBytes: Int) {
    self.file = file
    limitBytes = Self.saturating(fileBytes, times: 90, plus: 48 << 20)
  }

  mutating func charge(_ count: Int, bytesEach: Int) throws(DataError) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: bytesEach)
    let (total, carried) = usedBytes.addingReportingOverflow(bytes)
    guard !overflow, !carried, total <= limitBytes else {
      throw .tooLarge(
        file, neededBytes: overflow || carried ? Int.max : total, limitBytes: limitBytes)
    }
    usedBytes = total
  }

  private static func saturating(_ value: Int, times factor: Int, plus term: Int) -> Int {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    let (sum, carried) = product.addingReportingOverflow(term)
    return overflow || carried ? Int.max : sum
  }
}

/// Product of extents; `nil` where it overflows or an extent is negative.
func checkedCount(_ shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    guard extent >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow { return nil }
    count = product
  }
  return count
}
