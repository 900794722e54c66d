import Foundation
import Testing

@Suite("Bad input gets one clear line and the right status", .enabled(if: CommandLineProgram.isBuilt))
struct ErrorTests {
  @Test("a missing model")
  func missingModel() throws {
    let program = try CommandLineProgram()
    let result = try program.run("inspect", "absent.onnx")
    #expect(result.status == 65 || result.status == 74)
    #expect(result.error.hasPrefix("autoprune: error: "))
    #expect(result.error.contains("absent.onnx"))
    #expect(result.error.filter { $0 == "\n" }.count == 1)
    try program.removeFolder()
  }

  @Test("a file that is no ONNX model", arguments: ["", "hello", "<html></html>"])
  func foreignModel(_ text: String) throws {
    let program = try CommandLineProgram()
    try Data(text.utf8).write(to: program.folder.appendingPathComponent("model.onnx"))
    let result = try program.run("inspect", "model.onnx")
    #expect(result.status == 65)
    #expect(result.error.contains("model.onnx"))
    #expect(result.error.filter { $0 == "\n" }.count == 1)
    try program.removeFolder()
  }

  @Test("budgets out of range are usage errors that say how to write them")
  func badBudgets() throws {
    let program = try CommandLineProgram()
    let result = try program.run(
      "prune", "m.onnx", "--data", ".", "--sparsity", "90", "-o", "out.onnx")
    #expect(result.status == 64)
    #expect(result.error.contains("write 90 % as 0.9"))
    let two = try program.run(
      "prune", "m.onnx", "--data", ".", "--sparsity", "0.9", "--max-drop", "1", "-o", "out.onnx")
    #expect(two.status == 64)
    let criterion = try program.run(
      "sweep", "m.onnx", "--data", ".", "--sparsity", "0.9", "--criterion", "lmap")
    #expect(criterion.status == 64)
    #expect(criterion.error.contains("lamp"))
    try program.removeFolder()
  }

  @Test("an output in a folder that does not exist is refused before any work")
  func unwritableOutput() throws {
    let program = try CommandLineProgram()
    let result = try program.run("new", "mlpnet", "-o", "absent/model.onnx")
    #expect(result.status == 74)
    #expect(result.error.contains("absent"))
    try program.removeFolder()
  }

  @Test("data that does not fit the model names both shapes and leaves an existing output alone")
  func wrongShapes() throws {
    let program = try CommandLineProgram()
    #expect(try program.run("new", "mlpnet", "-o", "model.onnx").status == 0)
    let rows = (0..<40).map { "\($0),\($0 % 7),\($0 % 3)" }.joined(separator: "\n")
    try Data(rows.utf8).write(to: program.folder.appendingPathComponent("table.csv"))
    let existing = Data("precious".utf8)
    try existing.write(to: program.folder.appendingPathComponent("out.onnx"))
    let result = try program.run("prune", "model.onnx", "--data", "table.csv", "-o", "out.onnx")
    #expect(result.status == 65)
    #expect(result.error.contains("784"))
    #expect(result.error.contains("2"))
    #expect(
      try Data(contentsOf: program.folder.appendingPathComponent("out.onnx")) == existing)
    try program.removeFolder()
  }

  @Test("labels beyond the model's classes are refused")
  func labelsOutOfRange() throws {
    let program = try CommandLineProgram()
    #expect(try program.run("new", "mlp:2-8-3", "-o", "model.onnx").status == 0)
    let rows = (0..<60).map { "\($0),\($0 % 7),\($0 % 4)" }.joined(separator: "\n")
    try Data(rows.utf8).write(to: program.folder.appendingPathComponent("table.csv"))
    let result = try program.run("evaluate", "model.onnx", "--data", "table.csv")
    #expect(result.status == 65)
    #expect(result.error.contains("3"))
    try program.removeFolder()
  }

  @Test("a full disk loses nothing", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    let program = try CommandLineProgram()
    let result = try program.run("new", "mlpnet", "-o", "/dev/full")
    #expect(result.status == 74)
    #expect(result.error.hasPrefix("autoprune: error: "))
    try program.removeFolder()
  }
}
