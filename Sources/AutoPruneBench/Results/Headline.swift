/// Which rows of a benchmark the README shows, side by side.
struct Headline {
  /// What the figures are.
  let label: String
  /// All of which a row's setting holds.
  let words: [String]
  /// The only column; `nil` for all.
  var column: String?

  init(_ label: String, _ words: String..., column: String? = nil) {
    self.label = label
    self.words = words.isEmpty ? [label] : words
    self.column = column
  }

  func selects(_ row: BenchRow) -> Bool {
    words.allSatisfy(row.setting.contains) && (column == nil || row.column == column)
  }

  /// By the name of the benchmark. One without has its promised figures shown.
  static let byBenchmark: [String: [Headline]] = [
    "training-speed": [Headline("steps per second", "threads")],
    "fit-speed": [Headline("times as fast"), Headline("held-out AUC")],
    "scoring": [Headline("times as fast"), Headline("peak memory")],
    "mlpnet-sweep": [Headline("magnitude"), Headline("lamp"), Headline("default")],
    "lenet-300-100": [Headline("sparsity"), Headline("pruned test accuracy")],
    "budget-holds": [Headline("certified runs beyond the budget"), Headline("median sparsity")],
    "kill": [Headline("same network and report")],
    "resnet-structured": [
      Headline("l1, nothing mended"), Headline("learned, compensated"),
    ],
    "structured-speed": [
      Headline(
        "times as fast in onnxruntime, batch 1", "multiples of 16", "onnxruntime", "times as fast",
        column: "batch 1"),
      Headline(
        "times as fast in onnxruntime, batch 32", "multiples of 16", "onnxruntime",
        "times as fast", column: "batch 32"),
    ],
    "torch-pruning": [Headline("fewer MACs"), Headline("cells in which it is not behind")],
    "structured-zoo": [
      Headline("MACs left"), Headline("bytes of weights left"),
      Headline("difference from the masked network"),
    ],
    "prunable-channels": [Headline("outputs prunable")],
    "structured-sequences": [Headline("cut and fine-tuned", "cut,", " epochs")],
    "no-thresholds": [
      Headline("sparsity"), Headline("points lost on the test part"), Headline("seconds"),
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
