import AutoPrune
import PruneCore
import PrunePredictor
import TestSupport
import Testing

@testable import PruneLearning

@Suite("Fitting to set probes of archived networks")
struct SetProbeFittingTests {
  @Test("probes every network, repeats by seed, and needs a network")
  func fits() throws {
    let engine = ReferenceEngine()
    let networks = try ClusterNetworks.trained(3, engine: engine)
    var fitting = SetProbeFitting()
    fitting.densities = [0.5, 0.4]
    var lines: [String] = []
    let first = try fitting.fit(to: networks, engine: engine) { lines.append($0) }
    #expect(try fitting.fit(to: networks, engine: engine) == first)
    #expect(lines.count == 3)
    #expect(first.featureNames == PredictorFitting.standardFeatures)
    #expect(first.coefficients.contains { $0 != 0 } && first.coefficients.allSatisfy(\.isFinite))
    #expect(throws: PredictorError.self) { try fitting.fit(to: [], engine: engine) }
  }
}
