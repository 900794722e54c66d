import LoopTestSupport
import PruneCore
import TestSupport
import Testing

@testable import PruneTraining

@Suite("Teacher outputs are found by example")
struct TeacherOutputsTests {
  @Test("across batches, in any order")
  func lookup() throws {
    let outputs = try #require(
      TeacherOutputs([
        floats([0, 1, 10, 11], [2, 2]), floats([20, 21], [1, 2]),
      ]))
    #expect(outputs.batch([2, 0]) == [floats([20, 21, 0, 1], [2, 2])])
  }

  @Test("but not in outputs without examples or of different shapes")
  func unusable() {
    #expect(TeacherOutputs([]) == nil)
    #expect(TeacherOutputs([floats([1], [])]) == nil)
    #expect(
      TeacherOutputs([floats([1, 2], [1, 2]), floats([1], [1, 1])]) == nil)
  }

  @Test("lie apart by the root mean square about the mean of each row")
  func spread() throws {
    let outputs = try #require(TeacherOutputs([floats([1, 3, 10, 10], [2, 2])]))
    #expect(abs(outputs.spread - Float(0.5).squareRoot()) < 1e-6)
    #expect(try #require(TeacherOutputs([floats([1, 2], [2])])).spread == 0)
  }

  @Test("are warmed in proportion where they lie far apart, and never where probabilities count")
  func temperature() {
    typealias Tuner = FineTuner<ReferenceEngine>
    #expect(Tuner.temperature(spread: 0, metric: .accuracy) == 4)
    #expect(Tuner.temperature(spread: 14, metric: .fidelity) == 4)
    #expect(Tuner.temperature(spread: 1400, metric: .fidelity) == 400)
    #expect(Tuner.temperature(spread: 1400, metric: .perplexity) == 1)
  }
}
