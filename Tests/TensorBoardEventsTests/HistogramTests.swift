import Testing

@testable import TensorBoardEvents

@Suite("Histogram and checksum")
struct HistogramTests {
  private static let checkValues: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
    (Array("123456789".utf8), 0xE306_9283),
  ]

  @Test("check values of RFC 3720", arguments: checkValues)
  func checksum(_ bytes: [UInt8], _ expected: UInt32) {
    #expect(CRC32C.checksum(of: bytes) == expected)
  }

  @Test("counts every finite value in the bucket that ends at or above it")
  func buckets() {
    let values: [Float] = [-3, -1e-9, 0, 0, 1e-7, 0.5, 0.5, 2e7, .nan, -.infinity]
    let histogram = Histogram(of: values)
    #expect(histogram.count == 8)
    #expect(histogram.counts.reduce(0, +) == 8)
    #expect(histogram.least == -3 && histogram.greatest == 2e7)
    #expect(zip(histogram.limits, histogram.limits.dropFirst()).allSatisfy { $0 < $1 })
    for value in values where value.isFinite {
      let bucket = histogram.limits.firstIndex { Double(value) <= $0 }
      #expect(bucket.map { histogram.counts[$0] > 0 } == true, "\(value)")
    }
    #expect(histogram.counts.first == 0, "an empty bucket says where the first one begins")
  }

  @Test("of nothing is empty")
  func empty() {
    let histogram = Histogram(of: [Float.nan])
    #expect(histogram.count == 0 && histogram.limits.isEmpty && histogram.least == 0)
  }
}
