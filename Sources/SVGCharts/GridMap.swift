/// Map of a matrix as shaded cells, of lower resolution where the matrix is large.
package struct GridMap: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  /// Values of the cells, `[rows, columns]`: the mean over the elements that a cell represents.
  package let cells: [Double]

  /// - Parameters:
  ///   - largest: most cells, down and across.
  ///   - value: element of the matrix, ≥ 0.
  package init(
    rows: Int, columns: Int, largest: (rows: Int, columns: Int) = (48, 96),
    value: (_ row: Int, _ column: Int) -> Double
  ) {
    let (down, across) = (min(rows, largest.rows), min(columns, largest.columns))
    var sums = [Double](repeating: 0, count: max(0, down * across))
    var counts = [Double](repeating: 0, count: sums.count)
    for row in 0..<max(0, rows) {
      for column in 0..<max(0, columns) {
        let cell = row * down / rows * across + column * across / columns
        sums[cell] += value(row, column)
        counts[cell] += 1
      }
    }
    self.rows = down
    self.columns = across
    cells = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }

  package var largestCell: Double { cells.max() ?? 0 }

  package func picture(identifier: String, title: String, description: String) -> Picture {
    let side = min(Self.width / Double(max(1, columns)), Self.largestSide)
    let box = (width: side * Double(columns), height: side * Double(rows))
    let ground =
      "<rect class=\"shade0\" width=\"\(Picture.number(box.width))\" height=\"\(Picture.number(box.height))\"/>"
    let shades = (1...Self.levels).map { level in
      let path = runs(of: level).map { run in
        "M\(run.column) \(run.row)h\(run.length)v1h-\(run.length)z"
      }
      return path.isEmpty ? "" : "<path class=\"shade\(level)\" d=\"\(path.joined())\"/>"
    }
    let scaled = "<g transform=\"scale(\(side))\">\(shades.joined())</g>"
    return Picture(
      identifier: identifier, title: title, description: description, width: box.width,
      height: box.height, body: ground + scaled)
  }

  private struct Run {
    let row: Int
    let column: Int
    let length: Int
  }

  /// Runs of neighbouring cells of one shade in a row.
  private func runs(of level: Int) -> [Run] {
    var found: [Run] = []
    for row in 0..<rows {
      var column = 0
      while column < columns {
        let start = column
        while column < columns, shade(cells[row * columns + column]) == level { column += 1 }
        if column > start { found.append(Run(row: row, column: start, length: column - start)) }
        column += 1
      }
    }
    return found
  }

  /// Shade of a cell: 0 for a value of 0, else 1 … 5 in equal steps up to the largest cell.
  private func shade(_ value: Double) -> Int {
    guard value > 0, largestCell > 0 else { return 0 }
    return min(Self.levels, Int(value / largestCell * Double(Self.levels)) + 1)
  }

  private static var levels: Int { 5 }
  private static var width: Double { 480 }
  private static var largestSide: Double { 12 }
}
