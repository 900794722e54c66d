import AutoPrune
import Foundation

/// Where presets go, each with its card.
struct PresetFolder {
  let path: String

  func write(_ preset: Preset, named name: String) throws {
    let folder = URL(fileURLWithPath: path)
    try preset.write(to: folder.appendingPathComponent("\(name).json"))
    try ModelCard(preset).text.write(
      to: folder.appendingPathComponent("\(name).md"), atomically: true, encoding: .utf8)
  }
}
