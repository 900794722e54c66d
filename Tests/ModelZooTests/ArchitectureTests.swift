import ModelZoo
import PruneCore
import Testing

@Suite("Architectures")
struct ArchitectureTests {
  /// Learned parameters: running statistics, shapes and masks do not count.
  private func parameterCount(_ graph: Graph) -> Int {
    let names = graph.initializers.filter {
      $0.name.hasSuffix(".weight") || $0.name.hasSuffix(".bias") || $0.name.contains(".weight_")
    }
    return names.reduce(0) { $0 + $1.tensor.count }
  }

  @Test(
    "parameter counts are those of the literature",
    arguments: [
      ("mlpnet", 32_360), ("lenet-300-100", 266_610), ("lenet5", 431_080), ("resnet20", 272_474),
      ("resnet56", 855_770), ("digits-cnn", 38_282), ("mlp:784-100-10", 79_510),
      ("lstm", 4 * 64 * (20 + 64 + 2) + 650),
    ])
  func counts(_ name: String, expected: Int) throws {
    #expect(parameterCount(try Architecture(name).graph()) == expected)
  }

  @Test("every network has the agreed signature and sound wiring", arguments: Architecture.named)
  func signature(_ architecture: Architecture) throws {
    let graph = try architecture.graph(seed: 1)
    #expect(graph.opset == 17 && graph.model.irVersion == 8)
    #expect(graph.inputs.map(\.name) == ["input"] && graph.outputs.map(\.name) == ["logits"])
    #expect(graph.inputs[0].shape?.first == .symbolic("N"))
    #expect(graph.outputs[0].shape == [.symbolic("N"), .fixed(10)])
    var defined = Set(graph.inputs.map(\.name) + graph.initializers.map(\.name))
    #expect(defined.count == graph.inputs.count + graph.initializers.count)
    for node in graph.nodes {
      for input in node.inputs { #expect(defined.contains(input), "\(node.label) reads \(input)") }
      for output in node.outputs where !output.isEmpty {
        #expect(defined.insert(output).inserted, "\(output) is defined twice")
      }
    }
    #expect(defined.contains("logits"))
    #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
    #expect(!graph.prunableLayers().isEmpty)
    #expect(graph.initializers.allSatisfy { $0.tensor.floats?.allSatisfy(\.isFinite) ?? true })
  }

  @Test("equal seeds give equal weights, others differ", arguments: Architecture.named)
  func determinism(_ architecture: Architecture) throws {
    #expect(try architecture.graph(seed: 5) == architecture.graph(seed: 5))
    #expect(try architecture.graph(seed: 5) != architecture.graph(seed: 6))
  }

  @Test(
    "names are read back",
    arguments: Architecture.named + [.mlp([4, 3, 2]), .cnn([8, 16]), .resnet(depth: 56)])
  func names(_ architecture: Architecture) throws {
    #expect(try Architecture(architecture.name) == architecture)
  }

  @Test("options change shapes")
  func options() throws {
    let small = ArchitectureOptions(inputShape: [1, 28, 28], classes: 7, widthMultiplier: 0.5)
    let resnet = try Architecture.resnet(depth: 20).graph(options: small)
    #expect(resnet.parameter(named: "conv1.weight")?.shape == [8, 1, 3, 3])
    #expect(resnet.parameter(named: "fc.weight")?.shape == [7, 32])
    let lenet = try Architecture.lenet300100.graph(
      options: ArchitectureOptions(inputShape: [1, 28, 28]))
    #expect(lenet.nodes.first?.operation == "Flatten")
    #expect(parameterCount(lenet) == 266_610)
    let normalized = try Architecture("cnn:8-16").graph(
      options: ArchitectureOptions(hasBatchNormalization: true))
    #expect(normalized.nodes.count { $0.operation == "BatchNormalization" } == 2)
    let stacked = try Architecture.lstm.graph(
      options: ArchitectureOptions(inputShape: [28, 28], depth: 2))
    #expect(stacked.nodes.count { $0.operation == "LSTM" } == 2)
    let pooled = try Architecture.lstm.graph(options: ArchitectureOptions(pooling: .mean))
    #expect(pooled.nodes.suffix(2).map(\.operation) == ["ReduceMean", "Gemm"])
  }

  @Test("a vocabulary makes the transformer a causal language model")
  func languageModel() throws {
    let options = ArchitectureOptions(inputShape: [16], hidden: [32], depth: 1, vocabulary: 27)
    let graph = try Architecture.transformerSmall.graph(options: options)
    #expect(graph.inputs[0].elementType == .int64)
    #expect(graph.outputs[0].shape == [.symbolic("N"), .fixed(16), .fixed(27)])
    let mask = try #require(graph.parameter(named: "causal_mask"))
    #expect(
      mask.shape == [16, 16] && mask.floats?[0] == 0 && mask.floats?[1] == -1e9
        && mask.floats?[16] == 0)
  }

  @Test("weights have the spread their rule says")
  func spread() throws {
    func deviation(_ graph: Graph, _ name: String) throws -> Double {
      let values = try #require(graph.parameter(named: name)?.floats).map { Double($0) }
      return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    let lenet = try Architecture.lenet300100.graph()
    #expect(abs(try deviation(lenet, "fc1.weight") / (2.0 / 1084).squareRoot() - 1) < 0.01)
    let resnet = try Architecture.resnet(depth: 20).graph()
    #expect(
      abs(try deviation(resnet, "layer3.2.conv2.weight") / (2.0 / 576).squareRoot() - 1) < 0.02)
    let lenet5 = try Architecture.lenet5.graph()
    #expect(abs(try deviation(lenet5, "fc1.weight") / (2.0 / 1300).squareRoot() - 1) < 0.01)
  }

  @Test(
    "bad requests say what is expected",
    arguments: [
      ("resnet21", ArchitectureOptions(), "6n + 2"), ("nosuch", ArchitectureOptions(), "lenet5"),
      ("mlp:784", ArchitectureOptions(), "mlp:784-100-10"),
      ("mlp:784-x-10", ArchitectureOptions(), "joined by '-'"),
      ("mlp:784-0-10", ArchitectureOptions(), "numbers >= 1"),
      ("lenet5", ArchitectureOptions(inputShape: [784]), "[channels, height, width]"),
      ("lenet5", ArchitectureOptions(inputShape: [1, 8, 8]), "at least 16"),
      ("lenet5", ArchitectureOptions(classes: 0), "classes is 0"),
      ("mlp:784-10", ArchitectureOptions(inputShape: [28, 27]), "784 numbers"),
      ("transformer-small", ArchitectureOptions(heads: 7), "divisor"),
      ("mlpnet", ArchitectureOptions(widthMultiplier: .nan), "multiplier"),
      ("mlp:1048576-1048576", ArchitectureOptions(), "at most"),
    ])
  func refusals(_ name: String, options: ArchitectureOptions, words: String) {
    do throws(ArchitectureError) {
      _ = try Architecture(name).graph(options: options)
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
  }
}
