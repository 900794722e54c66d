internal import CTorch
internal import PruneCore

/// `Resize` and its forerunner `Upsample`: nearest, linear or cubic, axis by axis.
struct Resize: GraphOperator {
  static let operations = ["Resize": 10...newestOpset, "Upsample": 7...9]

  private enum Policy: String {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  private let method: ResampledAxis.Method
  private let coordinates: ResampledAxis.Coordinates
  private let policy: Policy
  /// Scales from the attribute of old opsets; later ones take them from an input.
  private let fixedScales: [Float]?
  private let scalesPosition: Int
  private let axes: [Int]?
  /// Axis of the examples, which keeps its extent whatever the sizes say.
  private var batchAxis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly(
      "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
      "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode", "scales")
    guard !node.flag("antialias") else {
      throw node.refusal(of: "antialias", "is 1, which is not supported")
    }
    let isOld = node.operation == "Upsample" || node.opset < 11
    let name = node.string(
      "coordinate_transformation_mode", default: isOld ? "asymmetric" : "half_pixel")
    guard let coordinates = ResampledAxis.Coordinates(rawValue: name) else {
      throw node.refusal(of: "coordinate_transformation_mode", "'\(name)' is not supported")
    }
    self.coordinates = coordinates
    method = try Self.method(of: node, isOld: isOld)
    let policy = node.string("keep_aspect_ratio_policy", default: "stretch")
    guard let policy = Policy(rawValue: policy) else {
      throw node.refusal(of: "keep_aspect_ratio_policy", "'\(policy)' is not supported")
    }
    self.policy = policy
    fixedScales = node.node.floats("scales")
    scalesPosition = isOld ? 1 : 2
    axes = node.ints("axes")
  }

  private static func method(
    of node: NodeReader, isOld: Bool
  ) throws(EngineError) -> ResampledAxis.Method {
    let mode = node.string("mode", default: "nearest")
    switch mode {
    case "nearest":
      let name = node.string("nearest_mode", default: isOld ? "floor" : "round_prefer_floor")
      guard let rounding = ResampledAxis.Rounding(rawValue: name) else {
        throw node.refusal(of: "nearest_mode", "'\(name)' is not supported")
      }
      return .nearest(rounding)
    case "linear", "bilinear": return .linear
    case "cubic":
      return .cubic(
        coefficient: node.node.float("cubic_coeff_a") ?? -0.75,
        excludesOutside: node.flag("exclude_outside"))
    default: throw node.refusal(of: "mode", "'\(mode)' is not supported")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    var x = try inputs.required(0)
    let shape = try x.shape
    for change in try changes(of: shape, inputs) where change.axis != batchAxis {
      let inputExtent = shape[change.axis]
      if change.extent == inputExtent && change.scale == 1 { continue }
      guard inputExtent > 0, (0...(1 << 24)).contains(change.extent) else {
        throw .misfit("axis \(change.axis) of extent \(inputExtent) cannot become \(change.extent)")
      }
      x = try resampled(
        x, along: change.axis,
        ResampledAxis(
          inputs: inputExtent, outputs: change.extent, scale: change.scale, method: method,
          coordinates: coordinates))
    }
    return [x]
  }

  private struct Change {
    var axis: Int
    var extent: Int
    var scale: Float
  }

  private func changes(of shape: [Int], _ inputs: OperatorInputs) throws(EngineError) -> [Change] {
    let axes = try (axes ?? Array(shape.indices)).axes(ofRank: shape.count)
    var scales = fixedScales ?? []
    if fixedScales == nil, let given = inputs[scalesPosition] {
      scales = try given.host().floats ?? []
    }
    if !scales.isEmpty {
      guard scales.count == axes.count, scales.allSatisfy({ $0 > 0 && $0 < 0x1p24 }) else {
        throw .misfit(
          "scales are \(scales), expected one positive number for each of \(axes.count) axes")
      }
      return zip(axes, scales).map { axis, scale in
        Change(axis: axis, extent: Int((Float(shape[axis]) * scale).rounded(.down)), scale: scale)
      }
    }
    guard let sizes = try inputs[3]?.integers(), sizes.count == axes.count else {
      throw .misfit("there are neither scales nor a size for each of \(axes.count) axes")
    }
    let ratios = zip(axes, sizes).map { Float($1) / Float(max(1, shape[$0])) }
    let common = policy == .notLarger ? ratios.min() : ratios.max()
    return zip(axes, zip(sizes, ratios)).map { axis, size in
      guard policy != .stretch, let common else {
        return Change(axis: axis, extent: size.0, scale: size.1)
      }
      let extent = Int((Float(shape[axis]) * common).rounded(.toNearestOrAwayFromZero))
      return Change(axis: axis, extent: extent, scale: common)
    }
  }

  private func resampled(
    _ x: TorchTensor, along axis: Int, _ plan: ResampledAxis
  ) throws(EngineError) -> TorchTensor {
    let taps = plan.outputs == 0 ? 1 : plan.positions.count / plan.outputs
    let positions = try TorchTensor(HostTensor(plan.positions, shape: [taps, plan.outputs]))
    let weights =
      plan.weights.isEmpty
      ? nil : try TorchTensor(HostTensor(plan.weights, shape: [taps, plan.outputs]))
    return try shim("Resize", keeping: x, positions, weights) {
      ct_resample(&$0, x.handle, Int64(axis), positions.handle, weights.handle, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let from = facts.inputShape, let to = facts.outputShape,
      from[source] == to[source], facts.batch == 1
    else { return .unprovable("it may resize the batch axis") }
    var replacement = self
    replacement.batchAxis = source
    return .output(.axis(source), replacement: replacement)
  }
}
