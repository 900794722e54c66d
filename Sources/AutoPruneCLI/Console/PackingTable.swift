import AutoPrune
import Foundation

/// Sizes before and after packing, for people.
struct PackingTable {
  let text: String

  init(_ sizes: ModelPacker.Sizes, written file: String) {
    var table = TextTable(["", "size"])
    table.append(["model", Format.bytes(sizes.modelBytes)])
    table.append(["packed", Format.bytes(sizes.packedBytes)])
    table.append(["ratio", String(format: "%.2f×", sizes.ratio)])
    text = table.text + "\nWritten: \(file)"
  }
}
