import Foundation
import PruneCore

/// A CSV data set with one example per row: numbers, and in the last column a class (whole number or name) or a value.
///
/// A first row with a feature that is no number is a header. Names are numbered in sorted order.
enum CSVDataSet {
  static func load(_ url: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    guard FileContents.isFolder(url) else {
      let table = try CSVTable(contentsOf: url)
      let classes = table.classNames
      return LoadedParts(
        train: try table.examples(classes: classes, options: options), classNames: classes)
    }
    guard let parts = partNames(among: try FileContents.names(in: url)) else {
      throw .notFound(url.appendingPathComponent("train.csv").path)
    }
    let train = try CSVTable(contentsOf: url.appendingPathComponent(parts.train))
    let classes = train.classNames
    var test: ExampleSet?
    if let name = parts.test {
      test = try CSVTable(contentsOf: url.appendingPathComponent(name)).examples(
        classes: classes, options: options)
    }
    return LoadedParts(
      train: try train.examples(classes: classes, options: options), test: test,
      classNames: classes)
  }

  /// File names of the parts: `train.csv` with `test.csv` where there is one, or the only `NAME.tra` with its `NAME.tes`.
  static func partNames(among names: [String]) -> (train: String, test: String?)? {
    if names.contains("train.csv") {
      return ("train.csv", names.contains("test.csv") ? "test.csv" : nil)
    }
    let trainings = names.filter { $0.hasSuffix(".tra") }
    guard let train = trainings.first, trainings.count == 1 else { return nil }
    let test = String(train.dropLast(4)) + ".tes"
    return (train, names.contains(test) ? test : nil)
  }
}

/// A CSV file read into numbers and label texts.
struct CSVTable {
  private let file: String
  private var features = 0
  private var values: [Float] = []
  /// Distinct texts of the last column, in order of appearance.
  private var labelTexts: [String] = []
  /// Index into ``labelTexts``, per row.
  private var labelNumbers: [Int32] = []

  init(contentsOf url: URL) throws(DataError) {
    try self.init(try FileContents.read(url), file: url.path)
  }

  init(_ bytes: [UInt8], file: String) throws(DataError) {
    self.file = file
    guard !bytes.isEmpty else { throw .empty(file) }
    var reader = CSVReader(bytes, file: file)
    var fields: [CSVReader.Field] = []
    var known: [String: Int32] = [:]
    var isFirst = true
    while try reader.next(into: &fields) {
      if isFirst {
        isFirst = false
        features = fields.count - 1
        guard features > 0 else {
          throw .malformed(
            file, part: "line \(reader.line)", got: "one column",
            expected: "numbers and a label, separated by commas")
        }
        if fields.dropLast().contains(where: { $0.number == nil }) { continue }
      }
      try append(fields, line: reader.line, known: &known)
    }
    guard !labelNumbers.isEmpty else { throw .empty(file) }
  }

  private mutating func append(
    _ fields: [CSVReader.Field], line: Int, known: inout [String: Int32]
  ) throws(DataError) {
    guard fields.count == features + 1, let last = fields.last else {
      throw .malformed(
        file, part: "line \(line)", got: "\(fields.count) columns", expected: "\(features + 1)")
    }
    for (column, field) in fields.dropLast().enumerated() {
      guard let number = field.number, Float(number).isFinite else {
        throw .malformed(
          file, part: "line \(line), column \(column + 1)", got: "'\(field.text.prefix(40))'",
          expected: "a finite number")
      }
      values.append(Float(number))
    }
    let text = last.text
    guard !text.isEmpty else {
      throw .malformed(
        file, part: "the label in line \(line)", got: "empty", expected: "a class or value")
    }
    if let number = known[text] {
      labelNumbers.append(number)
    } else {
      guard labelTexts.count < Int32.max else {
        throw .malformed(file, part: "the labels", got: "too many", expected: "fewer")
      }
      let number = Int32(labelTexts.count)
      known[text] = number
      labelTexts.append(text)
      labelNumbers.append(number)
    }
  }

  /// Class names, sorted; `nil` where every label is a number.
  var classNames: [String]? {
    labelTexts.allSatisfy { DecimalNumber.parse(Array($0.utf8)[...]) != nil }
      ? nil : labelTexts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The rows as examples.
  ///
  /// - Parameter classes: class names by label; `nil` where labels are numbers.
  func examples(classes: [String]?, options: DataOptions) throws(DataError) -> ExampleSet {
    let normalization = try Normalization(
      options, divisor: 1, shape: [features], isPixels: false)
    let column = Column(
      storage: .floats(values), shape: [features], normalization: normalization)
    let targets = if let classes { try named(classes) } else { try numeric() }
    return try ExampleSet(source: file, columns: [column], targets: targets)
  }

  private func named(_ classes: [String]) throws(DataError) -> ExampleSet.Targets {
    let positions = Dictionary(
      classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var labelOfText: [Int] = []
    for text in labelTexts {
      guard let label = positions[text] else {
        throw .unlabelledClass(file, name: text, known: classes)
      }
      labelOfText.append(label)
    }
    return .labels(labelNumbers.map { labelOfText[Int($0)] }, perExample: 1)
  }

  /// Targets of numeric labels: values where one is no whole number, or where one is negative and one is written with a
  /// decimal point; classes otherwise.
  private func numeric() throws(DataError) -> ExampleSet.Targets {
    var numbers: [Double] = []
    for text in labelTexts {
      guard let number = DecimalNumber.parse(Array(text.utf8)[...]) else {
        throw .malformed(
          file, part: "a label", got: "'\(text.prefix(40))'",
          expected: "a number as in the training part")
      }
      numbers.append(number)
    }
    let areWhole = numbers.allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e9 }
    let isMeasured = numbers.contains { $0 < 0 } && labelTexts.contains { $0.contains(".") }
    if areWhole, !isMeasured {
      return .labels(labelNumbers.map { Int(numbers[Int($0)]) }, perExample: 1)
    }
    return .values(labelNumbers.map { Float(numbers[Int($0)]) }, shape: [])
  }
}
