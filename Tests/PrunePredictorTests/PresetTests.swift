import Foundation
import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSupport
import Testing

@Suite struct PresetTests {
  private var basis: FeatureBasis {
    FeatureBasis.products(
      of: ["log-magnitude", "row-rank", "depth"], withContext: ["depth"], hasIntercept: true)
  }

  private var tree: SplitTree {
    SplitTree(
      featureNames: ["row-rank"],
      nodes: [.init(feature: 0, threshold: 0.25, left: 1, right: 2), .leaf, .leaf])
  }

  private var models: [Preset.Model] {
    let theta = basis.terms.indices.map { Double($0) / 7 - 0.3 }
    return [
      .logistic(
        LogisticPredictor(
          basis: basis, coefficients: theta,
          calibration: ScoreCalibration(slope: 0.7, intercept: -0.1))),
      .tree(DecisionTreePredictor(tree: tree, leafScores: [-1.5, 2])),
      .logisticTree(
        LogisticModelTreePredictor(
          tree: tree, basis: basis, leafCoefficients: [theta, theta.reversed()])),
    ]
  }

  private var card: PresetCard {
    PresetCard(
      title: "test", groups: ["mlp × digits"], runCount: 3, seeds: [1, .max], command: "fit",
      programVersion: "1",
      heldOut: [.init(group: "cnn × digits", sparsity: 0.9, metrics: ["predictor": 0.9])])
  }

