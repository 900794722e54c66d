import PruneCore
import Testing

@testable import PruneData

@Suite("Examples")
struct ExampleSetTests {
  private func pixels(
    _ shape: [Int], count: Int, options: DataOptions = DataOptions()
  ) throws -> ExampleSet {
    let size = shape.reduce(1, *)
    let normalization = try Normalization(
      options, divisor: options.isRaw ? 1 : 255, shape: shape, isPixels: true)
    let column = Column(
      storage: .bytes((0..<count * size).map { UInt8($0 % 256) }), shape: shape,
      normalization: normalization)
    return try ExampleSet(
      source: "test", columns: [column], targets: .labels((0..<count).map { $0 % 3 }, perExample: 1)
    )
  }

  private func graph(_ input: [ValueInfo.Dimension], classes: Int? = 3) -> Graph {
    Graph(
      inputs: [ValueInfo(name: "in", shape: input)],
      outputs: [
        ValueInfo(name: "out", shape: [.symbolic("N"), classes.map { .fixed($0) } ?? .unknown])
      ])
  }

  @Test("mean and deviation apply per channel, first or last")
  func channels() throws {
    let options = DataOptions(mean: [0, 0.5, 1], standardDeviation: [1, 0.5, 0.25])
    let first = try pixels([3, 1, 2], count: 1, options: options)
    let expected = (0..<6).map { index -> Float in
      let (mean, deviation) = (options.mean[index / 2], options.standardDeviation[index / 2])
      return (Float(index) / 255 - mean) / deviation
    }
    #expect(first.batch([0]).inputs[0].floats == expected)
    let last = try pixels([2, 2, 3], count: 1, options: options)
    #expect(last.batch([0]).inputs[0].floats?[1] == (Float(1) / 255 - 0.5) / 0.5)
    let moved = try last.fitted(to: graph([.symbolic("N"), .fixed(3), .fixed(2), .fixed(2)]))
    #expect(moved.exampleShapes == [[3, 2, 2]])
    let values = try #require(moved.batch([0]).inputs[0].floats)
    #expect(values[1] == Float(3) / 255)
    #expect(values[4] == (Float(1) / 255 - 0.5) / 0.5)
  }

  @Test("raw leaves pixels alone")
  func raw() throws {
    let set = try pixels([2], count: 2, options: DataOptions(isRaw: true))
    #expect(set.batch([1, 0]).inputs[0].floats == [2, 3, 0, 1])
  }

