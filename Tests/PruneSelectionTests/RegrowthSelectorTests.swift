import LoopTestSupport
import PruneCore
import PruneData
import PruneFeatures
import PruneSession
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("Regrowth selector")
struct RegrowthSelectorTests {
  private let engine = ReferenceEngine()
  private let objective = Objective.crossEntropy(labelSmoothing: 0)

  /// A network with every other connection gone.
  private func thinned() throws -> PruningSession<ReferenceEngine> {
    let session = try PruningSession(TinyModels.mlp([4, 12, 3]), engine: engine)
    try session.apply(
      MaskSet(
        Dictionary(
          uniqueKeysWithValues: session.layers.map { layer in
            (layer.parameter, Mask((0..<layer.count).map { $0.isMultiple(of: 2) }))
          })))
    return session
  }

  @Test("keeps what is there and gives back what the loss asks for most")
  func gradient() throws {
    let session = try thinned()
    let fit = try ClusterTask.clusters(60, spread: 0.5, seed: 2)
    let grown = try RegrowthSelector(
      session: session, fit: fit, objective: objective,
      options: PruningOptions(budget: .maximumDrop(points: 0))
    ).select(keeping: 0.75).masks
    #expect(grown.keptCount == 63)

    var returned: [Double] = []
    var left: [Double] = []
    for layer in session.layers {
      let before = try #require(session.masks[layer.parameter])
      let after = try #require(grown[layer.parameter])
      for index in 0..<layer.count {
        if before.kept[index] {
          #expect(after.kept[index])
        } else {
          let slope = abs(try slope(of: session, layer.parameter, index, fit.batch(0..<60)))
          if after.kept[index] { returned.append(slope) } else { left.append(slope) }
        }
      }
    }
    #expect(returned.count == 21 && left.count == 21)
    #expect(try #require(returned.min()) > #require(left.max()) - 1e-3)
  }

  @Test("the network itself is left alone")
  func noChange() throws {
    let session = try thinned()
    let before = try engine.parameters(of: session.program)
    let masks = session.masks
    _ = try RegrowthSelector(
      session: session, fit: try ClusterTask.clusters(60, spread: 0.5, seed: 2),
      objective: objective, options: PruningOptions(budget: .maximumDrop(points: 0))
    ).select(keeping: 0.9).masks
    #expect(try engine.parameters(of: session.program) == before)
    #expect(session.masks == masks)
  }

  /// Of the loss along one removed connection, by a central difference.
  private func slope(
    of session: PruningSession<ReferenceEngine>, _ parameter: String, _ index: Int, _ batch: Batch
  ) throws -> Double {
    func loss(_ value: Float) throws -> Double {
      var graph = session.graph
      var parameters = try engine.parameters(of: session.program)
      let tensor = try #require(parameters[parameter])
      var values = try #require(tensor.floats)
      values[index] = value
      parameters[parameter] = HostTensor(values, shape: tensor.shape)
      try graph.setParameters(parameters)
      return try engine.gradients(
        of: engine.prepare(graph), on: batch, objective: objective, for: []
      ).loss
    }
    return try (loss(0.01) - loss(-0.01)) / 0.02
  }
}
