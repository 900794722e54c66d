import PruneCore

/// Correspondence between the axes of a value before and after a reshape.
///
/// Axes are matched in runs of equal product: `[N, C, H, W]` → `[N, C·H·W]` is `N ↔ N` and `C, H, W ↔ C·H·W`.
struct AxisRegrouping {
  private let view: NodeView
  private let data: TrackedValue
  private let shape: [Int]
  private let runs: [(before: [Int], after: [Int])]

  private static let largestRun = 1 << 22

  /// - Throws: ``Unprovable`` where the element counts differ or an axis is empty.
  init(_ view: NodeView, _ data: TrackedValue, to shape: [Int]) throws(Unprovable) {
    self.view = view
    self.data = data
    self.shape = shape
    var before = data.shape.indices.filter { data.shape[$0] != 1 }[...]
    var after = shape.indices.filter { shape[$0] != 1 }[...]
    var runs: [(before: [Int], after: [Int])] = []
    while let first = before.popFirst(), let second = after.popFirst() {
      var (left, right) = (data.shape[first], shape[second])
      var run = (before: [first], after: [second])
      while left != right {
        if left < right, let next = before.popFirst() {
          left = Self.product(left, data.shape[next])
          run.before.append(next)
        } else if right < left, let next = after.popFirst() {
          right = Self.product(right, shape[next])
          run.after.append(next)
        } else {
          throw Unprovable("makes \(shape) of \(data.shape)")
        }
      }
      guard left > 0, run.before.count == 1 && run.after.count == 1 || left <= Self.largestRun
      else { throw Unprovable("regroups \(left) positions") }
      runs.append(run)
    }
    guard before.isEmpty, after.isEmpty else { throw Unprovable("makes \(shape) of \(data.shape)") }
    self.runs = runs
  }

  /// Saturating product, so that a hostile shape cannot overflow.
  private static func product(_ left: Int, _ right: Int) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: max(right, 0))
    return overflow ? Int.max : product
  }

  /// Labels of the reshaped value, one per axis.
  func labels(in channels: inout ChannelPropagation) throws(Unprovable) -> [AxisLabels] {
    var result = view.fixed(shape.count, "makes it")
    for run in runs {
      let merged = try merge(run.before, in: &channels)
      if run.after.count == 1 {
        result[run.after[0]] = merged
      } else {
        split(merged, over: run.after, into: &result, in: &channels)
      }
    }
    return result
  }

  /// Labels of several axes as one; one of them may shrink, the others are blocked.
  private func merge(
    _ axes: [Int], in channels: inout ChannelPropagation
  ) throws(Unprovable) -> AxisLabels {
    if axes.count == 1 { return data.axes[axes[0]] }
    let open = axes.filter { data.axes[$0].channels != nil }
    guard let varying = open.max(by: { data.shape[$0] < data.shape[$1] }),
      case .channels(let labels) = data.axes[varying]
    else { return data.axes[axes[0]] }
    for other in open where other != varying {
      channels.block(data.axes[other], view.blockage("merges it with another axis that can shrink"))
    }
    let inner = axes.filter { $0 > varying }.reduce(1) { $0 * data.shape[$1] }
    let outer = axes.filter { $0 < varying }.reduce(1) { $0 * data.shape[$1] }
    return .channels(
      (0..<outer * labels.count * inner).map { labels[$0 / inner % labels.count] })
  }

  /// Writes labels of one axis over several: one of them may shrink, the others are fixed.
  private func split(
    _ labels: AxisLabels, over axes: [Int], into result: inout [AxisLabels],
    in channels: inout ChannelPropagation
  ) {
    guard case .channels(let flat) = labels else {
      for axis in axes { result[axis] = labels }
      return
    }
    let strides = axes.indices.map { position in
      axes[(position + 1)...].reduce(1) { $0 * shape[$1] }
    }
    let follower = AxisUsage(channels)
    let name = view.node.outputs.first ?? ""
    var best: (position: Int, kind: AxisUsage.Kind, isNatural: Bool)?
    for (position, axis) in axes.enumerated() {
      let kind = follower.kind(of: axis, rank: shape.count, of: name)
      let isNatural = (0..<flat.count).allSatisfy { index in
        let along = index / strides[position] % shape[axis]
        return channels.classes.root(flat[index])
          == channels.classes.root(flat[along * strides[position]])
      }
      guard let known = best else {
        best = (position, kind, isNatural)
        continue
      }
      let order = (kind.rawValue, isNatural ? 1 : 0, shape[axis])
      if order > (known.kind.rawValue, known.isNatural ? 1 : 0, shape[axes[known.position]]) {
        best = (position, kind, isNatural)
      }
    }
    guard let best else { return }
    let axis = axes[best.position]
    let stride = strides[best.position]
    let chosen = (0..<shape[axis]).map { flat[$0 * stride] }
    for (index, label) in flat.enumerated() {
      channels.classes.merge(chosen[index / stride % shape[axis]], label)
    }
    if best.kind == .batched { for label in chosen { channels.classes.mark(label, .head) } }
    for other in axes where other != axis {
      result[other] = .fixed(view.blockage("cuts it into equal parts"))
    }
    result[axis] = .channels(chosen)
  }
}
