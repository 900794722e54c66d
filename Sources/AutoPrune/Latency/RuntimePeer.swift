public import Foundation

/// onnxruntime in a Python process, to measure networks in a runtime of deployment; never required.
public struct RuntimePeer: Sendable {
  /// Failed measurement in onnxruntime.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    /// Reason in one line, without the runtime's name.
    public let reason: String
    public var description: String { "onnxruntime: \(reason)" }
  }

  private struct Request: Encodable {
    let models: [String]
    let batch: Int
    let threads: Int
    let blocks: Int
    let secondsPerBlock: Double
    let warmUpRuns: Int
  }

  private struct Answer: Decodable {
    let version: String?
    /// Wall seconds of each run, `[networks][blocks][runs]`.
    let seconds: [[[Double]]]?
    let error: String?
  }

  /// Python interpreter that has onnxruntime.
  let interpreter: URL

  /// The first Python that has onnxruntime: `$AUTOPRUNE_PYTHON`, `.venv/bin/python`, `python3` on the path.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> RuntimePeer? {
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates =
      [environment["AUTOPRUNE_PYTHON"], ".venv/bin/python"].compactMap { $0 }
      + folders.map { "\($0)/python3" }
    return candidates.lazy.filter { FileManager.default.isExecutableFile(atPath: $0) }
      .map { RuntimePeer(interpreter: URL(fileURLWithPath: $0)) }
      .first { $0.hasRuntime }
  }

  var hasRuntime: Bool {
    (try? run(["-c", "import numpy, onnxruntime"], input: Data())) != nil
  }

  /// Measures the latencies of some ONNX models, the models taking turns.
  func measure(
    _ models: [URL], batch: Int, threads: Int, meter: LatencyMeter
  ) throws -> LatencyComparison.Measurement {
    let request = Request(
      models: models.map(\.path), batch: batch, threads: threads, blocks: meter.blocks,
      secondsPerBlock: meter.secondsPerBlock, warmUpRuns: meter.warmUpRuns)
    let output = try run(
      ["-c", RuntimePeerScript.source], input: try JSONEncoder().encode(request))
    let answer: Answer
    do { answer = try JSONDecoder().decode(Answer.self, from: output) } catch {
      throw Failure(reason: "its answer cannot be read (\(error))")
    }
    guard let version = answer.version, let seconds = answer.seconds,
      seconds.count == models.count,
      seconds.allSatisfy({ $0.count == meter.blocks && !$0.contains(where: \.isEmpty) })
    else { throw Failure(reason: answer.error ?? "its answer is incomplete") }
    return LatencyComparison.Measurement(
      runtime: "onnxruntime \(version)", threads: threads, batch: batch, seconds: seconds)
  }

  private func run(_ arguments: [String], input: Data) throws -> Data {
    let process = Process()
    let toProcess = Pipe()
    let fromProcess = Pipe()
    process.executableURL = interpreter
    process.arguments = arguments
    process.standardInput = toProcess
    process.standardOutput = fromProcess
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
      try toProcess.fileHandleForWriting.write(contentsOf: input)
      try toProcess.fileHandleForWriting.close()
      let output = try fromProcess.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw Failure(reason: "Python ended with status \(process.terminationStatus)")
      }
      return output
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(reason: "Python could not be run (\(error.localizedDescription))")
    }
  }
}
