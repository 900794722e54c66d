import Foundation
import PruneCore
import PruneFeatures
import TestSupport
import Testing

@Suite("Features of larger units")
struct UnitFeaturesTests {
  private let layer = PrunableLayer(
    name: "conv", kind: .convolution, parameter: "w", shape: [4, 3, 2, 1],
    layout: WeightLayout(outputs: 4, inputs: 6, kernelArea: 2), nodes: [0])

  private var table: FeatureTable {
    FeatureTable(
      names: ["log-wanda", "depth"],
      layers: [
        LayerFeatures(
          layer: layer,
          columns: [
            (0..<24).map { Float($0) / 7 - 1 }, [Float](repeating: 0.5, count: 24),
          ])
      ])
  }

  @Test("channels, kernels, blocks and heads hold the connections that their names say")
  func groupings() {
    func units(_ grouping: UnitGrouping) -> [Int] { (0..<24).map(grouping.unit) }
    #expect(units(.channels(of: layer)) == (0..<24).map { $0 / 6 })
    #expect(units(.kernels(of: layer)) == (0..<24).map { $0 / 2 })
    #expect(units(.heads(2, of: layer)) == (0..<24).map { $0 / 12 })
    let block = UnitGrouping(of: layer, rows: 3, columns: 4)
    #expect(block.unitCount == 4)
    #expect(units(block) == (0..<24).map { $0 / 6 / 3 * 2 + $0 % 6 / 4 })
    let stored = PrunableLayer.linear("t", outputs: 4, inputs: 6, isInputMajor: true)
    #expect((0..<24).map(UnitGrouping.channels(of: stored).unit) == (0..<24).map { $0 % 4 })
  }

  @Test("mean, maximum and log-sum of what is left")
  func aggregates() throws {
    let mask = Mask((0..<24).map { $0 % 3 != 0 && $0 < 18 })
    let units = table.aggregated(
      layer: 0, by: .channels(of: layer), mask: mask, as: FeatureAggregate.allCases)
    #expect(units.names.contains("log-sum(log-wanda)") && units.columns.count == 6)
    let values = table.layers[0].columns[0]
    for channel in 0..<4 {
      let own = (channel * 6..<channel * 6 + 6).filter { mask.kept[$0] }.map { Double(values[$0]) }
      let mean = own.isEmpty ? 0 : own.reduce(0, +) / Double(own.count)
      let sum = own.isEmpty ? 0 : log(own.reduce(0) { $0 + exp($1) })
      let found = FeatureAggregate.allCases.compactMap {
        units[$0.name(of: "log-wanda")]?[channel]
      }
      #expect(found.isClose(to: [mean, own.max() ?? 0, sum].map { Float($0) }, absolute: 1e-5))
    }
  }

  @Test("means of features give means of linear scores", .tags(.property))
  func linear() {
    let grouping = UnitGrouping(of: layer, rows: 2, columns: 3)
    let units = table.aggregated(layer: 0, by: grouping, as: [.mean])
    let scores = zip(table.layers[0].columns[0], table.layers[0].columns[1]).map { 2 * $0 - $1 }
    for unit in 0..<grouping.unitCount {
      let own = (0..<24).filter { grouping.unit(of: $0) == unit }.map { scores[$0] }
      let mean = own.reduce(0, +) / Float(own.count)
      #expect((2 * units.columns[0][unit] - units.columns[1][unit] - mean).magnitude < 1e-5)
    }
  }
}
