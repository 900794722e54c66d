import PruneCore
import PruneSupport

/// Noise with equal power in every octave, which resembles images and recorded signals more than white noise does.
///
/// Each octave is white noise on a lattice of its own, interpolated linearly, with an offset drawn at random. Every number
/// has mean 0 and variance 1.
///
/// - Source: Field, *Relations between the statistics of natural images and the response properties of cortical cells*,
///   JOSA A 4, 1987: amplitudes fall with the inverse of the frequency.
struct OctaveNoise {
  /// Extents `[rows, columns]` of one channel; 1 row for a signal.
  let rows: Int
  let columns: Int
  /// Number of channels, each with noise of its own.
  let channels: Int
  /// `true` where the channels are the last axis, as in `[steps, features]`.
  let isTransposed: Bool

  /// - Parameter shape: shape of one example. In `[channels, height, width]` the noise runs along the last two axes, in
  ///   two axes along the longer one; for anything else it is white.
  init(shape: [Int]) {
    switch shape.count {
    case 3: (channels, rows, columns, isTransposed) = (shape[0], shape[1], shape[2], false)
    case 2 where shape[0] > shape[1]:
      (channels, rows, columns, isTransposed) = (shape[1], 1, shape[0], true)
    case 2: (channels, rows, columns, isTransposed) = (shape[0], 1, shape[1], false)
    default: (channels, rows, columns, isTransposed) = (shape.reduce(1, *), 1, 1, false)
    }
  }

  /// Draws one example, row-major in its shape.
  func example(using generator: inout SeededGenerator) -> [Float] {
    var result = [Float](repeating: 0, count: channels * rows * columns)
    for channel in 0..<channels {
      let plane = plane(using: &generator)
      for (position, value) in plane.enumerated() {
        result[isTransposed ? position * channels + channel : channel * plane.count + position] =
          Float(value)
      }
    }
    return result
  }

  private func plane(using generator: inout SeededGenerator) -> [Double] {
    var plane = [Double](repeating: 0, count: rows * columns)
    var octaves = 0
    var cell = 1
    repeat {
      add(cell, to: &plane, using: &generator)
      octaves += 1
      cell *= 2
    } while cell < max(rows, columns)
    let scale = 1 / Double(octaves).squareRoot()
    return plane.map { $0 * scale }
  }

  /// Adds white noise on a lattice with `cell` numbers from point to point, interpolated linearly.
  private func add(
    _ cell: Int, to plane: inout [Double], using generator: inout SeededGenerator
  ) {
    let rowWeights = weights(cell: cell, count: rows, using: &generator)
    let columnWeights = weights(cell: cell, count: columns, using: &generator)
    let width = columns / cell + 3
    let lattice = (0..<(rows / cell + 3) * width).map { _ in generator.normal() }
    for (row, y) in rowWeights.enumerated() {
      for (column, x) in columnWeights.enumerated() {
        let corner = y.cell * width + x.cell
        plane[row * columns + column] +=
          y.near * (x.near * lattice[corner] + x.far * lattice[corner + 1])
          + y.far * (x.near * lattice[corner + width] + x.far * lattice[corner + width + 1])
      }
    }
  }

  /// Interpolation weights: the lattice line before each position, and the weights of this line and the next, whose
  /// squares sum to 1, so that the variance stays.
  private func weights(
    cell: Int, count: Int, using generator: inout SeededGenerator
  ) -> [(cell: Int, near: Double, far: Double)] {
    let offset = cell > 1 ? Int(generator.uniform() * Double(cell)) : 0
    return (0..<count).map { position in
      let far = Double((position + offset) % cell) / Double(cell)
      let norm = ((1 - far) * (1 - far) + far * far).squareRoot()
      return ((position + offset) / cell, (1 - far) / norm, far / norm)
    }
  }
}
