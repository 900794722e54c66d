import Foundation

/// Reference values made by `Golden/make_golden.py`.
struct NumericsGolden: Decodable {
  struct Quantile: Decodable {
    var probability: Double
    var value: Double
  }
  struct Binomial: Decodable {
    var successes: Int
    var trials: Int
    var probability: Double
    var atMost: Double
    var above: Double
    var mass: Double
  }
  struct Interval: Decodable {
    var successes: Int
    var trials: Int
    var confidence: Double
    var lower: Double
    var upper: Double
  }
  struct Paired: Decodable {
    var newlyWrong: Int
    var newlyRight: Int
    var examples: Int
    var confidence: Double
    var upper: Double
  }

  var quantiles: [Quantile]
  var binomials: [Binomial]
  var intervals: [Interval]
  var paired: [Paired]

  static func load() throws -> NumericsGolden {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Golden/numerics.json"))
    return try JSONDecoder().decode(NumericsGolden.self, from: data)
  }
}

extension Double {
  func isClose(to other: Double, relative: Double, absolute: Double = 0) -> Bool {
    abs(self - other) <= max(absolute, relative * abs(other))
  }
}
