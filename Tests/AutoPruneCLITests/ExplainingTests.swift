import AutoPrune
import Foundation
import Testing

@Suite("explain and predictor compare", .enabled(if: CommandLineProgram.isBuilt), .serialized)
struct ExplainingTests {
  private func withModel(_ body: (CommandLineProgram) throws -> Void) throws {
    let program = try CommandLineProgram()
    try ClusterFile(examples: 600).writeCSV(to: program.url("data.csv"))
    #expect(try program.run("new", "mlp:2-12-3", "-o", "model.onnx", "--seed", "3").status == 0)
    try body(program)
    try program.removeFolder()
  }

  @Test("a model, a pruned model, a checkpoint and an archived run are explained")
  func explains() throws {
    try withModel { program in
      let model = ["model.onnx", "--data", "data.csv", "--raw", "-q"]
      let pruned = try program.run(
        ["prune"] + model + ["--sparsity", "0.5", "--checkpoint", "state", "-o", "small.onnx"])
      #expect(pruned.status == 0, "\(pruned.error)")
      for extra in [["--sparsity", "0.5"], ["--pruned", "small.onnx"]] {
        let result = try program.run(
          ["explain"] + model + extra + ["--layer", "0", "--index", "1,1", "--json", "-"])
        #expect(result.status == 0, "\(result.error)")
        let explanation = try JSONDecoder().decode(
          MaskExplanation.self, from: Data(result.output.utf8))
        #expect(explanation.layers.count == 1 && explanation.weight?.index == [1, 1])
      }
      let fromState = try program.run(
        "explain", "state", "--model", "model.onnx", "--data", "data.csv", "--raw", "-q")
      #expect(fromState.status == 0, "\(fromState.error)")
      #expect(fromState.output.contains("separation"))
      let archive = try RunArchive(path: program.path("runs.sqlite"), access: .readOnly)
      let run = try #require(try archive.runs().first?.id.description)
      let fromRun = try program.run("explain", String(run.prefix(8)), "-q")
      #expect(fromRun.status == 0, "\(fromRun.error)")
    }
  }

  @Test(
    "what is missing is said",
    arguments: [
      (["explain", "model.onnx", "--sparsity", "0.5"], "--data"),
      (["explain", "model.onnx", "--data", "data.csv"], "--pruned"),
      (["explain", "0a", "--index", "1,1"], "--layer"),
      (["predictor", "compare", "default"], "--archive"),
      (["predictor", "compare", "default", "--model", "model.onnx"], "--data"),
    ])
  func usage(_ command: [String], _ word: String) throws {
    try withModel { program in
      let result = try program.run(command)
      #expect(result.status == 64)
      #expect(result.error.contains(word), "\(result.error)")
    }
  }

  @Test("presets are compared on a model, beside every criterion")
  func compares() throws {
    try withModel { program in
      let result = try program.run(
        "predictor", "compare", "default", "--model", "model.onnx", "--data", "data.csv", "--raw",
        "--sparsity", "0.5", "-q")
      #expect(result.status == 0, "\(result.error)")
      for name in SaliencyCriteria.all.filter({ !$0.readsOptimizer }).map(\.name) + ["default"] {
        #expect(result.output.contains(name))
      }
    }
  }
}
