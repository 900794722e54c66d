import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain why weights were kept or pruned: what each feature added to their scores.",
    discussion: """
      autoprune explain model.onnx --data mnist/ --pruned small.onnx --layer fc1 --index 3,17
      autoprune explain model.onnx --data mnist/ --sparsity 0.9
      autoprune explain 5f3a --layer fc1
      autoprune explain checkpoint/ --model model.onnx --data mnist/

      A run is given by the first characters of its id (`autoprune archive list`); only runs of small networks on \
      labelled data can be explained, since the archive keeps network and examples of those alone.
      """)

  @Argument(
    help: "The dense ONNX model, the id of an archived run, or the checkpoint folder of a run.")
  var source: String

  @Option(help: "The dense ONNX model that the run in the checkpoint folder prunes.")
  var model: String?

  @Option(help: "The ONNX model pruned from it, whose zeros are explained.")
  var pruned: String?

  @Option(
    help:
      "Explain what the predictor prunes at this sparsity, 0 ..< 1, in place of a pruned model.")
  var sparsity: Double?

  @Option(help: "Layer to explain, by name, parameter or number. Default: all layers.")
  var layer: String?

  @Option(
    help: """
      Weight of the layer to explain by itself, as its index in the stored tensor, such as 3,17. Default: none.
      """)
  var index: NumberList?

  @Option(help: "Examples for statistics and gradients, as for prune.")
  var data: String?

  @OptionGroup var scaling: ScalingArguments
  @OptionGroup var location: ArchiveCommand.Location
  @OptionGroup var ranking: PredictorArguments
  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  @Option(help: "Seed of the examples drawn for statistics and gradients.")
  var seed: UInt64 = 0

  func validate() throws {
    if index != nil, layer == nil { throw ValidationError("--index needs --layer") }
    if let index, !index.values.allSatisfy({ Int(exactly: $0) != nil }) {
      throw ValidationError("--index is made of whole numbers, such as 3,17")
    }
    if let sparsity {
      do { _ = try Sparsity(sparsity) } catch { throw ValidationError("\(error)") }
    }
    guard isModel || isCheckpoint else { return }
    if isCheckpoint, model == nil { throw ValidationError("a checkpoint needs --model FILE") }
    if data == nil { throw ValidationError("a model needs --data for statistics and gradients") }
    if isModel, (pruned == nil) == (sparsity == nil) {
      throw ValidationError("name either --pruned FILE or --sparsity S")
    }
  }

  private var isCheckpoint: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private var isModel: Bool {
    !isCheckpoint && (source.hasSuffix(".onnx") || source.contains("/"))
  }

  func run() async throws {
    try await Failure.reported {
      let subject = try isModel || isCheckpoint ? fromFiles() : archived()
      let pruner = AutoPruner(engine: try engine.makeEngine(), predictor: try ranking.makeRanking())
      let explanation = try await pruner.explain(
        subject.graph, on: subject.examples, masks: subject.masks, layer: layer,
        index: index?.values.map { Int($0) }, seed: seed)
      output.console.result(ExplanationText(explanation).text)
      try output.write(explanation)
    }
  }

  private typealias Subject = (graph: Graph, examples: ExampleSet, masks: ExplainedMasks)

  private func fromFiles() throws -> Subject {
    let graph = try ONNXReader().read(URL(fileURLWithPath: isCheckpoint ? model ?? "" : source))
    let set = try scaling.load(data ?? "")
    let fit = DataSplit(try set.train.fitted(to: graph), seed: scaling.splitSeed).training
    return (graph, fit, try masks())
  }

  private func masks() throws -> ExplainedMasks {
    if isCheckpoint {
      return .given(try RunCheckpoint.latestMasks(in: URL(fileURLWithPath: source)))
    }
    if let pruned { return .of(pruned: try ONNXReader().read(URL(fileURLWithPath: pruned))) }
    return .selected(try Sparsity(sparsity ?? 0))
  }

  private func archived() throws -> Subject {
    let archive = try location.read()
    let run = try archive.run(try archive.runID(startingWith: source))
    guard let network = try LearnableNetwork(run: run.summary, in: archive) else {
      throw ExplanationError.nothingArchived(run: source)
    }
    let accepted = run.rounds.last { $0.decision == .accepted }?.densityAfter
    guard let reached = sparsity ?? accepted.map({ 1 - $0 }) else {
      throw ExplanationError.notPruned(run: source)
    }
    return (network.graph, network.fit, .selected(try Sparsity(reached)))
  }
}
