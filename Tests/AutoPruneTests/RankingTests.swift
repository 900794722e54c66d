import AutoPrune
import Foundation
import Testing

@Suite("Rankings by name")
struct RankingTests {
  @Test("shipped presets are found and list their features")
  func presets() throws {
    #expect(try ShippedPresets.names().contains("default"))
    guard case .predictor(let predictor, let name) = try PruningCriterion.preset("default") else {
      Issue.record("a preset is no predictor")
      return
    }
    #expect(name == "default")
    #expect(!predictor.featureNames.isEmpty)
  }

  @Test("unknown names are refused with the known ones")
  func unknownNames() {
    let preset = #expect(throws: ShippedPresetError.self) { try PruningCriterion.preset("defualt") }
    #expect(preset?.description.contains("default") == true)
    let criterion = #expect(throws: CriterionError.self) { try PruningCriterion.criterion(named: "lmap") }
    #expect(criterion?.description.contains("lamp") == true)
  }

  @Test("a preset file of one's own is named after the file")
  func ownPreset() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("ours-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try ShippedPresets.preset(named: "default").write(to: file)
    #expect(try PruningCriterion.preset(contentsOf: file).name.hasPrefix("ours-"))
  }
}