  private func temporary() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("preset-\(UUID()).json")
  }

  @Test("every kind survives writing and reading, byte for byte", arguments: [0, 1, 2])
  func roundTrips(kind: Int) throws {
    let url = temporary()
    defer { try? FileManager.default.removeItem(at: url) }
    let preset = Preset(model: models[kind], card: card)
    try preset.write(to: url)
    let read = try Preset.read(contentsOf: url)
    #expect(read == preset)
    #expect(try read.encoded() == (try preset.encoded()))
    #expect(read.predictor.kind.rawValue == ["logistic", "tree", "logistic-tree"][kind])
  }

  private func edited(_ edit: (inout [String: Any]) -> Void, kind: Int = 0) throws -> Data {
    let data = try Preset(model: models[kind], card: card).encoded()
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    edit(&object)
    return try JSONSerialization.data(withJSONObject: object)
  }

  private func failure(_ data: Data) -> PresetError? {
    do {
      _ = try Preset.read(data, path: "p.json")
      return nil
    } catch {
      return error
    }
  }

  @Test("a measured calibration is kept; presets from before it was are read and stay as they are")
  func keepsCalibration() throws {
    var preset = Preset(model: models[0], card: card)
    let older = try preset.encoded()
    #expect(!String(decoding: older, as: UTF8.self).contains("\"after\""))
    #expect(try Preset.read(older, path: "older").card.calibration == nil)
    preset.card.calibration = PresetCard.Calibration(
      groups: ["cnn × digits"], densities: [0.1],
      before: ReliabilityCurve(predictions: [0.9, 0.9], labels: [0, 1]),
      after: ReliabilityCurve(predictions: [0.5, 0.5], labels: [0, 1]), notes: "measured")
    let read = try Preset.read(try preset.encoded(), path: "newer")
    #expect(read == preset)
    #expect(abs((read.card.calibration?.errorBefore ?? 0) - 0.4) < 1e-6)
    #expect(read.card.calibration?.errorAfter == 0)
    preset.card.calibration = nil
    #expect(try preset.encoded() == older)
  }

  @Test("a model takes another calibration with its scores unchanged", arguments: [0, 1, 2])
  func takesCalibration(kind: Int) {
    let calibration = ScoreCalibration(slope: 0.25, intercept: -2)
    let model = models[kind].calibrated(by: calibration)
    #expect(model.predictor.calibration == calibration)
    #expect(model.predictor.parameters == models[kind].predictor.parameters)
    #expect(!model.isPrior)
    #expect(Preset.Model.logistic(.prior).calibrated(by: calibration).isPrior)
  }

  @Test("what does not fit is refused with a reason")
  func refuses() throws {
    #expect(
      failure(try edited { $0["formatVersion"] = 2 })
        == .newerFormat(path: "p.json", got: 2, supported: 1))
    #expect(
      failure(try edited { $0["kind"] = "oracle" }) == .unknownKind(path: "p.json", kind: "oracle"))
    #expect(
      failure(try edited { $0["registryVersion"] = 99 })
        == .otherRegistry(path: "p.json", got: 99, expected: FeatureRegistry.version))
    let unknown = failure(
      try edited { object in
        var basis = object["basis"] as? [String: Any] ?? [:]
        basis["featureNames"] = ["log-magnitude", "row-rank", "aura"]
        object["basis"] = basis
      })
    #expect(unknown == .unknownFeature(path: "p.json", name: "aura"))
    let short = failure(try edited { $0["coefficients"] = [1.0, 2.0] })
    #expect(short?.description.contains("2 coefficients, expected") == true)
    let huge = failure(try edited { $0["coefficients"] = [Double](repeating: 1e300, count: 19) })
    #expect(huge != nil)
    let missing = failure(try edited { $0["basis"] = nil })
    #expect(missing?.description.contains("'basis' is missing") == true)
    let cycle = failure(
      try edited(
        { object in
          object["tree"] = [
            "featureNames": ["row-rank"], "targetSparsity": ["centre": 0, "scale": 1],
            "nodes": [["feature": 0, "threshold": 0, "left": 0, "right": 0]],
          ]
        }, kind: 1))
    #expect(cycle?.description.contains("impossible child") == true)
  }

  @Test(
    "foreign files are refused",
    arguments: ["", "[]", "{", "{}", "null", "\u{0}\u{1}\u{2}", "PK\u{3}\u{4}", "{\"kind\": 1}"])
  func refusesForeign(text: String) {
    let error = failure(Data(text.utf8))
    #expect(error?.description.contains("no AutoPrune preset") == true)
  }

  @Test("deep nesting, great size and missing files are refused")
  func refusesHostile() {
    let deep = String(repeating: "{\"a\":", count: 100_000)
    #expect(failure(Data(deep.utf8)) != nil)
    let large = Data(repeating: UInt8(ascii: " "), count: Preset.sizeLimitBytes + 1)
    guard case .tooLarge = failure(large) else {
      Issue.record("a file over the limit was read")
      return
    }
    #expect(throws: PresetError.self) { try Preset.read(contentsOf: temporary()) }
    #expect(throws: PresetError.self) {
      try Preset.read(contentsOf: FileManager.default.temporaryDirectory)
    }
  }

  @Test("an unwritable place is an error and leaves nothing behind")
  func failsToWrite() {
    let url = URL(fileURLWithPath: "/proc/no-such-folder/preset.json")
    #expect(throws: PresetError.self) {
      try Preset(model: models[0], card: card).write(to: url)
    }
  }

  @Test("2,000 mutated presets give a preset or a clear error, never a crash")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 11)
    let originals = try models.map { Array(try Preset(model: $0, card: card).encoded()) }
    let pieces = ["null", "-1", "1e999", "NaN", "\"\"", "{}", "[]", "0", "99999999999999999999"]
    var readable = 0
    for round in 0..<2000 {
      var bytes = originals[round % 3]
      for _ in 0...Int(generator.next() % 3) {
        let position = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 5 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.removeSubrange(position..<min(bytes.count, position + 9))
        case 2:
          let piece = pieces[Int(generator.next() % UInt64(pieces.count))]
          bytes.insert(contentsOf: piece.utf8, at: position)
        case 3: bytes = Array(bytes.prefix(max(1, position)))
        default:
          if let digit = bytes[position...].firstIndex(where: { (48...57).contains($0) }) {
            bytes[digit] = UInt8(48 + generator.next() % 10)
          }
        }
        if bytes.isEmpty { bytes = [32] }
      }
      do {
        let preset = try Preset.read(Data(bytes), path: "fuzz")
        readable += 1
        #expect(preset.predictor.featureNames.allSatisfy { !$0.isEmpty })
      } catch {
        #expect(error.description.contains("fuzz"))
      }
    }
    #expect((1..<2000).contains(readable), "\(readable) of 2000 were still valid")
  }
}
