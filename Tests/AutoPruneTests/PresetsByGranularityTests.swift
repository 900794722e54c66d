import PruneCore
import PruneLearning
import Testing
import TorchBackend

@testable import AutoPrune

@Suite("Presets by granularity")
struct PresetsByGranularityTests {
  @Test("every granularity has a preset of its own, of weights or of units")
  func shipped() throws {
    let choice = try CriterionChoice.preset("default")
    for spelling in Granularity.spellings {
      let granularity = try Granularity(spelling)
      guard case .predictor(let predictor, let name) = try choice.criterion(for: granularity) else {
        Issue.record("\(spelling) has no predictor")
        continue
      }
      let family = spelling.split(separator: ":").first.map(String.init)
      #expect(name == (granularity == .element ? "default" : family))
      #expect(predictor.ranksUnits == granularity.isStructural, "\(spelling)")
      #expect(try ShippedPresets.preset(named: name).card.heldOut.isEmpty == false)
    }
  }

  @Test("what did not beat its start on held-out groups is that start")
  func starts() throws {
    for name in ["channel", "head", "layer", "auto"] {
      let preset = try ShippedPresets.preset(named: name)
      let isLearned = preset.card.notes.hasPrefix("Learned")
      #expect((preset.model == .logistic(UnitFitting.prior)) != isLearned, "\(name)")
    }
    for name in ["block", "kernel", "nm"] {
      let preset = try ShippedPresets.preset(named: name)
      #expect(preset.model.isPrior != preset.card.notes.hasPrefix("Learned"), "\(name)")
    }
  }

  @Test(
    "results name a preset that is a score set by hand as that score",
    arguments: [
      ("default", "predictor:default"), ("nm", "predictor:nm"), ("block", "prior"),
      ("kernel", "prior"), ("channel", "criterion:gate"), ("auto", "criterion:gate"),
      ("head", "predictor:head"), ("layer", "predictor:layer"),
    ])
  func sources(_ name: String, _ source: String) throws {
    let preset = try ShippedPresets.preset(named: name)
    #expect(
      PruningCriterion.predictor(preset.predictor, name: name).source.description == source)
  }

  @Test("a predictor of one's own stays, and is refused where it says nothing of units")
  func own() throws {
    let own = CriterionChoice.fixed(.predictor(LogisticPredictor.prior, name: "ours"))
    #expect(try own.criterion(for: .kernel).name == "ours")
    #expect(throws: SelectionError.weightsOnly("ours")) { try own.criterion(for: .channel) }
    #expect(try CriterionChoice.criterion(named: "gate").criterion(for: .channel).name == "gate")
    let units = CriterionChoice.fixed(.predictor(UnitFitting.prior, name: "units"))
    #expect(try units.criterion(for: .channel).name == "units")
  }

  @Test("a preset of units is refused for weights, and asked to explain them")
  func refused() async throws {
    let graph = try await TrainedDigits.network.value.graph
    let data = try DataSet.digits()
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .preset("channel"))
    await #expect(throws: SelectionError.structuralOnly("channel")) {
      try await pruner.sweep(
        graph, on: data, sparsities: [try Sparsity(0.5)],
        options: PruningOptions(budget: .maximumDrop(points: 1)))
    }
    await #expect(throws: ExplanationError.ranksUnits(preset: "channel")) {
      try await pruner.explain(
        graph, on: data.train, masks: .selected(try Sparsity(0.5)))
    }
  }
}
