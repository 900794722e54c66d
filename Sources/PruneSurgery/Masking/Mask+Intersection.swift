public import PruneCore

extension Mask {
  /// Kept by both.
  public func intersection(_ other: Mask) -> Mask {
    precondition(
      kept.count == other.kept.count, "\(kept.count) and \(other.kept.count) weights")
    return Mask(zip(kept, other.kept).map { $0 && $1 })
  }
}
