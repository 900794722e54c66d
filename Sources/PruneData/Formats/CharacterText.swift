import Foundation
import PruneCore

/// A text for a model that predicts the next character: examples are ``DataOptions/context`` consecutive characters,
/// their labels the characters that follow each of them.
///
/// Characters are numbered in the order of their code points over the whole text. The last tenth is the test part.
enum CharacterText {
  static func load(_ url: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(
        url.path, part: "text", got: "not UTF-8", expected: "UTF-8; convert it first")
    }
    let scalars = Array(text.unicodeScalars)
    let symbols = Set(scalars).sorted()
    var numbers: [Unicode.Scalar: Int] = [:]
    for (number, symbol) in symbols.enumerated() { numbers[symbol] = number }
    let tokens = scalars.map { numbers[$0] ?? 0 }
    let boundary = tokens.count - tokens.count / 10
    return LoadedParts(
      train: try examples(tokens[..<boundary], file: url.path, options: options),
      test: try examples(tokens[boundary...], file: url.path, options: options),
      classNames: symbols.map { String(Character($0)) },
      notes: ["\(symbols.count) characters; the last tenth of the text is the test part"])
  }

  private static func examples(
    _ tokens: ArraySlice<Int>, file: String, options: DataOptions
  ) throws(DataError) -> ExampleSet {
    let context = options.context
    let count = max(0, tokens.count - 1) / context
    guard count > 0 else {
      throw .tooFewExamples(file, got: 0, expected: 1)
    }
    let used = count * context
    let column = Column(
      storage: .integers(tokens.prefix(used).map { Int64($0) }), shape: [context],
      normalization: try Normalization(
        DataOptions(isRaw: true), divisor: 1, shape: [context], isPixels: false))
    return try ExampleSet(
      source: file, columns: [column],
      targets: .labels(Array(tokens.dropFirst().prefix(used)), perExample: context))
  }
}
