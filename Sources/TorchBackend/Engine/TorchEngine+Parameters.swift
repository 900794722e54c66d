internal import CTorch
public import PruneCore

extension TorchEngine {
  public func parameters(of program: TorchProgram) throws(EngineError) -> [String: HostTensor] {
    var result: [String: HostTensor] = [:]
    for parameter in program.changing { result[parameter.name] = try parameter.tensor.host() }
    return result
  }

  public func setParameters(
    _ parameters: [String: HostTensor], of program: TorchProgram
  ) throws(EngineError) {
    let known = Dictionary(program.changing.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var loaded: [(target: TorchTensor, source: TorchTensor)] = []
    for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      guard let parameter = known[name] else { throw .unknownParameter(name) }
      guard tensor.shape == parameter.shape else {
        throw .wrongInput(
          name: name, got: "shape \(tensor.shape)", expected: "\(parameter.shape)")
      }
      loaded.append((parameter.tensor, try TorchTensor(tensor, real: precision.real)))
    }
    for pair in loaded {
      try check("setParameters", keeping: pair.target, pair.source) {
        ct_tensor_assign(pair.target.handle, pair.source.handle, $0)
      }
    }
  }

  public func setMasks(
    _ masks: [String: [Bool]], of program: TorchProgram
  ) throws(EngineError) {
    var loaded: [String: TorchTensor] = [:]
    for (name, kept) in masks {
      let parameter = try program.trainableParameter(named: name)
      let count = HostTensor.elementCount(of: parameter.shape)
      guard kept.count == count else {
        throw .wrongInput(
          name: name, got: "a mask of \(kept.count) weights", expected: "\(count)")
      }
      loaded[name] = try TorchTensor(kept, type: CT_BOOL, shape: parameter.shape)
    }
    program.masks = loaded
    for parameter in program.trainable {
      guard let mask = loaded[parameter.name] else { continue }
      let state = program.optimizer
      let states = [state.first[parameter.name], state.second[parameter.name]]
      for target in [parameter.tensor] + states.compactMap({ $0 }) {
        try check("setMasks", keeping: target, mask) {
          ct_apply_mask(target.handle, mask.handle, $0)
        }
      }
    }
  }

  public func optimizerState(
    of program: TorchProgram
  ) throws(EngineError) -> [String: HostTensor] {
    guard program.optimizer.step > 0 else { return [:] }
    var result = ["step": HostTensor([Int64(program.optimizer.step)], shape: [])]
    for (name, tensor) in program.optimizer.first { result["first/" + name] = try tensor.host() }
    for (name, tensor) in program.optimizer.second { result["second/" + name] = try tensor.host() }
    return result
  }

  public func setOptimizerState(
    _ state: [String: HostTensor], of program: TorchProgram
  ) throws(EngineError) {
    var restored = OptimizerState()
    for (key, tensor) in state {
      if key == "step" {
        restored.step = max(tensor.integers?.first ?? 0, 0)
        continue
      }
      let isFirst = key.hasPrefix("first/")
      guard isFirst || key.hasPrefix("second/") else { throw .unknownParameter(key) }
      let name = String(key.dropFirst(isFirst ? 6 : 7))
      let parameter = try program.trainableParameter(named: name)
      guard tensor.shape == parameter.shape else {
        throw .wrongInput(name: key, got: "shape \(tensor.shape)", expected: "\(parameter.shape)")
      }
      let loaded = try TorchTensor(tensor, real: precision.real)
      if isFirst { restored.first[name] = loaded } else { restored.second[name] = loaded }
    }
    program.optimizer = restored
  }
}
