import Foundation
import PruneSupport

/// Folder of a model, from which its tensors may load data; they cannot read anything outside of it.
struct ExternalDataFolder {
  /// Largest ratio of loaded bytes to file bytes: tensors may share bytes, but not multiply a small
  /// file until memory is full.
  private static let sharingFactor = 16
  private static let allowanceBytes = 64 << 20

  /// Path of the folder; `nil` where the model came as bytes.
  private let path: String?
  private let file: String
  private var loadedBytes = 0
  private var fileSizes: [String: Int] = [:]

  /// - Parameters:
  ///   - path: the model's folder.
  ///   - file: the model's name in messages.
  init(path: String?, file: String) {
    self.path = path
    self.file = file
  }

  /// Bytes of one tensor, from the place that its entries state.
  /// - Parameter expectedBytes: number of bytes by the tensor's shape and type.
  mutating func bytes(
    of tensor: String, entries: [Onnx_StringStringEntryProto], expectedBytes: Int
  ) throws(ONNXError) -> [UInt8] {
    do throws(ExternalDataProblem) {
      return try load(entries, expectedBytes: expectedBytes)
    } catch {
      throw .badExternalData(file: file, tensor: tensor, problem: error)
    }
  }

  static func location(in entries: [Onnx_StringStringEntryProto]) -> String? {
    entries.last { $0.key == "location" }?.value
  }

  private mutating func load(
    _ entries: [Onnx_StringStringEntryProto], expectedBytes: Int
  ) throws(ExternalDataProblem) -> [UInt8] {
    guard let location = Self.location(in: entries), !location.isEmpty else { throw .noLocation }
    let offset = try number("offset", in: entries) ?? 0
    if let length = try number("length", in: entries), length != expectedBytes {
      throw .lengthMismatch(location: location, expected: expectedBytes, got: length)
    }
    let path = try resolved(location)
    let source = try open(path, as: location)
    let size = source.sizeBytes
    guard offset <= size, expectedBytes <= size - offset else {
      throw .outOfBounds(
        location: location, offset: offset, needed: expectedBytes, sizeBytes: size)
    }
    fileSizes[path] = size
    let limit = fileSizes.values.reduce(0, +) * Self.sharingFactor + Self.allowanceBytes
    guard expectedBytes <= limit - loadedBytes else {
      throw .tooMuch(location: location, limitBytes: limit)
    }
    loadedBytes += expectedBytes
    do throws(RegularFile.Refusal) {
      return try source.bytes(in: offset..<offset + expectedBytes)
    } catch {
      throw .unreadable(location: location, reason: error.reason)
    }
  }

  private func open(
    _ path: String, as location: String
  ) throws(ExternalDataProblem) -> RegularFile {
    do throws(RegularFile.Refusal) {
      return try RegularFile(path: path)
    } catch {
      throw .unreadable(location: location, reason: error.reason)
    }
  }

  private func number(
    _ key: String, in entries: [Onnx_StringStringEntryProto]
  ) throws(ExternalDataProblem) -> Int? {
    guard let text = entries.last(where: { $0.key == key })?.value else { return nil }
    guard let number = Int(text), number >= 0 else { throw .badNumber(key: key, value: text) }
    return number
  }

  /// Real path of a location, after symbolic links.
  /// - Throws: ``ExternalDataProblem/outsideFolder(location:)`` for one outside the model's folder.
  private func resolved(_ location: String) throws(ExternalDataProblem) -> String {
    guard let path else { throw .noFolder(location: location) }
    let steps = location.split(whereSeparator: { $0 == "/" || $0 == "\\" })
    guard !location.hasPrefix("/"), !location.contains("\0"), !steps.contains("..") else {
      throw .outsideFolder(location: location)
    }
    guard let folder = Self.realPath(path) else {
      throw .unreadable(location: location, reason: SystemMessage.last())
    }
    guard let real = Self.realPath("\(path)/\(location)") else {
      throw .unreadable(location: location, reason: SystemMessage.last())
    }
    guard folder == "/" || real.hasPrefix(folder + "/") else {
      throw .outsideFolder(location: location)
    }
    return real
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
