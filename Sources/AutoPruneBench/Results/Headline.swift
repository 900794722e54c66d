/// A selection of rows of a benchmark that the README shows side by side.
struct Headline {
  /// Name of the figures in the README.
  let label: String
  /// Texts that the setting of a selected row contains, all of them.
  let words: [String]
  /// Column of the selected rows; `nil` for all.
  var column: String?

  init(_ label: String, _ words: String..., column: String? = nil) {
    self.label = label
    self.words = words.isEmpty ? [label] : words
    self.column = column
  }

  func selects(_ row: BenchRow) -> Bool {
    words.allSatisfy(row.setting.contains) && (column == nil || row.column == column)
  }

  /// Headlines by the name of the benchmark. Of a benchmark without headlines the promised figures are shown.
  static let byBenchmark: [String: [Headline]] = [
    "training-speed": [Headline("optimizer steps", "threads")],
    "fit-speed": [
      Headline("times as fast as scikit-learn", "times as fast"),
      Headline("held-out AUC of the tree", "held-out AUC"),
    ],
    "scoring": [Headline("times as fast"), Headline("peak memory")],
    "mlpnet-sweep": [
      Headline("magnitude"), Headline("LAMP", "lamp"), Headline("default preset", "default"),
    ],
    "lenet-300-100": [Headline("sparsity"), Headline("pruned test accuracy")],
    "budget-holds": [Headline("certified runs beyond the budget"), Headline("median sparsity")],
    "kill": [
      Headline("killed runs resumed with the same network and report", "same network and report")
    ],
    "resnet-structured": [
      Headline("L1, nothing mended", "l1, nothing mended"), Headline("learned, compensated"),
    ],
    "resnet-aligned": [
      Headline("learned, compensated"), Headline("MACs left"),
      Headline(
        "times as fast in onnxruntime, batch 1", "onnxruntime", "times as fast", column: "batch 1"),
      Headline(
        "times as fast in onnxruntime, batch 32", "onnxruntime", "times as fast",
        column: "batch 32"),
    ],
    "structured-speed": [
      Headline(
        "times as fast in onnxruntime, batch 1", "multiples of 16", "onnxruntime", "times as fast",
        column: "batch 1"),
      Headline(
        "times as fast in onnxruntime, batch 32", "multiples of 16", "onnxruntime",
        "times as fast", column: "batch 32"),
    ],
    "torch-pruning": [
      Headline("test accuracy", "fewer MACs"), Headline("cells in which it is not behind"),
    ],
    "structured-zoo": [
      Headline("MACs left"), Headline("bytes of weights left"),
      Headline("difference from the masked network"),
    ],
    "prunable-channels": [Headline("outputs prunable")],
    "structured-sequences": [Headline("test metric", "cut,", " epochs")],
    "no-thresholds": [
      Headline("certified sparsity"),
      Headline("sparsity found before the certificate", "sparsity found"),
      Headline("points lost on the test part"),
      Headline("seconds"),
    ],
    "label-free": [Headline("sparsity"), Headline("agreement on other real inputs")],
    "structured-sequence-speed": [
      Headline(
        "times as fast in onnxruntime, batch 1", "onnxruntime", "times as fast", column: "batch 1"),
      Headline(
        "times as fast in onnxruntime, batch 32", "onnxruntime", "times as fast",
        column: "batch 32"),
    ],
  ]
}
