/// The Python literal in a `.npy` header, such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct PythonDictionary {
  private(set) var description = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  private let text: [UInt8]
  private let file: String
  private var position = 0

  init(_ text: [UInt8], file: String) throws(DataError) {
    self.text = text
    self.file = file
    var seen: Set<String> = []
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr":
        guard !next(is: "[") else {
          throw .unsupported(
            file, got: "a structured NumPy type", advice: "save one array per field")
        }
        description = try string()
      case "fortran_order": isFortranOrder = try boolean()
      case "shape": shape = try tuple()
      default: throw malformed("key '\(key)'")
      }
      guard seen.insert(key).inserted else { throw malformed("key '\(key)' twice") }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard position == text.count else { throw malformed("text after the dictionary") }
    guard seen.count == 3 else { throw malformed("only \(seen.sorted())") }
  }

  private func malformed(_ got: String) -> DataError {
    .malformed(
      file, part: "the .npy header", got: got,
      expected: "a dictionary of descr, fortran_order and shape")
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private mutating func next(is character: Unicode.Scalar) -> Bool {
    skipBlanks()
    return position < text.count && UInt32(text[position]) == character.value
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard next(is: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(DataError) {
    guard accept(character) else { throw malformed("no '\(character)' at byte \(position)") }
  }

  private mutating func string() throws(DataError) -> String {
    let quote: Unicode.Scalar = next(is: "\"") ? "\"" : "'"
    try expect(quote)
    let start = position
    while position < text.count, UInt32(text[position]) != quote.value { position += 1 }
    let content = String(decoding: text[start..<position], as: UTF8.self)
    try expect(quote)
    return content
  }

  private mutating func boolean() throws(DataError) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed("no True or False at byte \(position)")
  }

  private mutating func tuple() throws(DataError) -> [Int] {
    var extents: [Int] = []
    try expect("(")
    while !accept(")") {
      extents.append(try integer())
      guard extents.count <= 64 else { throw malformed("more than 64 axes") }
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return extents
  }

  private mutating func integer() throws(DataError) -> Int {
    skipBlanks()
    let start = position
    while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
    guard let value = Int(String(decoding: text[start..<position], as: UTF8.self)) else {
      throw malformed("no extent at byte \(start)")
    }
    // Python 2 wrote `3L`.
    if position < text.count, text[position] == 0x4C { position += 1 }
    return value
  }
}
