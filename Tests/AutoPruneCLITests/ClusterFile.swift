import AutoPrune
import Foundation
import PruneSupport

/// Three clusters in the plane that a small perceptron tells apart.
struct ClusterFile {
  let inputs: [[Float]]
  let labels: [Int]

  init(examples: Int, seed: UInt64 = 5) {
    var generator = SeededGenerator(seed: seed)
    labels = (0..<examples).map { $0 % 3 }
    inputs = labels.map { label in
      [
        Float(Double(label) * 2 + generator.uniform()),
        Float(Double(label == 1 ? 2 : 0) + generator.uniform()),
      ]
    }
  }

  /// As CSV with the label last.
  func writeCSV(to url: URL) throws {
    let rows = zip(inputs, labels).map { "\($0[0]),\($0[1]),\($1)" }
    try Data(rows.joined(separator: "\n").utf8).write(to: url)
  }

  /// As `x_train`, `y_train`, `x_test` and `y_test`; a fifth is test data.
  func writeNPZ(to url: URL) throws {
    var file = NPZFile()
    let train = labels.count * 4 / 5
    for (name, range) in [("train", 0..<train), ("test", train..<labels.count)] {
      file["x_\(name)"] = HostTensor(Array(inputs[range].joined()), shape: [range.count, 2])
      file["y_\(name)"] = HostTensor(labels[range].map { Int64($0) }, shape: [range.count])
    }
    try file.write(to: url)
  }
}