  @Test("floats are normalised too, and must be finite")
  func floats() throws {
    let options = DataOptions(mean: [1, 2], standardDeviation: [2, 4])
    let normalization = try Normalization(options, divisor: 1, shape: [2], isPixels: false)
    let column = Column(storage: .floats([1, 2, 3, 6]), shape: [2], normalization: normalization)
    let set = try ExampleSet(source: "test", columns: [column])
    #expect(set.batch(0..<2).inputs[0].floats == [0, 0, 1, 1])
    var bad = column
    bad.storage = .floats([1, 2, .nan, 3])
    #expect(throws: DataError.notFinite("test", index: 2)) {
      try ExampleSet(source: "test", columns: [bad])
    }
  }

  @Test(
    "options are checked",
    arguments: [
      (DataOptions(mean: [1, 2]), "--mean is 2 numbers, expected 1, or 3"),
      (DataOptions(standardDeviation: [0]), "--std is 0.0"),
      (DataOptions(standardDeviation: [.nan]), "--std is nan"),
      (DataOptions(mean: [.infinity]), "--mean is inf"),
    ])
  func options(_ options: DataOptions, words: String) {
    #expect(message { _ = try pixels([3, 2, 2], count: 1, options: options) }.contains(words))
  }

  @Test("batches cover the set; subsets share order and labels")
  func batches() throws {
    let set = try pixels([2], count: 10)
    #expect(set.batches(of: 4) == [0..<4, 4..<8, 8..<10])
    let subset = set.subset([9, 0, 9]).subset([2, 1])
    #expect(subset.labels == [0, 0] && subset.count == 2)
    #expect(subset.batch([0]).inputs[0] == set.batch([9]).inputs[0])
    guard case .labels(let labels) = set.batch([5, 4]).targets else {
      Issue.record("expected labels")
      return
    }
    #expect(labels == [2, 1])
  }

  @Test(
    "shapes are fitted where nothing has to be guessed",
    arguments: [
      ([28, 28], [784], [784]), ([28, 28], [1, 28, 28], [1, 28, 28]),
      ([28, 28], [784, 1], [784, 1]),
      ([28, 28], [1, nil, nil], [1, 28, 28]), ([28, 28], [nil], [784]),
      ([5], [1, 1, 5], [1, 1, 5]),
      ([64], [1, 8, 8], [1, 8, 8]), ([1, 8, 8], [8, 8], [8, 8]),
      ([32, 32, 3], [3, 32, 32], [3, 32, 32]),
      ([3, 32, 32], [32, 32, 3], [32, 32, 3]), ([64, 20], [nil, 20], [64, 20]),
      ([8, 8, 1], [1, 8, 8], [1, 8, 8]),
      ([32, 32, 3], [3, nil, nil], [3, 32, 32]), ([], [1], [1]),
    ] as [([Int], [Int?], [Int])])
  func fits(_ data: [Int], _ model: [Int?], _ expected: [Int]) {
    #expect(ShapeFit(data, to: model.map { $0.map { .fixed($0) } ?? .unknown })?.shape == expected)
  }

  @Test(
    "other shapes are refused",
    arguments: [
      ([8, 8], [4, 16]), ([28, 28], [783]), ([2, 3, 4], [3, 2, 4]), ([32, 32, 3], [1, 32, 32]),
      ([64, 20], [20, 64]), ([64, 20], [nil, 21]), ([5], [nil, nil]), ([28, 28], []),
    ] as [([Int], [Int?])])
  func refusals(_ data: [Int], _ model: [Int?]) {
    #expect(ShapeFit(data, to: model.map { $0.map { .fixed($0) } ?? .unknown }) == nil)
  }

  @Test("a refusal names both shapes")
  func mismatch() throws {
    let text = message {
      _ = try pixels([28, 28], count: 3).fitted(to: graph([.symbolic("N"), .fixed(100)]))
    }
    #expect(text.contains("[3, 28, 28]") && text.contains("[N, 100]") && text.contains("'in'"))
  }

  @Test("labels must lie within the output; a width of 1 makes them values")
  func labels() throws {
    let set = try pixels([2], count: 6)
    let input: [ValueInfo.Dimension] = [.symbolic("N"), .fixed(2)]
    #expect(throws: DataError.labelOutOfRange("test", index: 2, label: 2, classes: 2)) {
      try set.fitted(to: graph(input, classes: 2))
    }
    #expect(try set.fitted(to: graph(input, classes: nil)).labels != nil)
    let values = try set.fitted(to: graph(input, classes: 1))
    guard case .values(let tensor) = values.batch([1, 2]).targets else {
      Issue.record("expected values")
      return
    }
    #expect(tensor == HostTensor([Float(1), 2], shape: [2, 1]))
    #expect(throws: DataError.negativeLabel("test", index: 0, label: -1)) {
      try ExampleSet(
        source: "test", columns: set.columns, targets: .labels([-1, 0, 0, 0, 0, 0], perExample: 1))
    }
  }

  @Test("one-hot rows become classes")
  func oneHot() throws {
    let columns = try pixels([2], count: 2).columns
    let set = try ExampleSet(
      source: "test", columns: columns, targets: .labels([0, 0, 1, 1, 0, 0], perExample: 3))
    let input: [ValueInfo.Dimension] = [.symbolic("N"), .fixed(2)]
    #expect(try set.fitted(to: graph(input, classes: 3)).labels == [2, 0])
    let text = message { _ = try set.fitted(to: graph(input, classes: 4)) }
    #expect(text.contains("3 numbers for example 0"))
  }

  @Test("integer inputs stay integers")
  func tokens() throws {
    let normalization = try Normalization(DataOptions(), divisor: 1, shape: [3], isPixels: false)
    let column = Column(
      storage: .integers([1, 2, 3, 4, 5, 6]), shape: [3], normalization: normalization)
    let set = try ExampleSet(
      source: "test", columns: [column], targets: .labels([1, 1, 1, 0, 0, 0], perExample: 3))
    let graph = Graph(inputs: [
      ValueInfo(name: "x", elementType: .int64, shape: [.unknown, .fixed(3)])
    ])
    let batch = try set.fitted(to: graph).batch([1])
    #expect(batch.inputs[0] == HostTensor([Int64(4), 5, 6], shape: [1, 3]))
    guard case .labels(let labels) = batch.targets else {
      Issue.record("expected labels")
      return
    }
    #expect(labels == [0, 0, 0])
  }
}

@Suite("Splits")
struct DataSplitTests {
  @Test("parts are disjoint, cover everything, hold classes in proportion, and repeat")
  func split() throws {
    let data = try DataSet.digits()
    let split = DataSplit(data.train, seed: 7)
    let parts = [split.training, split.validation, split.certification]
    #expect(parts.map(\.count) == [899, 224, 224])
    let all = parts.flatMap { part in (0..<part.count).map { part.stored([$0])[0] } }
    #expect(all.sorted() == Array(0..<1347))
    for part in parts {
      for label in 0..<10 {
        let share = Double(data.train.labels?.count { $0 == label } ?? 0) / 1347
        let got = Double(part.labels?.count { $0 == label } ?? 0)
        #expect(abs(got - share * Double(part.count)) <= 2)
      }
    }
    let without = split.trainingWithoutCertificate
    #expect(
      Set((0..<without.count).map { without.stored([$0])[0] })
        == Set(all[..<899] + all[(899 + 224)...]))
    #expect(without.count == 899 + 224)
    let again = DataSplit(data.train, seed: 7)
    #expect(again.certification.batch(0..<224).inputs == split.certification.batch(0..<224).inputs)
    #expect(
      DataSplit(data.train, seed: 8).certification.batch(0..<224).inputs
        != split.certification.batch(0..<224).inputs)
  }
}
