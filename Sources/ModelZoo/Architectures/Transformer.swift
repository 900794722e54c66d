internal import Foundation
internal import PruneCore

/// Pre-norm transformer encoder on sequences, with attention written in `MatMul`, `Softmax`, `Reshape` and
/// `Transpose`.
///
/// A classifier takes `[N, T, F]` and averages over time. With a vocabulary it is a causal language model: integer
/// `[N, T]` in, `[N, T, vocabulary]` out.
///
/// - Source: Vaswani et al., *Attention Is All You Need*, 2017,
///   [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), §3; normalisation before each block as in Xiong et al.,
///   2020, [arXiv:2002.04745](https://arxiv.org/abs/2002.04745). Matrices by Glorot & Bengio's uniform rule,
///   embeddings and learned positions N(0, 0.02²) as in GPT-2 (Radford et al., 2019).
enum Transformer {
  static func build(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let heads = options.heads ?? 4
    let width = options.scaled(options.hidden?.first ?? 64)
    let blocks = options.depth ?? 2
    guard width % heads == 0 else {
      throw .badOption(
        "heads", got: "\(heads)", expected: "a divisor of the model width \(width)")
    }
    guard blocks <= 64 else {
      throw .badOption("depth", got: "\(blocks)", expected: "1 ... 64 blocks")
    }
    let isLanguageModel = options.vocabulary != nil
    let shape = try options.inputShape(
      isLanguageModel ? [64] : [64, 20], axes: isLanguageModel ? ["steps"] : ["steps", "features"])
    let block = TransformerBlock(
      width: width, heads: heads, steps: shape[0], isCausal: isLanguageModel)

    var value = try embed(&builder, shape, width: width, vocabulary: options.vocabulary)
    let positions = try builder.weight(
      "positions.weight", [shape[0], width], .normal(standardDeviation: 0.02))
    value = builder.node("Add", [value, positions], name: "add_positions")
    for index in 0..<blocks {
      value = try block.append(to: &builder, value, name: "blocks.\(index)")
    }
    value = try builder.layerNormalization(value, name: "norm", width: width)

    if let vocabulary = options.vocabulary {
      let logits = try builder.projection(value, name: "head", inputs: width, outputs: vocabulary)
      builder.output(logits, [.fixed(shape[0]), .fixed(vocabulary)])
    } else {
      value = builder.node(
        "ReduceMean", [value], name: "mean_over_time",
        [Attribute("axes", .ints([1])), Attribute("keepdims", .int(0))])
      let classes = options.classes ?? 10
      let logits = try builder.linear(
        value, name: "head", inputs: width, outputs: classes,
        weight: .glorotUniform(fanIn: width, fanOut: classes))
      builder.output(logits, [.fixed(classes)])
    }
  }

  private static func embed(
    _ builder: inout GraphBuilder, _ shape: [Int], width: Int, vocabulary: Int?
  ) throws(ArchitectureError) -> String {
    guard let vocabulary else {
      let input = builder.input(shape.map { .fixed($0) })
      return try builder.projection(input, name: "embedding", inputs: shape[1], outputs: width)
    }
    let input = builder.input([.fixed(shape[0])], type: .int64)
    let table = try builder.weight(
      "embedding.weight", [vocabulary, width], .normal(standardDeviation: 0.02))
    return builder.node("Gather", [table, input], name: "embedding", [Attribute("axis", .int(0))])
  }
}

/// Transformer block: multi-head attention and a two-layer network, each beside a shortcut.
struct TransformerBlock {
  let width: Int
  let heads: Int
  let steps: Int
  let isCausal: Bool

  func append(
    to builder: inout GraphBuilder, _ value: String, name: String
  ) throws(ArchitectureError) -> String {
    var normalized = try builder.layerNormalization(value, name: "\(name).norm1", width: width)
    let attended = try attention(&builder, normalized, name: "\(name).attention")
    let middle = builder.node("Add", [value, attended], name: "\(name).add1")
    normalized = try builder.layerNormalization(middle, name: "\(name).norm2", width: width)
    var hidden = try builder.projection(
      normalized, name: "\(name).mlp.fc1", inputs: width, outputs: 4 * width)
    hidden = try builder.projection(
      builder.relu(hidden), name: "\(name).mlp.fc2", inputs: 4 * width, outputs: width)
    return builder.node("Add", [middle, hidden], name: "\(name).add2")
  }

  /// Multi-head attention, `[N, T, D]` to `[N, T, D]`; `Reshape` infers the number of heads, so that
  /// heads can be pruned.
  private func attention(
    _ builder: inout GraphBuilder, _ value: String, name: String
  ) throws(ArchitectureError) -> String {
    let headWidth = width / heads
    let split = builder.integers("heads_shape", [0, 0, -1, headWidth])
    let joined = builder.integers("joined_shape", [0, 0, -1])
    func part(
      _ builder: inout GraphBuilder, _ role: String, _ order: [Int64]
    ) throws(ArchitectureError) -> String {
      let projected = try builder.projection(
        value, name: "\(name).\(role)", inputs: width, outputs: width)
      let reshaped = builder.node("Reshape", [projected, split], name: "\(name).\(role).split")
      return builder.node(
        "Transpose", [reshaped], name: "\(name).\(role).heads", [Attribute("perm", .ints(order))])
    }
    let query = try part(&builder, "query", [0, 2, 1, 3])
    let key = try part(&builder, "key", [0, 2, 3, 1])
    let values = try part(&builder, "value", [0, 2, 1, 3])
    let scale = builder.constant(
      "attention_scale", HostTensor([Float(1 / Double(headWidth).squareRoot())], shape: []))
    var scores = builder.node("MatMul", [query, key], name: "\(name).scores")
    scores = builder.node("Mul", [scores, scale])
    if isCausal { scores = builder.node("Add", [scores, causalMask(&builder)]) }
    let weights = builder.node("Softmax", [scores], [Attribute("axis", .int(-1))])
    let mixed = builder.node("MatMul", [weights, values], name: "\(name).mixed")
    let ordered = builder.node("Transpose", [mixed], [Attribute("perm", .ints([0, 2, 1, 3]))])
    let flat = builder.node("Reshape", [ordered, joined], name: "\(name).join")
    return try builder.projection(flat, name: "\(name).output", inputs: width, outputs: width)
  }

  /// Causal mask, `[T, T]`: −10⁹ where a step would attend to a later one, 0 elsewhere.
  private func causalMask(_ builder: inout GraphBuilder) -> String {
    let values = (0..<steps).flatMap { row in
      (0..<steps).map { column in column > row ? Float(-1e9) : 0 }
    }
    return builder.constant("causal_mask", HostTensor(values, shape: [steps, steps]))
  }
}

extension GraphBuilder {
  /// `MatMul` over the last axis with weight `[inputs, outputs]`, and `Add` of the bias.
  fileprivate mutating func projection(
    _ value: String, name: String, inputs: Int, outputs: Int
  ) throws(ArchitectureError) -> String {
    let matrix = try weight(
      "\(name).weight", [inputs, outputs], .glorotUniform(fanIn: inputs, fanOut: outputs))
    let bias = try weight("\(name).bias", [outputs], .zeros)
    let product = node("MatMul", [value, matrix], name: name)
    return node("Add", [product, bias], name: "\(name).add_bias")
  }
}
