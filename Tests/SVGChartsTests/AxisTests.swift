import Testing

@testable import SVGCharts

@Suite("Axis")
struct AxisTests {
  @Test(
    "has round ticks that cover the values",
    arguments: [[0.0, 1], [93.2, 93.9], [-3, 7], [1e-5, 2e-5], [5, 5], [0, 0], [1e6, 3.7e7]])
  func ticks(_ values: [Double]) throws {
    let axis = Axis("", covering: values)
    #expect((2...12).contains(axis.ticks.count), "\(axis.ticks)")
    for value in values { #expect((-1e-9...1 + 1e-9).contains(axis.position(value))) }
    try #require(axis.ticks.count > 1)
    let step = axis.ticks[1] - axis.ticks[0]
    for tick in axis.ticks {
      #expect(abs(tick / step - (tick / step).rounded()) < 1e-6)
    }
    #expect(
      Set(axis.ticks.map(axis.text)).count == axis.ticks.count, "\(axis.ticks.map(axis.text))")
  }

  @Test("keeps within its limits and leaves out what is not finite")
  func limits() {
    let axis = Axis("", covering: [0.42, 0.999, .nan, .infinity], isFraction: true, within: 0...1)
    #expect(axis.upper == 1)
    #expect(axis.lower >= 0 && axis.lower <= 0.42)
    #expect(axis.text(0.5) == "50 %")
    #expect(Axis("", covering: []).ticks.count > 1)
  }
}
