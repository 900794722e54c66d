import PruneCore
import Testing

@testable import PruneController

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
}
