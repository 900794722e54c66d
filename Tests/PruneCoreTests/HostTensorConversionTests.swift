import Foundation
import Testing

@testable import PruneCore

@Suite("HostTensor conversion")
struct HostTensorConversionTests {
  private struct Golden: Decodable {
    let floatBits: [UInt32]
    let half: [UInt16]
    let bfloat16: [UInt16]
    let halfBits: [UInt16]
    let halfAsFloatBits: [UInt32]

    static func load() throws -> Golden {
      let url = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/halves.json")
      return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: url))
    }
  }

  @Test("rounds to float16 and bfloat16 as numpy does")
  func rounding() throws {
    let golden = try Golden.load()
    for (index, bits) in golden.floatBits.enumerated() {
      let value = Float(bitPattern: bits)
      #expect(HostTensor.half(from: value) == golden.half[index], "\(value)")
      #expect(HostTensor.brainHalf(from: value) == golden.bfloat16[index], "\(value)")
    }
  }

  @Test("widens float16 as numpy does")
  func widening() throws {
    let golden = try Golden.load()
    for (bits, expected) in zip(golden.halfBits, golden.halfAsFloatBits) {
      #expect(HostTensor.float(fromHalf: bits).bitPattern == expected)
    }
  }

  @Test func notANumberStaysOne() {
    #expect(HostTensor.float(fromHalf: HostTensor.half(from: .nan)).isNaN)
    #expect(HostTensor.float(fromHalf: 0x7C01).isNaN)
    #expect(HostTensor.brainHalf(from: .nan) == 0x7FC0)
  }

  @Test("every half survives the way through float32")
  func halvesRoundTrip() throws {
    let halves = (UInt16.min ... .max).filter { !HostTensor.float(fromHalf: $0).isNaN }
    #expect(halves.allSatisfy { HostTensor.half(from: HostTensor.float(fromHalf: $0)) == $0 })
  }

  @Test func tensorsConvert() throws {
    let tensor = HostTensor([1.5, -2.75, 0] as [Float], shape: [3])
    for type in [ElementType.float16, .bfloat16, .float64, .float32] {
      let converted = try #require(tensor.converted(to: type))
      #expect(converted.elementType == type)
      #expect(converted.shape == [3])
      #expect(converted.floats == [1.5, -2.75, 0])
    }
    #expect(tensor.converted(to: .int64)?.storage == .int64([1, -2, 0]))
    #expect(tensor.converted(to: .string) == nil)
  }

  @Test func storedBytesAreLittleEndian() {
    let bytes: [UInt8] = [0x01, 0x02, 0xFF, 0xFF]
    func integers(_ type: ElementType, _ count: Int) -> [Int]? {
      HostTensor(shape: [count], storage: .bytes(type, bytes)).integers
    }
    #expect(integers(.uint16, 2) == [0x0201, 0xFFFF])
    #expect(integers(.int16, 2) == [0x0201, -1])
    #expect(integers(.int8, 4) == [1, 2, -1, -1])
    #expect(integers(.uint32, 1) == [0xFFFF_0201])
  }

  @Test("what is no integer has no integers")
  func refusals() {
    #expect(HostTensor([.nan] as [Float], shape: [1]).integers == nil)
    #expect(HostTensor([1e30] as [Float], shape: [1]).integers == nil)
    #expect(HostTensor(shape: [1], storage: .strings([[1]])).floats == nil)
    let huge = HostTensor(shape: [1], storage: .bytes(.uint64, .init(repeating: 0xFF, count: 8)))
    #expect(huge.integers == nil)
    #expect(HostTensor(shape: [3], storage: .bytes(.int4, [0, 0])).floats == nil)
  }

  @Test func reshaping() {
    let tensor = HostTensor([1, 2, 3, 4] as [Int64], shape: [2, 2])
    #expect(tensor.reshaped([4]).integers == [1, 2, 3, 4])
    #expect(HostTensor.zeros([]).count == 1)
    #expect(HostTensor.zeros([0, 3]).count == 0)
  }
}
