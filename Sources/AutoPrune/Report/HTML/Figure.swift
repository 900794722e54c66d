/// A number of the report: where it stands in the JSON, its value there, and the text for people.
struct Figure: Hashable {
  let path: String
  let value: String
  let text: String

  init(_ path: String, _ value: Double, _ text: (Double) -> String) {
    self.path = path
    self.value = value.isFinite ? "\(value)" : value.isNaN ? "NaN" : "Infinity"
    self.text = text(value)
  }

  init(_ path: String, _ value: Int) {
    self.path = path
    self.value = String(value)
    text = Format.count(value)
  }

  init(_ path: String, bytes: Int) {
    self.path = path
    value = String(bytes)
    text = Format.bytes(bytes)
  }
}
