public import Foundation
import ONNXFormat
public import PruneCore
import PruneSurgery

/// Cost and latency of a network, and of another beside it, as `autoprune latency` measures them.
public struct LatencyComparison: Sendable, Codable, Hashable {
  /// A network by its file, with its cost.
  public struct Network: Sendable, Codable, Hashable {
    /// Path of the ONNX file, as given.
    public let file: String
    /// Multiply–accumulates per example in a dense runtime; `nil` where shapes are unknown.
    public let macs: Int?
    /// Number of elements of all stored floating-point tensors.
    public let parameters: Int
    /// Number of ``parameters`` that are not zero.
    public let nonzero: Int
    /// Size of the ONNX file in bytes, without external data.
    public let fileBytes: Int
  }

  /// Latencies in one runtime at one batch size, the networks taking turns.
  public struct Measurement: Sendable, Codable, Hashable {
    /// Name and version of the runtime.
    public let runtime: String
    /// Number of threads that the runtime may use.
    public let threads: Int
    /// Number of examples per run.
    public let batch: Int
    /// Latencies in the order of the networks.
    public let latencies: [Latency]
    /// Speed-up of the first network over the second; `nil` for one network.
    public let speedup: Speedup?

    init(runtime: String, threads: Int, batch: Int, seconds: [[[Double]]]) {
      self.runtime = runtime
      self.threads = threads
      self.batch = batch
      latencies = seconds.map { Latency(seconds: $0.flatMap { $0 }) }
      speedup = seconds.count == 2 ? Speedup(from: seconds[1], to: seconds[0]) : nil
    }
  }

  /// One or two networks, in the order of the files.
  public let networks: [Network]
  /// Measurements, one per batch size and runtime.
  public let measurements: [Measurement]
  /// Reasons for missing measurements, one line each.
  public let notes: [String]

  /// - Parameters:
  ///   - files: one or two ONNX models; the first is compared with the second.
  ///   - batches: numbers of examples per run.
  ///   - engine: runs the networks.
  ///   - meter: numbers and lengths of the measured runs.
  ///   - peer: another runtime to measure in as well; `nil` for none.
  ///   - onMeasurement: called after each measurement.
  public init<E: InferenceEngine>(
    of files: [URL], batches: [Int], engine: E, meter: LatencyMeter, peer: RuntimePeer?,
    onMeasurement: (Measurement) -> Void = { _ in }
  ) throws {
    let graphs = try files.map { try ONNXReader().read($0) }
    let programs = try graphs.map { try engine.prepare($0) }
    networks = try zip(files, graphs).map { file, graph in
      let inspection = try ModelInspection(graph, engine: engine)
      return Network(
        file: file.path, macs: inspection.macs, parameters: inspection.parameters,
        nonzero: inspection.nonzero, fileBytes: try FileManager.default.size(of: file))
    }
    var measurements: [Measurement] = []
    var notes: [String] = []
    let identity = engine.identity
    for batch in batches {
      let inputs = graphs.compactMap { $0.exampleInputs(batch: batch, seed: 1) }
      guard inputs.count == graphs.count else {
        notes.append("an input has no known shape: give a model with shapes")
        break
      }
      let runs = zip(programs, inputs).map { program, inputs in
        { () throws -> Void in _ = try engine.run(program, on: inputs) }
      }
      let own = Measurement(
        runtime: "\(identity.name) \(identity.version)", threads: identity.threads, batch: batch,
        seconds: try meter.measure(runs))
      measurements.append(own)
      onMeasurement(own)
      do {
        guard let peer else { continue }
        let theirs = try peer.measure(
          files, batch: batch, threads: identity.threads, meter: meter)
        measurements.append(theirs)
        onMeasurement(theirs)
      } catch let failure as RuntimePeer.Failure {
        notes.append("\(failure)")
      }
    }
    self.measurements = measurements
    self.notes = notes
  }
}

extension FileManager {
  fileprivate func size(of file: URL) throws -> Int {
    (try attributesOfItem(atPath: file.path)[.size] as? NSNumber)?.intValue ?? 0
  }
}
