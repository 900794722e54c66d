public import Foundation
import ONNXFormat
public import PruneCore
import PruneSurgery

/// Cost and latency of a network, and of another beside it, as `autoprune latency` measures them.
public struct LatencyComparison: Sendable, Codable, Hashable {
  /// A network by its file, with its cost.
  public struct Network: Sendable, Codable, Hashable {
    /// Path as given.
    public let file: String
    /// Multiply–accumulates per example as a dense runtime does them; `nil` where shapes are unknown.
    public let macs: Int?
    /// Elements of all stored floating-point tensors.
    public let parameters: Int
    /// Those of them that are not zero.
    public let nonzero: Int
    /// Of the ONNX file alone, without external data.
    public let fileBytes: Int
  }

  /// Latencies that one runtime showed at one batch size, the networks taking turns.
  public struct Measurement: Sendable, Codable, Hashable {
    /// Name and version of what ran the networks.
    public let runtime: String
    /// Threads that the runtime could use.
    public let threads: Int
    /// Examples per run.
    public let batch: Int
    /// In the order of the networks.
    public let latencies: [Latency]
    /// How many times faster the first network ran than the second; `nil` for one network.
    public let speedup: Speedup?

    init(runtime: String, threads: Int, batch: Int, seconds: [[[Double]]]) {
      self.runtime = runtime
      self.threads = threads
      self.batch = batch
      latencies = seconds.map { Latency(seconds: $0.flatMap { $0 }) }
      speedup = seconds.count == 2 ? Speedup(from: seconds[1], to: seconds[0]) : nil
    }
  }

  /// One or two, in the order of the files.
  public let networks: [Network]
  /// One per batch size and runtime.
  public let measurements: [Measurement]
  /// Why a runtime or a batch is missing.
  public let notes: [String]

  /// - Parameters:
  ///   - files: one or two ONNX models; the second is what the first is compared with.
  ///   - batches: examples per run.
  ///   - engine: runs the networks.
  ///   - meter: how often and for how long.
  ///   - peer: another runtime to measure as well.
  ///   - onMeasurement: called after each measurement.
  public init<E: Engine>(
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
