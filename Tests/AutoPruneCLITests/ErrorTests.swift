import AutoPrune
import Foundation
import Testing

/// What a user gets to read: what is wrong, where, what was got and expected, what to do.
@Suite(
  "Bad input gets one clear line and the right status", .enabled(if: CommandLineProgram.isBuilt))
struct ErrorTests {
  private func expect(
    _ result: CommandLineProgram.Result, status: Int32, words: [String],
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.error)", sourceLocation: location)
    #expect(
      result.error.hasPrefix("autoprune: error: "), "\(result.error)", sourceLocation: location)
    #expect(result.errorLines == 1, "\(result.error)", sourceLocation: location)
    for word in words {
      #expect(
        result.error.contains(word), "'\(result.error)' lacks '\(word)'", sourceLocation: location)
    }
  }

  private func withModel(
    _ architecture: String = "mlp:2-8-3", _ body: (CommandLineProgram) throws -> Void
  ) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    #expect(try program.run("new", architecture, "-o", "model.onnx").status == 0)
    try ClusterFile(examples: 90).writeCSV(to: program.url("data.csv"))
    try body(program)
  }

  // MARK: Models

  @Test(
    "a missing model",
    arguments: [
      ["inspect"], ["evaluate", "--data", "data.csv"], ["run", "--input", "a.npz", "-o", "b.npz"],
    ])
  func missingModel(_ command: [String]) throws {
    try withModel { program in
      let result = try program.run([command[0], "absent.onnx"] + command.dropFirst())
      expect(result, status: 74, words: ["absent.onnx", "No such file", ".onnx file"])
    }
  }

  @Test(
    "a file that is no ONNX model",
    arguments: [("", "empty"), ("hello", "export"), ("<html></html>", "looks like")])
  func foreignModel(_ text: String, _ word: String) throws {
    try withModel { program in
      try Data(text.utf8).write(to: program.url("model.onnx"))
      let result = try program.run("inspect", "model.onnx")
      #expect(result.status == 65)
      #expect(result.errorLines == 1)
      for part in ["model.onnx", word] where !text.hasPrefix("hello") {
        #expect(result.error.contains(part), "\(result.error)")
      }
    }
  }

  @Test("a model that is cut off", arguments: [0.1, 0.5, 0.9])
  func truncatedModel(_ share: Double) throws {
    try withModel { program in
      let bytes = try Data(contentsOf: program.url("model.onnx"))
      try bytes.prefix(Int(Double(bytes.count) * share)).write(to: program.url("cut.onnx"))
      let result = try program.run("inspect", "cut.onnx")
      expect(result, status: 65, words: ["cut.onnx", "cut off or damaged", "at byte", "again"])
    }
  }

  @Test("weights that are not finite")
  func nonFiniteWeights() throws {
    try withModel { program in
      var graph = try ONNXReader().read(program.url("model.onnx"))
      let layer = try #require(graph.prunableLayers().first)
      var weights = try #require(graph.parameters()[layer.parameter]?.floats)
      weights[3] = .nan
      try graph.setParameters([layer.parameter: HostTensor(weights, shape: layer.shape)])
      try ONNXWriter().write(graph, to: program.url("nan.onnx"))
      let result = try program.run(
        "prune", "nan.onnx", "--data", "data.csv", "--no-archive", "-o", "out.onnx")
      expect(
        result, status: 65,
        words: [layer.parameter, "NaN or infinity", "element 3", "before pruning"])
    }
  }

  @Test("a model with nothing to prune", arguments: ["prune", "sweep"])
  func nothingPrunable(_ command: String) throws {
    try withModel { program in
      let info = { (name: String) in
        ValueInfo(name: name, shape: [.symbolic("N"), .fixed(2)])
      }
      let graph = Graph(
        name: "relu", inputs: [info("x")], outputs: [info("y")],
        nodes: [Node("Relu", name: "relu", inputs: ["x"], outputs: ["y"])], initializers: [])
      try ONNXWriter().write(graph, to: program.url("relu.onnx"))
      try ClusterFile(examples: 90).writeCSV(to: program.url("two.csv"))
      let options =
        command == "prune" ? ["--no-archive", "-o", "out.onnx"] : ["--sparsity", "0.5"]
      let text = try String(contentsOf: program.url("two.csv"), encoding: .utf8)
        .split(separator: "\n").map { $0.dropLast() + "1" }.joined(separator: "\n")
      try Data(text.utf8).write(to: program.url("two.csv"))
      let result = try program.run([command, "relu.onnx", "--data", "two.csv", "--raw"] + options)
      expect(result, status: 65, words: ["nothing to prune", "Conv, Gemm, MatMul", "Relu"])
    }
  }

  // MARK: Data

  @Test("data that is not there")
  func missingData() throws {
    try withModel { program in
      let result = try program.run("evaluate", "model.onnx", "--data", "absent/")
      expect(result, status: 74, words: ["absent", "no such file or directory", "check the path"])
      try FileManager.default.createDirectory(
        at: program.url("bare"), withIntermediateDirectories: true)
      let bare = try program.run("evaluate", "model.onnx", "--data", "bare")
      expect(bare, status: 65, words: ["bare", "holds no data set", "IDX", ".npz", "CSV"])
    }
  }

  @Test("data that does not fit the model names both shapes and leaves an existing output alone")
  func wrongShapes() throws {
    try withModel("mlpnet") { program in
      let existing = Data("precious".utf8)
      try existing.write(to: program.url("out.onnx"))
      let result = try program.run(
        "prune", "model.onnx", "--data", "data.csv", "--no-archive", "-o", "out.onnx")
      expect(result, status: 65, words: ["data.csv", "784", ", 2]", "reshape the data"])
      #expect(try Data(contentsOf: program.url("out.onnx")) == existing)
    }
  }

  @Test("labels beyond the model's classes")
  func labelsOutOfRange() throws {
    try withModel { program in
      let rows = (0..<60).map { "\($0),\($0 % 7),\($0 % 4)" }.joined(separator: "\n")
      try Data(rows.utf8).write(to: program.url("table.csv"))
      let result = try program.run("evaluate", "model.onnx", "--data", "table.csv")
      expect(result, status: 65, words: ["table.csv", "label 3", "0 ..< 3", "data set"])
    }
  }

  @Test("numbers that are not finite")
  func nonFiniteData() throws {
    try withModel { program in
      let rows = (0..<60).map { "\($0),\($0 == 7 ? "nan" : "1"),\($0 % 3)" }
      try Data(rows.joined(separator: "\n").utf8).write(to: program.url("table.csv"))
      let result = try program.run("evaluate", "model.onnx", "--data", "table.csv")
      expect(result, status: 65, words: ["table.csv", "line 8", "column 2", "finite"])
    }
  }

  @Test("a metric without targets")
  func wrongMetric() throws {
    try withModel { program in
      let result = try program.run(
        "evaluate", "model.onnx", "--data", "data.csv", "--metric", "mse")
      expect(result, status: 65, words: ["mse", "needs targets", "fidelity"])
    }
  }

  // MARK: Options

  @Test("budgets out of range are usage errors that say how to write them")
  func badBudgets() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let prune = ["prune", "m.onnx", "--data", ".", "-o", "out.onnx"]
    for (options, word) in [
      (["--sparsity", "90"], "write 90 % as 0.9"),
      (["--sparsity", "0.9", "--max-drop", "1"], "give one of"),
      (["--max-drop=-1"], "half a point is 0.5"),
      (["--min-metric", "nan"], "write 97 % as 0.97"),
      (["--min-metric", "97"], "expected 0 ... 1 for accuracy"),
      (
        ["--metric", "perplexity", "--min-metric=-1"],
        "expected a finite number >= 0 for perplexity"
      ),
      (["--confidence", "95"], "write 95 % as 0.95"),
      (["--fine-tune=-1"], "--fine-tune"),
      (["--batch-size", "0"], "--batch-size"),
      (["--threads", "0"], "--threads"),
      (["--criterion", "lmap"], "lamp"),
      (["--adapt-seconds=-1"], "--adapt-seconds is -1.0"),
      (["--refine-seconds=-1"], "--adapt-seconds is -1.0"),
      (["--adapt", "--no-refine"], "give --adapt alone"),
      (["--adapt-seconds", "1", "--refine-seconds", "1"], "give --adapt-seconds alone"),
    ] {
      let result = try program.run(prune + options)
      #expect(result.status == 64, "\(options): \(result.error)")
      #expect(result.error.contains(word), "\(options): \(result.error)")
    }
  }

  @Test("presets that are not there")
  func missingPreset() throws {
    try withModel { program in
      let prune = ["prune", "model.onnx", "--data", "data.csv", "--no-archive", "-o", "out.onnx"]
      expect(
        try program.run(prune + ["--predictor", "defualt"]), status: 65,
        words: ["defualt", "shipped are auto, block, channel, default"])
      expect(
        try program.run(prune + ["--predictor", "absent.json"]), status: 74,
        words: ["absent.json", "predictor list"])
    }
  }

  @Test("a sparsity that would empty a layer")
  func tooSparse() throws {
    try withModel { program in
      let result = try program.run(
        "prune", "model.onnx", "--data", "data.csv", "--raw", "--sparsity", "0.99", "--no-archive",
        "--criterion", "magnitude", "-o", "out.onnx", "-q")
      expect(result, status: 65, words: ["cannot keep", "lower the sparsity"])
    }
  }

  @Test("a training that diverges")
  func divergence() throws {
    try withModel { program in
      let result = try program.run(
        "train", "model.onnx", "--data", "data.csv", "--epochs", "20", "--optimizer", "sgd",
        "--learning-rate", "1e30", "--batch-size", "8", "-o", "out.onnx", "-q")
      expect(result, status: 65, words: ["NaN or infinite", "step", "--learning-rate"])
      #expect(!FileManager.default.fileExists(atPath: program.path("out.onnx")))
    }
  }

  @Test("archives that are none")
  func badArchives() throws {
    try withModel { program in
      expect(
        try program.run("archive", "list", "--archive", "absent.sqlite"), status: 74,
        words: ["absent.sqlite", "no such file"])
      expect(
        try program.run("archive", "list", "--archive", "data.csv"), status: 74,
        words: ["data.csv", "no SQLite database", "--archive"])
    }
  }
}
