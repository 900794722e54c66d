import Foundation
import PruneCore

/// A data set of arrays called `x_train y_train x_test y_test` (or `train_x …`), `x` and `y`, or `x` alone, in an
/// `.npz` file or a folder of `.npy` files.
enum NumPyDataSet {
  private enum Role: CaseIterable {
    case trainInputs, trainTargets, testInputs, testTargets

    var names: [String] {
      switch self {
      case .trainInputs: ["x_train", "train_x", "x"]
      case .trainTargets: ["y_train", "train_y", "y"]
      case .testInputs: ["x_test", "test_x"]
      case .testTargets: ["y_test", "test_y"]
      }
    }
  }

  static var arrayNames: Set<String> { Set(Role.allCases.flatMap(\.names)) }

  static func load(npz url: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    let bytes = try FileContents.read(url)
    var allowance = MemoryAllowance(file: url.path, fileBytes: bytes.count)
    let wanted = arrayNames
    let file = try NPZFile(
      bytes: bytes, name: url.path, keeping: { wanted.contains($0) }, allowance: &allowance)
    let found = try ZipDirectory(bytes, file: url.path).members.map(\.name)
    return try parts(
      named: { file[$0] }, label: { "\(url.path)/\($0)" }, file: url.path, found: found,
      options: options, allowance: &allowance)
  }

  static func load(folder: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    var arrays: [String: HostTensor] = [:]
    var fileBytes = 0
    let names = try FileContents.names(in: folder)
    for name in names where name.hasSuffix(".npy") && arrayNames.contains(String(name.dropLast(4)))
    {
      let url = folder.appendingPathComponent(name)
      let bytes = try FileContents.read(url)
      guard !bytes.isEmpty else { throw .empty(url.path) }
      fileBytes += bytes.count
      arrays[String(name.dropLast(4))] = try NumPyArray(bytes: bytes, name: url.path).tensor
    }
    var allowance = MemoryAllowance(file: folder.path, fileBytes: fileBytes)
    return try parts(
      named: { arrays[$0] }, label: { folder.appendingPathComponent($0 + ".npy").path },
      file: folder.path, found: names, options: options, allowance: &allowance)
  }

  private static func parts(
    named array: (String) -> HostTensor?, label: (String) -> String, file: String, found: [String],
    options: DataOptions, allowance: inout MemoryAllowance
  ) throws(DataError) -> LoadedParts {
    func find(_ role: Role) throws(DataError) -> (name: String, tensor: HostTensor)? {
      let present = role.names.filter { array($0) != nil }
      guard present.count <= 1 else { throw .ambiguous(file, found: present) }
      return present.first.flatMap { name in array(name).map { (name, $0) } }
    }
    func examples(
      _ inputs: (name: String, tensor: HostTensor), _ targets: (name: String, tensor: HostTensor)?
    ) throws(DataError) -> ExampleSet {
      let column = try ArrayParts.column(
        inputs.tensor, name: nil, file: label(inputs.name), options: options,
        allowance: &allowance)
      guard let targets else {
        return try ExampleSet(source: label(inputs.name), columns: [column])
      }
      let (inputCount, targetCount) = (inputs.tensor.shape[0], targets.tensor.shape.first ?? 0)
      guard inputCount == targetCount else {
        throw .countMismatch(label(targets.name), examples: inputCount, labels: targetCount)
      }
      let values = try ArrayParts.targets(
        targets.tensor, file: label(targets.name), allowance: &allowance)
      return try ExampleSet(source: label(inputs.name), columns: [column], targets: values)
    }
    guard let trainInputs = try find(.trainInputs) else {
      throw .missingArray(file, name: "x_train' or 'x", found: found)
    }
    let (trainTargets, testInputs, testTargets) = (
      try find(.trainTargets), try find(.testInputs), try find(.testTargets)
    )
    if testInputs != nil, (trainTargets == nil) != (testTargets == nil) {
      throw .missingArray(
        file, name: trainTargets == nil ? "y_train" : "y_test", found: found)
    }
    let train = try examples(trainInputs, trainTargets)
    let test = try testInputs.map { inputs throws(DataError) in try examples(inputs, testTargets) }
    let notes = trainTargets == nil ? ["no labels: only --metric fidelity can be measured"] : []
    return LoadedParts(train: train, test: test, notes: notes)
  }
}
