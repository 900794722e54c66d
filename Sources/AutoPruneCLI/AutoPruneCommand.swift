import ArgumentParser
import AutoPrune
import TorchBackend

@main
struct AutoPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoprune",
    abstract: "Prune trained neural networks within a budget, with no threshold set by hand.",
    discussion: """
      Reads and writes ONNX models. Typical use:
        autoprune prune model.onnx --data mnist/ --max-drop 0.5 -o small.onnx

      Exit status: 0 done, 2 budget cannot be met (the dense model is written unchanged), 64 wrong usage, 65 bad \
      input data, 74 input or output failed.
      """,
    version: Version.text,
    subcommands: [
      PruneCommand.self, SweepCommand.self, EvaluateCommand.self, TrainCommand.self,
      NewCommand.self, InspectCommand.self, RunCommand.self, LatencyCommand.self,
      BenchCommand.self, PackCommand.self, UnpackCommand.self, FitCommand.self, ArchiveCommand.self,
      ExplainCommand.self,
      PredictorCommand.self, DemoCommand.self, ManualCommand.self,
    ])
}

enum Version {
  static var text: String {
    "\(AutoPruneVersion.text) (libtorch \(TorchEngine.libraryVersion), GSL \(AutoPruneVersion.gsl))"
  }

  /// Name and version of everything that takes part in a run.
  static func parts() -> [String: String] {
    [
      "AutoPrune": AutoPruneVersion.text, "libtorch": TorchEngine.libraryVersion,
      "GSL": AutoPruneVersion.gsl,
    ]
  }
}
