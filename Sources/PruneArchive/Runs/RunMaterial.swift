/// What a later fit of the predictor needs of a run, as whole files.
public enum RunMaterial: String, Hashable, Sendable, CaseIterable {
  /// The dense network, an ONNX file.
  case network
  /// Examples with labels, an `.npz` with `x` and `y`.
  case calibration
}
