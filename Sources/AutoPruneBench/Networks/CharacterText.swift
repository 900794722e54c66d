import AutoPrune
import Foundation

/// Windows of a text for a character model: every character is to be predicted from those before it.
enum CharacterText {
  /// `input`: `[N, steps]`, characters numbered by their order; targets `[N · steps]`, the characters one further on.
  static func examples(
    of file: URL, steps: Int, count: Int, vocabulary: Int, named name: String
  ) throws -> ExampleSet {
    let text = Array(try Data(contentsOf: file).prefix(count * steps + 1))
    let symbols = Dictionary(
      uniqueKeysWithValues: Set(text).sorted().enumerated().map { ($1, $0) })
    let windows = (text.count - 1) / steps
    guard windows >= 3, symbols.count <= vocabulary else {
      throw DataAbsent(path: "\(file.path) with at most \(vocabulary) symbols")
    }
    let numbers = text.map { symbols[$0] ?? 0 }
    let inputs = HostTensor(
      numbers[..<(windows * steps)].map { Int64($0) }, shape: [windows, steps])
    return try ExampleSet(
      inputs: [inputs], targets: .labels(Array(numbers[1...(windows * steps)])), named: name)
  }
}
