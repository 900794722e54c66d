import TestSupport
import Testing

@testable import PruneTraining

@Suite("Learning-rate schedules")
struct LearningRateScheduleTests {
  struct Reference: Decodable {
    struct Course: Decodable {
      var shape: LearningRateSchedule.Shape
      var warmup: Double
      var hold: Double
      var factors: [Double]
    }
    var courses: [Course]
  }

  @Test("match PyTorch's", .tags(.golden))
  func golden() throws {
    for course in try Golden<Reference>.load("schedules").courses {
      let schedule = LearningRateSchedule(
        course.shape, warmupFraction: course.warmup, holdFraction: course.hold)
      let factors = course.factors.indices.map {
        schedule.factor(at: Double($0) / Double(course.factors.count))
      }
      #expect(
        factors.isClose(to: course.factors, absolute: 1e-9),
        "\(course.shape) \(course.warmup) \(course.hold)"
      )
    }
  }

  @Test(
    "a course cut into windows is the whole course", arguments: LearningRateSchedule.Shape.allCases)
  func windows(_ shape: LearningRateSchedule.Shape) {
    let whole = LearningRateSchedule(shape, warmupFraction: 0.1)
    let part = LearningRateSchedule(shape, warmupFraction: 0.1, window: 0.25...0.75)
    for progress in stride(from: 0, to: 1, by: 0.125) {
      #expect(part.factor(at: progress) == whole.factor(at: 0.25 + progress / 2))
    }
  }

  @Test("factors stay within 0 … 1", .tags(.property))
  func range() {
    for shape in LearningRateSchedule.Shape.allCases {
      for progress in stride(from: 0, to: 1, by: 0.01) {
        let factor = LearningRateSchedule(shape, warmupFraction: 0.3, holdFraction: 0.4)
          .factor(at: progress)
        #expect((0...1).contains(factor))
      }
    }
  }
}
