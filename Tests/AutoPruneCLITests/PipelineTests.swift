import AutoPrune
import Foundation
import Testing

@Suite(
  "new, train, inspect, sweep, prune, evaluate and run work together",
  .enabled(if: CommandLineProgram.isBuilt), .serialized)
struct PipelineTests {
  @Test("a small network keeps its budget, and the JSON holds what the contract promises")
  func pipeline() throws {
    let program = try CommandLineProgram()
    let csv = program.path("clusters.csv")
    try ClusterFile(examples: 1_500).writeCSV(to: URL(fileURLWithPath: csv))
    #expect(try program.run("new", "mlp:2-24-16-3", "-o", "new.onnx", "--seed", "3").status == 0)
    let trained = try program.run(
      "train", "new.onnx", "--data", csv, "--raw", "--epochs", "20", "--learning-rate", "0.01",
      "--batch-size", "32", "-o", "dense.onnx", "-q")
    #expect(trained.status == 0, "\(trained.error)")
    let inspected = try program.run("inspect", "dense.onnx", "--json", "inspect.json")
    #expect(inspected.output.contains("parameters"))
    let swept = try program.run(
      "sweep", "dense.onnx", "--data", csv, "--raw", "--criterion", "lamp", "--sparsity", "0.5,0.8",
      "--json", "-", "-q")
    #expect(swept.status == 0, "\(swept.error)")
    let sweep = try JSONDecoder().decode(SweepResult.self, from: Data(swept.output.utf8))
    #expect(sweep.points.map { (10 * $0.sparsity).rounded() } == [5, 8])
    let pruned = try program.run(
      "prune", "dense.onnx", "--data", csv, "--raw", "--max-drop", "3", "--fine-tune", "10",
      "--batch-size", "32", "--criterion", "lamp", "--json", "report.json", "-o", "small.onnx", "-q"
    )
    #expect(pruned.status == 0, "\(pruned.error)")
    let report = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: program.path("report.json")))) as? [String: Any]
    )
    for key in [
      "dense", "pruned", "metricName", "sparsity", "certificate", "seconds", "evaluations",
      "epochs", "seed", "predictor", "selectedBy", "layers", "rounds",
    ] { #expect(report[key] != nil, "the report lacks '\(key)'") }
    let evaluated = try program.run(
      "evaluate", "small.onnx", "--data", csv, "--raw", "--json", "-", "-q")
    #expect(evaluated.status == 0, "\(evaluated.error)")
    let listed = try program.run("archive", "list")
    #expect(listed.output.contains("finished"))
    for heading in ["run id", "date", "dense metric", "pruned metric", "sparsity"] {
      #expect(listed.output.contains(heading))
    }
    try program.removeFolder()
  }

  @Test("the same seed writes the same bytes")
  func reproducibility() throws {
    let program = try CommandLineProgram()
    let csv = program.path("clusters.csv")
    try ClusterFile(examples: 1_500).writeCSV(to: URL(fileURLWithPath: csv))
    #expect(try program.run("new", "mlp:2-24-16-3", "-o", "new.onnx").status == 0)
    for name in ["a.onnx", "b.onnx"] {
      let result = try program.run(
        "prune", "new.onnx", "--data", csv, "--raw", "--sparsity", "0.5", "--fine-tune", "1",
        "--criterion", "snip", "--no-archive", "-o", name, "-q")
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: program.path("a.onnx")))
        == Data(contentsOf: URL(fileURLWithPath: program.path("b.onnx"))))
    try program.removeFolder()
  }

  @Test("an interrupted training that is resumed ends where an uninterrupted one does")
  func resumedTraining() throws {
    let program = try CommandLineProgram()
    let csv = program.path("clusters.csv")
    try ClusterFile(examples: 1_500).writeCSV(to: URL(fileURLWithPath: csv))
    #expect(try program.run("new", "mlp:2-12-3", "-o", "new.onnx").status == 0)
    let common = ["--data", csv, "--raw", "--epochs", "4", "--batch-size", "50", "-q"]
    func train(_ extra: [String]) throws -> CommandLineProgram.Result {
      try program.run(["train", "new.onnx"] + common + extra)
    }
    #expect(try train(["-o", "whole.onnx"]).status == 0)
    let first = try train([
      "-o", "part.onnx", "--checkpoint", "state.npz", "--checkpoint-interval", "30",
    ])
    #expect(first.status == 0, "\(first.error)")
    let resumed = try train([
      "-o", "resumed.onnx", "--checkpoint", "state.npz", "--checkpoint-interval", "30", "--resume",
    ])
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: program.path("whole.onnx")))
        == Data(contentsOf: URL(fileURLWithPath: program.path("resumed.onnx"))))
    try program.removeFolder()
  }

  @Test("run writes an array per output")
  func runArrays() throws {
    let program = try CommandLineProgram()
    #expect(try program.run("new", "mlp:4-5-3", "-o", "model.onnx").status == 0)
    var arrays = NPZFile()
    arrays["input"] = HostTensor([Float](repeating: 0.5, count: 8), shape: [2, 4])
    try arrays.write(to: URL(fileURLWithPath: program.path("in.npz")))
    let result = try program.run("run", "model.onnx", "--input", "in.npz", "-o", "out.npz")
    #expect(result.status == 0, "\(result.error)")
    let outputs = try NPZFile(contentsOf: URL(fileURLWithPath: program.path("out.npz")))
    #expect(outputs["logits"]?.shape == [2, 3])
    try program.removeFolder()
  }
}
