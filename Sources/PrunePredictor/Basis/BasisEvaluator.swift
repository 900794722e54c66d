import PruneCore
import PruneFeatures
import PruneSupport

/// Scores Φθ and gradients Φᵀv of one feature table, block by block, without storing Φ.
///
/// Terms that differ only in the power of the target sparsity share one *monomial*; columns that are constant in a
/// layer fold into the coefficients of the others. Results do not depend on the number of threads.
struct BasisEvaluator {
  private static let blockLength = 512
  private static let chunkLength = 1 << 15

  private let basis: FeatureBasis
  private let layers: [LayerPlan]
  private let monomials: BasisMonomials

  /// One layer's columns in the order of the basis.
  private struct LayerPlan {
    var count: Int
    var columns: [[Float]]
    /// Standardised value of each column that is constant in this layer.
    var constants: [Float?]
  }

  /// - Precondition: the table holds every feature of the basis.
  init(_ basis: FeatureBasis, table: FeatureTable) {
    self.basis = basis
    monomials = BasisMonomials(basis)
    let order = basis.featureNames.map { table.columnIndex(of: $0) }
    layers = table.layers.map { layer in
      let columns = order.map { layer.columns[$0] }
      let constants = columns.enumerated().map { feature, column -> Float? in
        guard let first = column.first, column.allSatisfy({ $0 == first }) else { return nil }
        return basis.standardize(first, feature)
      }
      return LayerPlan(count: layer.layer.count, columns: columns, constants: constants)
    }
  }

  /// θᵀφ per layer and weight, in stored order.
  func scores(_ coefficients: [Double], density: Double) -> [[Float]] {
    let weights = monomials.weights(coefficients, density: density)
    return layers.map { layer in
      let plan = FoldedLayer(weights, monomials: monomials.factors, layer: layer.constants)
      return ParallelChunks(count: layer.count, length: Self.chunkLength).joined { range in
        [Float](unsafeUninitializedCapacity: range.count) { buffer, initialized in
          scoreChunk(range, layer, plan, into: buffer)
          initialized = range.count
        }
      }
    }
  }

  /// Φᵀv: gradient with respect to the coefficients, given the gradient with respect to the scores.
  func pullback(_ scoreGradients: [[Float]], density: Double) -> [Double] {
    var total = [Double](repeating: 0, count: monomials.factors.count)
    for (layer, gradients) in zip(layers, scoreGradients) {
      let partial = ParallelChunks(count: layer.count, length: Self.chunkLength).map { range in
        gradientChunk(range, layer, gradients)
      }
      for sums in partial {
        for (index, value) in sums.enumerated() { total[index] += value }
      }
    }
    return monomials.pullback(total, density: density)
  }

  /// Value of every term for one weight, for explanations; `weight` is its position in stored order.
  func termValues(layer: Int, weight: Int, density: Double) -> [Double] {
    let coordinate = basis.targetSparsity.coordinate(density: density)
    let values = layers[layer].columns.enumerated().map { feature, column in
      Double(basis.standardize(column[weight], feature))
    }
    return basis.terms.map { term in
      term.factors.reduce(coordinate.power(term.sparsityPower)) { $0 * values[$1] }
    }
  }

