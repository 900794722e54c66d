/// Input positions and weights of the sum that makes each output position of a resized axis.
///
/// Computed in single precision, as onnxruntime does, so that ties between neighbours fall the same
/// way.
/// - Source: [ONNX Resize](https://onnx.ai/onnx/operators/onnx__Resize.html).
struct ResampledAxis: Equatable {
  enum Coordinates: String {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric = "asymmetric"
  }

  enum Rounding: String {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor
    case ceil
  }

  enum Method: Equatable {
    case nearest(Rounding)
    case linear
    case cubic(coefficient: Float, excludesOutside: Bool)
  }

  /// Input positions, `[taps, outputs]`, row-major.
  private(set) var positions: [Int64] = []
  /// Weights, laid out as ``positions``; empty with one tap.
  private(set) var weights: [Float] = []
  let outputs: Int

  /// - Parameter scale: outputs per input, as stated or computed from the extents.
  init(inputs: Int, outputs: Int, scale: Float, method: Method, coordinates: Coordinates) {
    self.outputs = outputs
    let centres = (0..<outputs).map {
      Self.centre($0, inputs: inputs, outputs: outputs, scale: scale, coordinates: coordinates)
    }
    let bound = Int64(inputs - 1)
    func clamped(_ position: Float) -> Int64 { min(max(Int64(position), 0), bound) }
    switch method {
    case .nearest(let rounding):
      positions = centres.map { clamped(Self.rounded($0, rounding)) }
    case .linear:
      let inside = centres.map { min(max($0, 0), Float(inputs - 1)) }
      positions = inside.map { clamped($0.rounded(.down)) }
      positions += inside.map { clamped($0.rounded(.down) + 1) }
      let fractions = inside.map { $0 - $0.rounded(.down) }
      weights = fractions.map { 1 - $0 } + fractions
    case .cubic(let coefficient, let excludesOutside):
      var taps = [[Float]](repeating: [], count: 4)
      for centre in centres {
        let first = centre.rounded(.down) - 1
        var line = Self.cubic(centre - centre.rounded(.down), coefficient)
        if excludesOutside {
          for tap in 0..<4 where !(0...Float(inputs - 1)).contains(first + Float(tap)) {
            line[tap] = 0
          }
          let sum = line.reduce(0, +)
          line = line.map { $0 / sum }
        }
        for tap in 0..<4 { taps[tap].append(line[tap]) }
      }
      for tap in 0..<4 {
        positions += centres.map { clamped($0.rounded(.down) - 1 + Float(tap)) }
        weights += taps[tap]
      }
    }
  }

  /// Position in the input that an output position stands for.
  private static func centre(
    _ position: Int, inputs: Int, outputs: Int, scale: Float, coordinates: Coordinates
  ) -> Float {
    let x = Float(position)
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return outputs > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .alignCorners: return outputs > 1 ? x * Float(inputs - 1) / Float(outputs - 1) : 0
    case .asymmetric: return x / scale
    case .halfPixelSymmetric:
      let adjustment = Float(outputs) / (scale * Float(inputs))
      let offset = Float(inputs) / 2 * (1 - adjustment)
      return offset + (x + 0.5) / scale - 0.5
    }
  }

  private static func rounded(_ position: Float, _ rounding: Rounding) -> Float {
    switch rounding {
    case .preferFloor: (position - 0.5).rounded(.up)
    case .preferCeil: (position + 0.5).rounded(.down)
    case .floor: position.rounded(.down)
    case .ceil: position.rounded(.up)
    }
  }

  /// Weights of the four neighbours at distances 1 + t, t, 1 − t and 2 − t.
  ///
  /// - Source: Keys, *Cubic Convolution Interpolation for Digital Image Processing*, 1981.
  private static func cubic(_ t: Float, _ a: Float) -> [Float] {
    func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
    func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
    return [far(1 + t), near(t), near(1 - t), far(2 - t)]
  }
}
