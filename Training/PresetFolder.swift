import AutoPrune
import Foundation

/// Where presets go, each with its card.
struct PresetFolder {
  let path: String

  func preset(named name: String) throws -> Preset {
    try Preset.read(contentsOf: file("\(name).json"))
  }

  func write(_ preset: Preset, named name: String) throws {
    try preset.write(to: file("\(name).json"))
    try writeCard(of: preset, named: name)
  }

  /// The card of `default` shows the tables that were measured with it.
  func writeCard(of preset: Preset, named name: String) throws {
    let isDefault = name == "default"
    let card = ModelCard(
      preset,
      table: isDefault ? try HeldOutResult.readIfPresent(file("held-out.json")) : nil,
      curve: isDefault ? try LearningCurve.readIfPresent(file("learning-curve.json")) : nil)
    try card.text.write(to: file("\(name).md"), atomically: true, encoding: .utf8)
  }

  private func file(_ name: String) -> URL {
    URL(fileURLWithPath: path).appendingPathComponent(name)
  }
}
