import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List a model's layers: kind, shape, parameters, MACs, sparsity.",
    discussion: """
      autoprune inspect model.onnx
      autoprune inspect model.onnx --groups
      """)

  @Argument(help: "An ONNX model.")
  var model: String

  @Flag(
    help: """
      List instead the groups of coupled channels, neurons, heads and hidden units that can be cut out, and the layer \
      outputs that cannot, with the reason.
      """)
  var groups = false

  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  func run() async throws {
    try await Failure.reported {
      let graph = try ONNXReader().read(URL(fileURLWithPath: model))
      if groups {
        let inspection = try CouplingInspection(graph, engine: try engine.makeEngine())
        output.console.result(CouplingTable(inspection).text)
        return try output.write(inspection)
      }
      let inspection = try ModelInspection(graph, engine: try engine.makeEngine())
      output.console.result(text(inspection, graph: graph))
      try output.write(inspection)
    }
  }

  private func text(_ inspection: ModelInspection, graph: Graph) -> String {
    var table = TextTable(["layer", "kind", "shape", "parameters", "share", "MACs", "sparsity"])
    for layer in inspection.layers {
      table.append([
        layer.name, layer.kind, Format.shape(layer.shape), Format.count(layer.parameters),
        Format.percent(layer.share), layer.macs.map(Format.count) ?? "–",
        Format.percent(layer.sparsity),
      ])
    }
    let inputs = graph.dataInputs.map { "\($0.name) \($0.shapeDescription)" }.joined(
      separator: ", ")
    let outputs = graph.outputs.map { "\($0.name) \($0.shapeDescription)" }.joined(separator: ", ")
    return """
      input   \(inputs)
      output  \(outputs)
      opset   \(graph.opset), IR \(graph.model.irVersion), \(graph.nodes.count) nodes

      \(table.text)

      \(Format.count(inspection.parameters)) parameters, \(Format.count(inspection.nonzero)) not zero; \
      \(inspection.macs.map(Format.count) ?? "unknown") MACs per example
      """
  }
}
