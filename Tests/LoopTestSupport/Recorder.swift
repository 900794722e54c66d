/// Collects what callbacks report.
final class Recorder<Value> {
  private(set) var values: [Value] = []

  func add(_ value: Value) { values.append(value) }
}