  private func scoreChunk(
    _ range: Range<Int>, _ layer: LayerPlan, _ plan: FoldedLayer,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let features = layer.columns.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: features * Self.blockLength) {
      scratch in
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockLength) {
        let count = min(Self.blockLength, range.upperBound - start)
        let first = start - range.lowerBound
        fill(scratch, from: start, count: count, layer)
        for index in 0..<count { target[first &+ index] = plan.offset }
        for (feature, weight) in plan.linear {
          let column = feature * Self.blockLength
          for index in 0..<count { target[first &+ index] += weight * scratch[column &+ index] }
        }
        for product in plan.products {
          let left = product.first * Self.blockLength
          let right = product.second * Self.blockLength
          let weight = product.weight
          for index in 0..<count {
            target[first &+ index] += weight * scratch[left &+ index] * scratch[right &+ index]
          }
        }
      }
    }
  }

  /// Φᵀv over one chunk, per monomial.
  private func gradientChunk(
    _ range: Range<Int>, _ layer: LayerPlan, _ gradients: [Float]
  ) -> [Double] {
    let features = layer.columns.count
    let operands = monomials.factors.map { MonomialOperands($0, constants: layer.constants) }
    var sums = [Double](repeating: 0, count: monomials.factors.count)
    gradients.withUnsafeBufferPointer { gradients in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: features * Self.blockLength) {
        scratch in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockLength) {
          let count = min(Self.blockLength, range.upperBound - start)
          let block = UnsafeBufferPointer(rebasing: gradients[start..<start + count])
          fill(scratch, from: start, count: count, layer)
          for (position, operand) in operands.enumerated() where operand.scale != 0 {
            func column(_ feature: Int) -> UnsafeBufferPointer<Float> {
              let first = feature * Self.blockLength
              return UnsafeBufferPointer(rebasing: scratch[first..<first + count])
            }
            let sum =
              switch operand.varying.count {
              case 0: BlockSums.sum(block)
              case 1: BlockSums.dot(block, column(operand.varying[0]))
              default: BlockSums.dot(block, column(operand.varying[0]), column(operand.varying[1]))
              }
            sums[position] += sum * Double(operand.scale)
          }
        }
      }
    }
    return sums
  }

  /// Writes standardised values of the columns that vary, `[features, blockLength]`.
  private func fill(
    _ scratch: UnsafeMutableBufferPointer<Float>, from start: Int, count: Int, _ layer: LayerPlan
  ) {
    for feature in layer.columns.indices where layer.constants[feature] == nil {
      let row = feature * Self.blockLength
      let centre = Float(basis.centres[feature])
      let factor = Float(1 / basis.scales[feature])
      layer.columns[feature].withUnsafeBufferPointer { column in
        for index in 0..<count {
          scratch[row &+ index] = FeatureBasis.clamp((column[start &+ index] - centre) * factor)
        }
      }
    }
  }
}

/// A monomial in one layer: the product of its constant factors, and the factors that vary.
private struct MonomialOperands {
  var scale: Float = 1
  var varying: [Int] = []

  init(_ factors: [Int], constants: [Float?]) {
    for factor in factors {
      if let constant = constants[factor] { scale *= constant } else { varying.append(factor) }
    }
  }
}

/// Sums over one block, eight lanes at a time.
enum BlockSums {
  typealias Values = UnsafeBufferPointer<Float>

  @inline(__always) private static func load(_ values: Values, _ index: Int) -> SIMD8<Float> {
    SIMD8(
      values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3],
      values[index &+ 4], values[index &+ 5], values[index &+ 6], values[index &+ 7])
  }

  @inline(__always) private static func sum(
    count: Int, lanes term: (Int) -> SIMD8<Float>, single: (Int) -> Float
  ) -> Double {
    var lanes = SIMD8<Float>.zero
    var index = 0
    while index &+ 8 <= count {
      lanes += term(index)
      index &+= 8
    }
    var total = Double(lanes.sum())
    while index < count {
      total += Double(single(index))
      index &+= 1
    }
    return total
  }

  static func sum(_ a: Values) -> Double {
    sum(count: a.count, lanes: { load(a, $0) }, single: { a[$0] })
  }

  static func dot(_ a: Values, _ b: Values) -> Double {
    sum(count: a.count, lanes: { load(a, $0) * load(b, $0) }, single: { a[$0] * b[$0] })
  }

  static func dot(_ a: Values, _ b: Values, _ c: Values) -> Double {
    sum(
      count: a.count, lanes: { load(a, $0) * load(b, $0) * load(c, $0) },
      single: { a[$0] * b[$0] * c[$0] })
  }
}
