public import PruneCore

extension ExampleSet {
  /// The set with examples in the shapes that the graph's inputs take, or an error that names both shapes.
  ///
  /// Allowed are: axes of extent 1 added or dropped, flattening into one axis, one flat axis into the model's
  /// axes, and channels moved to the other end where only one end can be channels. Labels must lie within the
  /// width of the graph's first output where that is fixed; one-hot rows become classes, and whole-number labels
  /// become values for a width of 1.
  public func fitted(to graph: Graph) throws(DataError) -> ExampleSet {
    let inputs = graph.dataInputs
    guard inputs.count == columns.count else {
      throw .inputCountMismatch(source, data: columns.count, model: inputs.count)
    }
    var result = self
    let names = Set(columns.compactMap(\.name))
    let isNamed = inputs.allSatisfy { names.contains($0.name) }
    result.columns = []
    for (position, input) in inputs.enumerated() {
      let column = isNamed ? columns.first { $0.name == input.name } : columns[position]
      guard let column else { continue }
      result.columns.append(try fitted(column, to: input))
    }
    try result.fitTargets(to: graph.outputs.first)
    return result
  }

  private func fitted(_ column: Column, to input: ValueInfo) throws(DataError) -> Column {
    var column = column
    switch input.elementType {
    case .int64, .int32: column.elementType = input.elementType ?? .float32
    default: column.elementType = .float32
    }
    guard let shape = input.shape else { return column }
    guard !shape.isEmpty, let fit = ShapeFit(column.shape, to: Array(shape.dropFirst())) else {
      throw .shapeMismatch(
        source, data: [count] + column.shape, model: input.shapeDescription, input: input.name)
    }
    if let order = fit.movedChannels { column = column.movingChannels(order) }
    column.shape = fit.shape
    return column
  }

  private mutating func fitTargets(to output: ValueInfo?) throws(DataError) {
    guard let width = output?.classWidth else { return }
    switch targets {
    case .labels(let labels, let each) where width == 1 && each == 1:
      targets = .values(labels.map { Float($0) }, shape: [1])
    case .labels(let labels, let each) where each > 1 && output?.shape?.count == 2:
      targets = .labels(try oneHotClasses(labels, each: each, width: width), perExample: 1)
    case .labels(let labels, let each):
      if let index = labels.firstIndex(where: { $0 >= width }) {
        throw .labelOutOfRange(
          source, index: index / each, label: labels[index], classes: width)
      }
    case .values(let values, let shape):
      let axes = Array((output?.shape ?? []).dropFirst())
      guard let fit = ShapeFit(shape, to: axes), fit.movedChannels == nil else {
        throw .shapeMismatch(
          source, data: [count] + shape, model: output?.shapeDescription ?? "[…]",
          input: output?.name ?? "")
      }
      targets = .values(values, shape: fit.shape)
    case .none: break
    }
  }
}

extension ExampleSet {
  /// Class numbers of rows `[N, classes]` that hold a single 1 each, among zeros.
  private func oneHotClasses(
    _ labels: [Int], each: Int, width: Int
  ) throws(DataError) -> [Int] {
    var classes: [Int] = []
    for start in stride(from: 0, to: labels.count, by: each) {
      let row = labels[start..<start + each]
      guard each == width, let position = row.firstIndex(of: 1), row.reduce(0, +) == 1 else {
        throw .wrongArray(
          source, name: "labels", got: "\(each) numbers for example \(classes.count)",
          expected: "one class per example, or \(width) zeros and ones of which a single one is 1")
      }
      classes.append(position - start)
    }
    return classes
  }
}

extension ValueInfo {
  /// Number of classes an output distinguishes; `nil` where it is not fixed.
  ///
  /// The second axis of `[N, C]` and `[N, C, H, W]`, the last of `[N, T, C]`.
  fileprivate var classWidth: Int? {
    guard let shape, shape.count >= 2 else { return nil }
    let axis = shape.count == 3 ? 2 : 1
    if case .fixed(let width) = shape[axis] { return width }
    return nil
  }
}

/// The reading of an example of one shape as another shape.
struct ShapeFit {
  private(set) var shape: [Int]
  private(set) var movedChannels: ChannelOrder?

  /// `nil` where the shapes do not fit without guessing.
  init?(_ data: [Int], to model: [ValueInfo.Dimension]) {
    shape = data
    if Self.matches(data, model) { return }
    if data.count == 3, let order = ChannelOrder(of: data) {
      let moved =
        switch order {
        case .first: [data[1], data[2], data[0]]
        case .last: [data[2], data[0], data[1]]
        }
      if Self.matches(moved, model) {
        shape = moved
        movedChannels = order
        return
      }
    }
    guard let filled = Self.filled(data, model) else { return nil }
    shape = filled
  }

  private static func matches(_ data: [Int], _ model: [ValueInfo.Dimension]) -> Bool {
    data.count == model.count
      && zip(data, model).allSatisfy { extent, axis in
        if case .fixed(let fixed) = axis { fixed == extent } else { true }
      }
  }

  /// The model's axes with extents, where the data has as many elements and either side is flat or both agree
  /// but for axes of extent 1.
  private static func filled(_ data: [Int], _ model: [ValueInfo.Dimension]) -> [Int]? {
    let count = data.reduce(1, *)
    let real = data.filter { $0 != 1 }
    var free: [Int] = []
    var extents: [Int] = []
    for (axis, dimension) in model.enumerated() {
      if case .fixed(let extent) = dimension {
        guard extent > 0 else { return nil }
        extents.append(extent)
      } else {
        free.append(axis)
        extents.append(1)
      }
    }
    guard let known = checkedCount(extents), count % known == 0 else { return nil }
    let modelReal = extents.filter { $0 != 1 }
    if known == count {
      let isSame = real == modelReal || real.count <= 1 || modelReal.count <= 1
      return isSame ? extents : nil
    }
    // One open axis takes what is left, as long as no order of axes has to be guessed.
    guard free.count == 1, let axis = free.first, real.count <= 1 || modelReal.isEmpty else {
      return squeezed(data, to: model)
    }
    extents[axis] = count / known
    return extents
  }

  /// Adds axes of extent 1 where the model has them fixed, such as `[28, 28]` for `[1, H, W]`.
  private static func squeezed(_ data: [Int], to model: [ValueInfo.Dimension]) -> [Int]? {
    var remaining = data.filter { $0 != 1 }[...]
    var extents: [Int] = []
    for dimension in model {
      if case .fixed(1) = dimension {
        extents.append(1)
      } else {
        guard let extent = remaining.popFirst() else { return nil }
        extents.append(extent)
      }
    }
    return remaining.isEmpty && matches(extents, model) ? extents : nil
  }
}
