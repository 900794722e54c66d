public import Foundation
public import PruneCore
import PruneData

/// Checkpoint of a training that can be resumed: parameters, optimizer state and number of steps done.
///
/// One `.npz` file, written to a temporary name and renamed, so that an interrupted write leaves the earlier one.
public struct TrainingCheckpoint: Sendable {
  /// Number of steps done, over all epochs.
  public let step: Int
  /// Parameters by value name, as ``InferenceEngine/parameters(of:)`` returned them.
  public let parameters: [String: HostTensor]
  /// Optimizer state by name, as ``Engine/optimizerState(of:)`` returned it.
  public let optimizerState: [String: HostTensor]
  /// Fingerprint of plan and data; a checkpoint with another one is refused.
  public let fingerprint: String

  /// Takes the current state of a program.
  ///
  /// - Parameters:
  ///   - step: number of steps done.
  ///   - fingerprint: fingerprint of plan and data.
  public init<E: Engine>(
    step: Int, program: E.Program, engine: E, fingerprint: String
  ) throws {
    self.step = step
    parameters = try engine.parameters(of: program)
    optimizerState = try engine.optimizerState(of: program)
    self.fingerprint = fingerprint
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``DataError`` for a damaged file, ``TrainingError/foreignCheckpoint(path:reason:)`` for one of another
  ///   training.
  public init(contentsOf url: URL, fingerprint: String) throws {
    let file = try NPZFile(contentsOf: url)
    func foreign(_ reason: String) -> TrainingError {
      .foreignCheckpoint(path: url.path, reason: reason)
    }
    guard case .uint8(let bytes)? = file["fingerprint"]?.storage else {
      throw foreign("it holds no fingerprint")
    }
    guard String(decoding: bytes, as: UTF8.self) == fingerprint else {
      throw foreign("it belongs to another model, data or training plan")
    }
    guard let step = file["step"]?.integers?.first, step >= 0 else {
      throw foreign("it holds no step count")
    }
    self.step = step
    self.fingerprint = fingerprint
    var parameters: [String: HostTensor] = [:]
    var state: [String: HostTensor] = [:]
    for name in file.names {
      if name.hasPrefix(Self.parameterPrefix) {
        parameters[String(name.dropFirst(Self.parameterPrefix.count))] = file[name]
      } else if name.hasPrefix(Self.statePrefix) {
        state[String(name.dropFirst(Self.statePrefix.count))] = file[name]
      }
    }
    self.parameters = parameters
    optimizerState = state
  }

  /// Writes the checkpoint atomically.
  public func write(to url: URL) throws {
    var file = NPZFile()
    file["step"] = HostTensor([Int64(step)], shape: [1])
    let bytes = Array(fingerprint.utf8)
    file["fingerprint"] = HostTensor(shape: [bytes.count], storage: .uint8(bytes))
    for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      file[Self.parameterPrefix + name] = tensor
    }
    for (name, tensor) in optimizerState.sorted(by: { $0.key < $1.key }) {
      file[Self.statePrefix + name] = tensor
    }
    try FileContents.write(try file.encoded(isCompressed: false), to: url, isDurable: true)
  }

  /// Sets the parameters and the optimizer state of a program to those of the checkpoint.
  public func restore<E: Engine>(into program: E.Program, of engine: E) throws {
    try engine.setParameters(parameters, of: program)
    try engine.setOptimizerState(optimizerState, of: program)
  }

  private static let parameterPrefix = "parameter/"
  private static let statePrefix = "optimizer/"
}
