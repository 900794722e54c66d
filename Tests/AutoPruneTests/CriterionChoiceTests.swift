import AutoPrune
import Foundation
import Testing

@Suite("Criteria by name")
struct CriterionChoiceTests {
  @Test("shipped presets are found and list their features")
  func presets() throws {
    #expect(try ShippedPresets.names().contains("default"))
    guard
      case .predictor(let predictor, let name) = try CriterionChoice.preset("default")
        .criterion(for: .element)
    else {
      Issue.record("a preset is no predictor")
      return
    }
    #expect(name == "default")
    #expect(!predictor.featureNames.isEmpty)
  }

  @Test("unknown names are refused with the known ones")
  func unknownNames() {
    let preset = #expect(throws: ShippedPresetError.self) { try CriterionChoice.preset("defualt") }
    #expect(preset?.description.contains("default") == true)
    let criterion = #expect(throws: CriterionError.self) {
      try CriterionChoice.criterion(named: "lmap")
    }
    #expect(criterion?.description.contains("lamp") == true)
  }

  @Test("a preset file of one's own is named after the file")
  func ownPreset() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("ours-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try ShippedPresets.preset(named: "default").write(to: file)
    #expect(
      try CriterionChoice.preset(contentsOf: file).criterion(for: .element).name.hasPrefix("ours-"))
  }
}
