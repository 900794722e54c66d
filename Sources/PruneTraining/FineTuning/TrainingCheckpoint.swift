public import Foundation
public import PruneCore
import PruneData

/// A training that can go on where it stopped: parameters, optimizer state and the number of steps done.
///
/// One `.npz` file, written to a temporary name and renamed, so that an interrupted write leaves the earlier one.
public struct TrainingCheckpoint: Sendable {
  /// Steps done, over all epochs.
  public let step: Int
  /// As ``Engine/parameters(of:)`` returned them.
  public let parameters: [String: HostTensor]
  /// As ``Engine/optimizerState(of:)`` returned it.
  public let optimizerState: [String: HostTensor]
  /// Of the plan and the data; a checkpoint of another training is refused.
  public let fingerprint: String

  /// The state of a program as it is now.
  ///
  /// - Parameters:
  ///   - step: steps done.
  ///   - fingerprint: of the plan and the data.
  public init<E: Engine>(
    step: Int, program: E.Program, engine: E, fingerprint: String
  ) throws {
    self.step = step
    parameters = try engine.parameters(of: program)
    optimizerState = try engine.optimizerState(of: program)
    self.fingerprint = fingerprint
  }

  /// - Throws: ``DataError`` for a damaged file, ``TrainingError/foreignCheckpoint(path:reason:)`` for one of another training.
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

  /// Writes the checkpoint, whole or not at all.
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

  /// Gives a program the parameters and the optimizer state of the checkpoint.
  public func restore<E: Engine>(into program: E.Program, of engine: E) throws {
    try engine.setParameters(parameters, of: program)
    try engine.setOptimizerState(optimizerState, of: program)
  }

  private static let parameterPrefix = "parameter/"
  private static let statePrefix = "optimizer/"
}
