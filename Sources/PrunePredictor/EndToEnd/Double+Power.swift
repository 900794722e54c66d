import Foundation

extension Double {
  func raised(to exponent: Double) -> Double { Foundation.pow(self, exponent) }
}
