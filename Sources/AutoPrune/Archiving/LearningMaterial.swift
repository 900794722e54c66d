import ONNXFormat
import PruneArchive
import PruneCore
import PruneData
import PruneSupport

/// What a later fit of the predictor needs of a run: the dense network and a calibration sample.
///
/// Only small networks with labelled examples are kept; larger ones teach through their records alone.
struct LearningMaterial {
  private let network: [UInt8]
  private let calibration: [UInt8]

  static var mostNetworkBytes: Int { 4 << 20 }
  static var mostCalibrationBytes: Int { 16 << 20 }
  static var calibrationExamples: Int { 2_000 }

  /// - Returns: `nil` where the network or the sample is too large, or the examples have no labels.
  init?(model: Graph, fit: ExampleSet, seed: UInt64) throws {
    guard fit.labels != nil, model.dataInputs.count == 1 else { return nil }
    network = try ONNXWriter().encode(model)
    guard network.count <= Self.mostNetworkBytes else { return nil }
    var generator = SeededGenerator(seed: seed, stream: "material")
    let chosen = (0..<fit.count).shuffled(by: &generator).prefix(Self.calibrationExamples)
    let batch = fit.batch(Array(chosen))
    guard case .labels(let labels) = batch.targets else { return nil }
    var file = NPZFile()
    file["x"] = batch.inputs[0]
    file["y"] = HostTensor(labels.map { Int64($0) }, shape: [labels.count])
    calibration = try file.encoded()
    guard calibration.count <= Self.mostCalibrationBytes else { return nil }
  }

  func store(in archive: RunArchive, for run: RunID) throws {
    try archive.storeMaterial(network, as: .network, for: run)
    try archive.storeMaterial(calibration, as: .calibration, for: run)
  }
}
