/// The weights of one layer after its constant columns were folded in.
struct FoldedLayer {
  var offset: Float = 0
  var linear: [(feature: Int, weight: Float)] = []
  var products: [(first: Int, second: Int, weight: Float)] = []

  init(_ weights: [Float], monomials: [[Int]], layer constants: [Float?]) {
    var linearWeights = [Float](repeating: 0, count: constants.count)
    for (factors, weight) in zip(monomials, weights) {
      let constant = factors.reduce(weight) { $0 * (constants[$1] ?? 1) }
      let varying = factors.filter { constants[$0] == nil }
      switch varying.count {
      case 0: offset += constant
      case 1: linearWeights[varying[0]] += constant
      default: products.append((varying[0], varying[1], constant))
      }
    }
    for (feature, weight) in linearWeights.enumerated() where weight != 0 {
      linear.append((feature, weight))
    }
  }
}
