import PruneCore
import PruneSurgery

/// Sums of tensors over all axes but one, for fast sums over slices along that axis.
struct AxisSums {
  private struct Key: Hashable {
    var parameter: String
    var axis: Int
  }

  /// Sums by index along the axis.
  private var sums: [Key: [Double]] = [:]

  /// Adds the sums of one parameter.
  ///
  /// - Parameters:
  ///   - values: elements of the parameter, row-major.
  ///   - axes: axes of the slices to be summed; those beyond the shape are left out.
  mutating func add(_ values: [Float], of parameter: String, shape: [Int], axes: Set<Int>) {
    for axis in axes where axis < shape.count {
      let extent = shape[axis]
      let inner = shape[(axis + 1)...].reduce(1, *)
      var totals = [Double](repeating: 0, count: extent)
      guard extent > 0, inner > 0, values.count.isMultiple(of: extent * inner) else { continue }
      values.withUnsafeBufferPointer { values in
        var position = 0
        while position < values.count {
          for index in 0..<extent {
            var sum: Float = 0
            for _ in 0..<inner {
              sum += values[position]
              position += 1
            }
            totals[index] += Double(sum)
          }
        }
      }
      sums[Key(parameter: parameter, axis: axis)] = totals
    }
  }

  /// Sum of the elements of a slice; 0 where its parameter or axis was not added.
  func sum(over slice: ParameterSlice) -> Double {
    guard let totals = sums[Key(parameter: slice.parameter, axis: slice.axis)] else { return 0 }
    return slice.indices.reduce(0) { $0 + totals[$1] }
  }

  /// Axes of the slices of some units, by parameter.
  static func axes(
    of units: some Sequence<CoupledUnit>, where isWanted: (ParameterSlice) -> Bool
  ) -> [String: Set<Int>] {
    var axes: [String: Set<Int>] = [:]
    for unit in units {
      for slice in unit.slices where isWanted(slice) {
        axes[slice.parameter, default: []].insert(slice.axis)
      }
    }
    return axes
  }
}
