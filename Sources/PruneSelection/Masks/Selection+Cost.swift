public import PruneCore

extension Selection {
  /// Selects the highest scores as ``masks(keeping:scores:layers:current:scope:granularity:untouched:)`` does, as
  /// many as keep within a share of what all connections cost.
  ///
  /// Scores are taken as they are: whoever makes them says how a score and a cost weigh against each other.
  ///
  /// - Parameters:
  ///   - share: of the cost of all connections, above 0, at most 1.
  ///   - costs: of one connection, per layer, ≥ 0.
  /// - Throws: ``SelectionError/tooFew(asked:needed:layer:)`` where one connection a layer costs more.
  /// - Complexity: O(*connections* · log *connections*) for `.element`.
  public static func masks(
    keepingCost share: Double, of costs: [Double], scores: [[Float]], layers: [PrunableLayer],
    current: [Mask?] = [], scope: RankingScope = .global,
    granularity: Granularity = .element, untouched: Set<String> = []
  ) throws(SelectionError) -> MaskSet {
    guard share > 0, share <= 1 else { throw .densityOutOfRange(share) }
    precondition(costs.count == layers.count, "\(layers.count) layers, but \(costs.count) costs")
    let connections = layers.reduce(0) { $0 + $1.count }
    let limit =
      share * zip(layers, costs).reduce(0) { $0 + Double($1.0.count) * $1.1 } * (1 + 1e-9)
    var (fewest, most) = (1, connections)
    var best: MaskSet?
    var failure = SelectionError.tooFew(asked: 0, needed: layers.count, layer: "")
    while fewest <= most {
      let count = fewest + (most - fewest) / 2
      do throws(SelectionError) {
        let masks = try masks(
          keeping: Double(count) / Double(connections), scores: scores, layers: layers,
          current: current, scope: scope, granularity: granularity,
          untouched: untouched)
        let cost = zip(layers, costs).reduce(0) { sum, entry in
          sum + Double(masks[entry.0.parameter]?.keptCount ?? entry.0.count) * entry.1
        }
        if cost <= limit {
          best = masks
          fewest = count + 1
        } else {
          most = count - 1
        }
      } catch {
        guard case .tooFew = error else { throw error }
        failure = error
        fewest = count + 1
      }
    }
    guard let best else { throw failure }
    return best
  }
}
