import ArgumentParser
import AutoPrune

@main
struct AutoPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoprune",
    abstract: "Makes trained neural networks smaller, with no threshold set by hand.",
    discussion: """
      Reads and writes ONNX. Typical use:
        autoprune prune model.onnx --data mnist/ --max-drop 0.5 -o small.onnx

      Exit status: 0 done, 2 budget cannot be met (the dense model is written unchanged), 64 usage, \
      65 bad input data, 74 input/output error.
      """,
    version: Version.text,
    subcommands: [
      PruneCommand.self, SweepCommand.self, EvaluateCommand.self, TrainCommand.self,
      NewCommand.self, InspectCommand.self, RunCommand.self, BenchCommand.self, PackCommand.self,
      UnpackCommand.self, FitCommand.self, ArchiveCommand.self, ExplainCommand.self,
      PredictorCommand.self, DemoCommand.self,
    ])
}

enum Version {
  static let text = AutoPruneVersion.text
}
