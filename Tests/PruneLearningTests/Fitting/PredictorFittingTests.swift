import AutoPrune
import PruneCore
import PruneFeatures
import PrunePredictor
import TestSupport
import Testing

@testable import PruneLearning

@Suite("Fitting a predictor to archived networks")
struct PredictorFittingTests {
  private let engine = ReferenceEngine()

  private func networks(_ count: Int) throws -> [LearnableNetwork] {
    try ClusterNetworks.trained(count, engine: engine)
  }

  private var fitting: PredictorFitting {
    var fitting = PredictorFitting(
      featureNames: ["log-lamp", "saliency-memory", "row-left", "is-last"],
      contextNames: ["is-last"], densities: [0.4], seed: 2)
    fitting.temperatures = [0.2, 0.1]
    fitting.statesPerRound = 4
    fitting.iterationsPerRound = 3
    fitting.selection.descendingPasses = 3
    fitting.selection.targetPasses = 3
    return fitting
  }

  @Test("starts at the prior, moves, and repeats exactly by seed")
  func fits() throws {
    let networks = try networks(2)
    let first = try fitting.fit(to: networks, engine: engine)
    let second = try fitting.fit(to: networks, engine: engine)
    #expect(first == second)
    #expect(first != LogisticPredictor.prior(in: first.basis))
    #expect(first.readsState)
    #expect(first.coefficients.allSatisfy { $0.isFinite })
  }

  @Test("fewer networks than the ridge is meant for stay nearer to the prior")
  func fewNetworks() throws {
    let networks = try networks(1)
    func distance(ridgeNetworks: Int) throws -> Double {
      var fitting = fitting
      fitting.ridge = 1
      fitting.ridgeNetworks = ridgeNetworks
      let fitted = try fitting.fit(to: networks, engine: engine)
      let prior = LogisticPredictor.prior(in: fitted.basis)
      return zip(fitted.coefficients, prior.coefficients).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
    }
    let (near, far) = (try distance(ridgeNetworks: 1_000), try distance(ridgeNetworks: 1))
    #expect(near < 0.1 * far)
  }

  @Test("what few groups teach moves it only their share of the way from the prior")
  func fewGroups() throws {
    let networks = try networks(2)
    func offsets(trustedGroups: Int) throws -> [Double] {
      var fitting = fitting
      fitting.trustedGroups = trustedGroups
      let fitted = try fitting.fit(to: networks, engine: engine)
      let prior = LogisticPredictor.prior(in: fitted.basis)
      return zip(fitted.coefficients, prior.coefficients).map { $0 - $1 }
    }
    let whole = try offsets(trustedGroups: 2)
    #expect(try offsets(trustedGroups: 0) == whole)
    #expect(try offsets(trustedGroups: 8).isClose(to: whole.map { $0 / 4 }, absolute: 1e-12))
  }

  @Test("steps at every pass move it, the ridge holds them too, and they repeat by seed")
  func descends() throws {
    let networks = try networks(2)
    var fitting = fitting
    fitting.descentEpochs = 1
    fitting.temperatures = []
    let first = try fitting.fit(to: networks, engine: engine)
    let second = try fitting.fit(to: networks, engine: engine)
    let prior = LogisticPredictor.prior(in: first.basis)
    #expect(first == second && first != prior)
    #expect(first.coefficients.allSatisfy { $0.isFinite })
    fitting.ridge = 1e6
    let held = try fitting.fit(to: networks, engine: engine)
    #expect(held.coefficients.isClose(to: prior.coefficients, absolute: 0.1))
  }

  @Test("a strong ridge holds it at the prior")
  func ridge() throws {
    var fitting = fitting
    fitting.ridge = 1e6
    let fitted = try fitting.fit(to: try networks(2), engine: engine)
    let prior = LogisticPredictor.prior(in: fitted.basis)
    #expect(fitted.coefficients.isClose(to: prior.coefficients, absolute: 1e-3))
  }

  @Test(
    "trees start from the fitted θ, read the state, and go into a preset as they are",
    arguments: [PredictorKind.tree, .logisticTree])
  func trees(kind: PredictorKind) throws {
    var fitting = fitting
    fitting.kind = kind
    fitting.treeRounds = 1
    fitting.tree.complexity = 1e-3
    fitting.tree.maximumLeaves = 8
    fitting.tree.maximumModelLeaves = 3
    fitting.tree.leaves.temperatures = [0.1]
    fitting.tree.leaves.iterationsPerStage = 2
    let model = try fitting.model(of: try networks(2), engine: engine)
    #expect(model.predictor.kind == kind)
    #expect(model.predictor.readsState)
    #expect(model.predictor.parameters.allSatisfy { $0.isFinite })
    let preset = Preset(model: model, card: PresetCard(title: "trees"))
    #expect(try Preset.read(try preset.encoded(), path: "trees") == preset)
  }

  @Test("the card has a row per left-out group, with prior and criteria beside the predictor")
  func card() throws {
    var lines: [String] = []
    let preset = try ArchiveFit(
      networks: try networks(3), fitting: fitting, calibration: .quick, title: "test",
      command: ["autoprune", "fit"]
    ).preset(engine: engine) { lines.append($0) }
    #expect(preset.card.heldOut.count == 3 * 4)
    #expect(Set(preset.card.heldOut.map(\.group)).count == 3)
    for score in preset.card.heldOut {
      #expect(
        Set(score.metrics.keys)
          == Set(SaliencyCriteria.ofTrainedNetworks.map(\.name)).union([
            "predictor", "prior",
          ]))
      #expect(score.metrics.values.allSatisfy { (0...1).contains($0) })
    }
    let predictorMean = mean("predictor", preset.card)
    let isLearned = predictorMean > mean("prior", preset.card)
    #expect(isLearned == (preset.predictor.featureNames.count == 4))
    #expect(!preset.card.notes.isEmpty)
    #expect(lines.count { $0.hasPrefix("fit ") } == 3)
    if let calibration = preset.card.calibration {
      #expect(calibration.errorAfter < calibration.errorBefore)
      #expect(calibration.groups.count == 2)
      #expect(preset.predictor.calibration != .identity)
    } else {
      #expect(preset.predictor.calibration == .identity)
      #expect(lines.contains { $0.hasPrefix("p̂") })
    }
  }

  private func mean(_ method: String, _ card: PresetCard) -> Double {
    let values = card.heldOut.compactMap { $0.metrics[method] }
    return values.reduce(0, +) / Double(values.count)
  }
}
