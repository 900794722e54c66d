/// Splits comma-separated text into rows of fields.
///
/// - Source: [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), and also semicolons or tabs as separators,
///   lines that end in LF alone, blank lines (skipped) and a byte-order mark.
struct CSVReader {
  struct Field {
    var bytes: ArraySlice<UInt8>
    /// `true` where the field starts with a quote; ``text`` removes it.
    var isQuoted = false

    var text: String {
      guard isQuoted else {
        return String(decoding: bytes, as: UTF8.self).trimmingBlanks()
      }
      return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
        .split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
    }

    /// The field as a number in decimal notation; `nil` for anything else.
    var number: Double? {
      DecimalNumber.parse(isQuoted ? bytes.dropFirst().dropLast() : bytes)
    }
  }

  private let bytes: [UInt8]
  private let file: String
  private let separator: UInt8
  private var position = 0
  private var nextLine = 1
  /// Line in which the row returned last begins, from 1.
  private(set) var line = 0

  private static let (quote, newline, carriageReturn): (UInt8, UInt8, UInt8) = (0x22, 0x0A, 0x0D)

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let firstLine = bytes[position...].prefix { $0 != Self.newline }
    separator = [0x2C, 0x3B, 0x09].first(where: firstLine.contains) ?? 0x2C
  }

  /// Reads the next row that is not blank; `false` at the end.
  mutating func next(into fields: inout [Field]) throws(DataError) -> Bool {
    while position < bytes.count {
      line = nextLine
      fields.removeAll(keepingCapacity: true)
      try readRow(into: &fields)
      let isBlank =
        fields.count == 1 && !fields[0].isQuoted && fields[0].bytes.allSatisfy { $0 == 0x20 }
      if !isBlank { return true }
    }
    return false
  }

  private mutating func readRow(into fields: inout [Field]) throws(DataError) {
    while true {
      let field = try readField()
      fields.append(field)
      guard position < bytes.count else { return }
      let end = bytes[position]
      position += 1
      if end == separator { continue }
      nextLine += 1
      return
    }
  }

  /// Reads one field and stops before the separator or line feed, or at the end.
  private mutating func readField() throws(DataError) -> Field {
    let start = position
    let isQuoted = position < bytes.count && bytes[position] == Self.quote
    if isQuoted { try skipQuotes() }
    let contentEnd = position
    while position < bytes.count, bytes[position] != separator, bytes[position] != Self.newline {
      position += 1
    }
    var end = position
    if end > start, bytes[end - 1] == Self.carriageReturn,
      position == bytes.count || bytes[position] == Self.newline
    {
      end -= 1
    }
    if isQuoted {
      guard bytes[contentEnd..<max(contentEnd, end)].allSatisfy({ $0 == 0x20 }) else {
        throw .malformed(
          file, part: "line \(line)", got: "text after a closing quote",
          expected: "a separator; write quotes inside a field twice")
      }
      end = contentEnd
    }
    return Field(bytes: bytes[start..<end], isQuoted: isQuoted)
  }

  private mutating func skipQuotes() throws(DataError) {
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Self.newline { nextLine += 1 }
      guard byte == Self.quote else { continue }
      guard position < bytes.count, bytes[position] == Self.quote else { return }
      position += 1
    }
    throw .malformed(
      file, part: "line \(line)", got: "a quote that is never closed", expected: "a closing quote")
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(start[...last])
  }
}

/// Decimal numbers such as `-12.5e3`.
enum DecimalNumber {
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { product, _ in product * 10 }
  }

  /// - Returns: the nearest `Double`; `nil` for anything but a finite decimal number.
  static func parse(_ text: ArraySlice<UInt8>) -> Double? {
    var rest = text.drop { $0 == 0x20 }
    while rest.last == 0x20 { rest.removeLast() }
    let trimmed = rest
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest.removeFirst() }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = 0
    var hasPoint = false
    for byte in rest {
      if (0x30...0x39).contains(byte), digits < 15 {
        mantissa = mantissa * 10 + UInt64(byte - 0x30)
        digits += 1
        if hasPoint { decimals += 1 }
      } else if byte == 0x2E, !hasPoint {
        hasPoint = true
      } else {
        return parseSlowly(trimmed)
      }
    }
    guard digits > 0 else { return nil }
    // Both are exact, so the quotient is correctly rounded.
    let magnitude = Double(mantissa) / powers[decimals]
    return isNegative ? -magnitude : magnitude
  }

  private static func parseSlowly(_ text: ArraySlice<UInt8>) -> Double? {
    let allowed = Set("0123456789+-.eE".utf8)
    guard text.count < 400, text.allSatisfy(allowed.contains),
      let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }
}
