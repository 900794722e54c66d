import Foundation

extension Double {
  var logarithm: Double { Foundation.log(self) }
  static func pow10(_ exponent: Double) -> Double { Foundation.pow(10, exponent) }
}
