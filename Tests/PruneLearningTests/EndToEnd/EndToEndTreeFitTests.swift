import LoopTestSupport
import PruneCore
import PruneFeatures
import PruneSupport
import Testing

@testable import PruneLearning
@testable import PrunePredictor

@Suite struct EndToEndTreeFitTests {
  private let names = ["log-magnitude", "column-score", "depth"]

  private var fit: EndToEndTreeFit {
    var fit = EndToEndTreeFit()
    fit.maximumLeaves = 24
    fit.maximumModelLeaves = 3
    fit.complexity = 1e-4
    fit.temperature = 0.3
    fit.leaves.temperatures = [0.5, 0.25]
    return fit
  }

  private func start(on task: PruningTask<ToyEngine.Program>) -> LogisticPredictor {
    LogisticPredictor(
      basis: ToyNetwork.basis.standardized(on: [task.table]), rankingBy: "log-magnitude")
  }

  private func hardValue(
    _ predictor: some TrainablePredictor, on tasks: [PruningTask<ToyEngine.Program>],
    _ engine: ToyEngine
  ) throws -> Double {
    try EndToEndObjective(tasks, predictor: predictor, engine: engine, lossScale: 0.1)
      .hardValue(at: predictor.parameters)
  }

  @Test("a tree grown on pseudo-residuals tells the noisy inputs from the used ones")
  func grows() throws {
    let networks = try (1...3).map { try ToyNetwork(seed: $0) }
    let engine = networks[0].engine
    let tasks = try networks.map { try $0.task() }
    let start = start(on: tasks[0])
    let tree = try fit.tree(from: start, featureNames: names, on: tasks, engine: engine)
    let again = try fit.tree(from: start, featureNames: names, on: tasks, engine: engine)
    #expect(tree == again)
    #expect((2...24).contains(tree.tree.leafCount))
    #expect(Set(tree.tree.nodes.filter { !$0.isLeaf }.map(\.feature)).contains(1))
    let before = try hardValue(start, on: tasks, engine)
    let after = try hardValue(tree, on: tasks, engine)
    #expect(after < before)
    let unseen = try ToyNetwork(seed: 44)
    let task = try unseen.task()
    #expect(
      try hardValue(tree, on: [task], unseen.engine)
        < hardValue(self.start(on: task), on: [task], unseen.engine))
  }

  @Test("a model tree is never worse than the θ that it starts from, after real pruning")
  func modelTree() throws {
    let networks = try (1...2).map { try ToyNetwork(seed: $0) }
    let engine = networks[0].engine
    let tasks = try networks.map { try $0.task() }
    let start = start(on: tasks[0])
    let tree = try fit.modelTree(from: start, on: tasks, engine: engine)
    #expect((1...3).contains(tree.tree.leafCount))
    #expect(try hardValue(tree, on: tasks, engine) <= hardValue(start, on: tasks, engine))
  }

  @Test("a regression tree finds the means of boxes, and its pruning what is noise")
  func regression() throws {
    var generator = SeededGenerator(seed: 4)
    let columns = (0..<3).map { _ in (0..<4_000).map { _ in Float(generator.uniform()) } }
    let targets = (0..<4_000).map { row -> Float in
      let box: Float = columns[0][row] < 0.4 ? -2 : columns[1][row] < 0.7 ? 1 : 5
      return box + Float(generator.uniform() - 0.5)
    }
    let rows = try LabelledRows(
      columns: columns, labels: targets.map { _ in 0 },
      groups: (0..<4_000).map { "family \($0 % 4)" })
    var fit = DecisionTreeFit()
    fit.complexity = nil
    fit.binCount = 255
    let tree = try fit.fit(
      rows, targets: targets, criterion: .squaredError, featureNames: ["depth", "row-rank"])
    #expect((3...6).contains(tree.tree.leafCount))
    let means = tree.leafScores.sorted()
    #expect(abs((means.first ?? 0) + 2) < 0.1 && abs((means.last ?? 0) - 5) < 0.1)
  }
}
