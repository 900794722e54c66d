/// Collects what callbacks report.
package final class Recorder<Value> {
  package private(set) var values: [Value] = []

  package init() {}

  package func add(_ value: Value) { values.append(value) }
}
