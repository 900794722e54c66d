import PruneCore
import PruneFeatures
import TestSupport
import Testing

@Suite("Saliency criteria")
struct SaliencyCriteriaTests {
  @Test(
    "match numpy", .tags(.golden),
    arguments: SaliencyCriteria.ofTrainedNetworks.map(\.name).filter { $0 != "random" })
  func golden(_ name: String) throws {
    let golden = try GoldenLayer.load()
    let criterion = try SaliencyCriteria.named(name)
    let scores = criterion.saliency(
      of: golden.layer, weights: golden.weights, statistics: golden.statistics, seed: 0)
    let wanted = try #require(golden.saliency[name])
    #expect(scores.isClose(to: wanted, absolute: 1e-6, relative: 1e-5))
  }

  @Test("have the names and kinds that the command line promises")
  func names() throws {
    #expect(
      SaliencyCriteria.all.map(\.name) == [
        "random", "magnitude", "magnitude-layer", "l1", "l2", "lamp", "taylor", "snip", "fisher",
        "wanda", "apoz", "activation", "adam-metric",
      ])
    #expect(try SaliencyCriteria.named("l1").granularity == .channel)
    #expect(try SaliencyCriteria.named("magnitude-layer").scope == .layerwise)
    let error = #expect(throws: CriterionError.self) { try SaliencyCriteria.named("lmap") }
    #expect(error?.description.contains("choose one of random, magnitude") == true)
  }

  @Test("give finite scores of the right shape, not below zero", .tags(.property), arguments: 1...4)
  func shape(_ seed: UInt64) {
    for isInputMajor in [false, true] {
      let drawn = DrawnLayer(seed: seed, isInputMajor: isInputMajor)
      for criterion in SaliencyCriteria.all {
        let scores = drawn.scores(criterion)
        let count =
          criterion.granularity == .channel ? drawn.layer.layout.outputs : drawn.layer.count
        #expect(scores.count == count, "\(criterion.name)")
        #expect(scores.allSatisfy { $0 >= 0 && $0.isFinite }, "\(criterion.name)")
      }
    }
  }

  @Test("follow a permutation of outputs and inputs", .tags(.property), arguments: 1...4)
  func permutation(_ seed: UInt64) {
    let drawn = DrawnLayer(seed: seed, isInputMajor: false)
    let permuted = drawn.permuted(seed: seed)
    for criterion in SaliencyCriteria.all where criterion.name != "random" {
      let before = drawn.scores(criterion)
      let after = permuted.layer.scores(criterion)
      let expected =
        criterion.granularity == .channel
        ? permuted.outputs.map { before[$0] } : permuted.connections.map { before[$0] }
      #expect(after.isClose(to: expected, absolute: 1e-6, relative: 1e-5), "\(criterion.name)")
    }
  }

  @Test("do not depend on the storage order", .tags(.property), arguments: 1...4)
  func storageOrder(_ seed: UInt64) {
    let drawn = DrawnLayer(seed: seed, isInputMajor: false)
    let turned = drawn.transposed
    let (outputs, inputs) = (drawn.layer.layout.outputs, drawn.layer.layout.inputs)
    for criterion in SaliencyCriteria.all where criterion.name != "random" {
      let before = drawn.scores(criterion)
      let after = turned.scores(criterion)
      let expected =
        criterion.granularity == .channel
        ? before : (0..<drawn.layer.count).map { before[$0 % outputs * inputs + $0 / outputs] }
      #expect(after.isClose(to: expected, absolute: 1e-6, relative: 1e-5), "\(criterion.name)")
    }
  }

  @Test("random repeats by seed and differs between layers")
  func random() {
    let criterion = RandomCriterion()
    func scores(_ name: String, _ seed: UInt64) -> [Float] {
      criterion.saliency(
        of: .linear(name, outputs: 4, inputs: 5), weights: .init(repeating: 1, count: 20),
        statistics: LayerStatistics(), seed: seed)
    }
    #expect(scores("a", 1) == scores("a", 1))
    #expect(scores("a", 1) != scores("a", 2))
    #expect(scores("a", 1) != scores("b", 1))
  }

  @Test("LAMP gives the largest weight 1, removed weights 0 and prefers the lower index")
  func lamp() {
    let scores = LAMPCriterion().saliency(
      of: .linear("a", outputs: 1, inputs: 4), weights: [2, 0, -2, 1],
      statistics: LayerStatistics(), seed: 0)
    #expect(scores.isClose(to: [1, 0, 0.5, 1.0 / 9], absolute: 1e-6))
  }

  @Test("SNIP divides by the network's total")
  func snip() throws {
    let golden = try GoldenLayer.load()
    let scores = SNIPCriterion().saliencies(of: golden.state, seed: 0)
    #expect(isClose(scores[0].reduce(0, +), 1, absolute: 1e-5))
  }

  @Test("Wanda reads each group's own inputs")
  func groups() {
    let layer = PrunableLayer(
      name: "depthwise", kind: .convolution, parameter: "w", shape: [4, 1, 1, 1],
      layout: WeightLayout(outputs: 4, inputs: 1, groups: 4), nodes: [0])
    var statistics = LayerStatistics()
    statistics.positions = 1
    statistics.inputSquareSum = [1, 4, 9, 16]
    let scores = WandaCriterion().saliency(
      of: layer, weights: [1, 1, -1, 2], statistics: statistics, seed: 0)
    #expect(scores == [1, 2, 3, 8])
  }
}
