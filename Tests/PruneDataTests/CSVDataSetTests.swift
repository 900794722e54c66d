import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("CSV")
struct CSVDataSetTests {
  private func examples(_ text: String) throws -> ExampleSet {
    let table = try CSVTable(Array(text.utf8), file: "a.csv")
    return try table.examples(classes: table.classNames, options: DataOptions())
  }

  @Test("a first row of names is a header")
  func header() throws {
    let set = try examples("width,height,class\n1,2,0\n3,4,1\n")
    #expect(set.count == 2 && set.labels == [0, 1])
    #expect(set.batch([1]).inputs[0].floats == [3, 4])
    #expect(try examples("1,2,0\n3,4,1").count == 2)
  }

  @Test(
    "names become classes in sorted order; quotes, blanks, CRLF, BOM and semicolons are understood")
  func names() throws {
    let text =
      "\u{FEFF}\"a;1\";b;\"the \"\"class\"\"\"\r\n1;-2.5e1; zebra \r\n\r\n\"3\";4;\"ape, \"\"big\"\"\"\r\n"
    let table = try CSVTable(Array(text.utf8), file: "a.csv")
    #expect(table.classNames == ["ape, \"big\"", "zebra"])
    let set = try table.examples(classes: table.classNames, options: DataOptions())
    #expect(set.labels == [1, 0])
    #expect(set.batch(0..<2).inputs[0].floats == [1, -25, 3, 4])
  }

  @Test("fractions in the last column are values")
  func regression() throws {
    let set = try examples("1,0.5\n2,-1\n")
    #expect(set.labels == nil && set.hasTargets)
    guard case .values(let values) = set.batch([0, 1]).targets else {
      Issue.record("expected values")
      return
    }
    #expect(values.floats == [0.5, -1])
  }

  @Test("a fifth is set aside by seed, and said so")
  func setAside() throws {
    let scratch = try Scratch()
    let rows = (0..<50).map { "\($0),\($0 % 2)" }.joined(separator: "\n")
    let url = try scratch.write("a.csv", text: rows)
    let data = try DataSet(contentsOf: url)
    #expect(data.train.count == 40 && data.test.count == 10)
    #expect(data.test.labels?.count { $0 == 1 } == 5)
    #expect(data.notes == ["no test part: 10 of 50 examples (20 %) set aside for it by seed 0"])
    let again = try DataSet(contentsOf: url, options: DataOptions(seed: 1))
    #expect(again.fingerprint == data.fingerprint)
    #expect(again.test.batch(0..<10).inputs != data.test.batch(0..<10).inputs)
  }

  @Test("a folder has train.csv and test.csv")
  func folder() throws {
    let scratch = try Scratch()
    try scratch.write("train.csv", text: "1,b\n2,a\n3,b\n")
    try scratch.write("test.csv", text: "4,a\n")
    let data = try DataSet(contentsOf: scratch.url)
    #expect(data.train.labels == [1, 0, 1] && data.test.labels == [0])
    #expect(data.classNames == ["a", "b"])
    try scratch.write("test.csv", text: "4,c\n")
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains(
        "'c' is not in the training part"))
  }

  @Test(
    "a folder of the UCI repository has NAME.tra and NAME.tes; two of them are not guessed between")
  func repositoryFolder() throws {
    let scratch = try Scratch()
    let train = try scratch.write("optdigits.tra", text: "0,8,1\n16,4,0\n0,0,1\n")
    try scratch.write("optdigits.tes", text: "16,16,0\n")
    try scratch.write("optdigits.names", text: "1. Title")
    let data = try DataSet(
      contentsOf: scratch.url, options: DataOptions(standardDeviation: [16]))
    #expect(data.format == .csv)
    #expect(data.train.labels == [1, 0, 1] && data.test.labels == [0])
    #expect(data.train.batch(0..<2).inputs[0].floats == [0, 0.5, 1, 0.25])
    #expect(data.test.batch(0..<1).inputs[0].floats == [1, 1])
    #expect(try CSVTable(contentsOf: train).classNames == nil)
    #expect(try DataFormat(detecting: train) == .csv)
    try scratch.write("pendigits.tra", text: "1,2,0\n")
    #expect(
      message { _ = try DataSet(contentsOf: scratch.url) }.contains("NAME.tra, NAME.tes"))
  }

  @Test("a single file of the UCI repository ends in .data")
  func repositoryFile() throws {
    let scratch = try Scratch()
    let rows = (0..<10).map { "\($0),0.5,Iris-\($0 % 2 == 0 ? "setosa" : "virginica")" }
    let url = try scratch.write("iris.data", text: rows.joined(separator: "\n"))
    let data = try DataSet(contentsOf: url)
    #expect(data.classNames == ["Iris-setosa", "Iris-virginica"])
    #expect(data.train.count == 8 && data.test.count == 2)
  }

  @Test(
    "says line and column",
    arguments: [
      ("1,2,0\n1,x,0\n", "line 2, column 2 is 'x'"),
      ("1,2,0\n1,0\n", "line 2 is 2 columns, expected 3"),
      ("1,2,0\n\n1,nan,0", "line 3, column 2 is 'nan'"), ("1,2,0\n1,,0", "column 2 is ''"),
      ("1,2,0\n1,2,", "the label in line 2 is empty"), ("1,\"2,0\n3", "never closed"),
      ("1,\"2\"x,0", "after a closing quote"), ("1\n2\n", "one column"), ("a,b\n", "is empty"),
      ("1,-1\n2,1", "label -1 of example 0 is negative"), ("1e999,1", "is empty"), ("", "is empty"),
    ])
  func malformed(_ text: String, words: String) {
    let text = message { _ = try examples(text) }
    #expect(text.hasPrefix("a.csv: ") && text.contains(words), "\(text)")
  }

  @Test("numbers are correctly rounded")
  func numbers() {
    for text in [
      "0", "-0.1", "123456.789", "3.14159265358979", "1e-7", "2.5E+3", "+4", "00.5",
      "0.000000000000001",
    ] {
      #expect(DecimalNumber.parse(Array(text.utf8)[...]) == Double(text), "\(text)")
    }
    for text in ["", "-", ".", "1e", "0x10", "inf", "nan", "1 2", "--1", "1e999"] {
      #expect(DecimalNumber.parse(Array(text.utf8)[...]) == nil, "\(text)")
    }
  }
}
