import AutoPrune

/// MNIST as the papers scale it.
enum MNIST {
  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("mnist"),
      options: DataOptions(mean: [0.1307], standardDeviation: [0.3081]))
  }
}

/// The UCI optical digits with all their examples: rows of 8×8 numbers of 0 … 16, scaled to 0 … 1.
enum OpticalDigits {
  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("uci-digits"), options: DataOptions(standardDeviation: [16]))
  }
}

/// Spoken digits as log-mel spectrograms, padded with zeros at their end.
enum SpokenDigits {
  /// Frames and bands.
  static let shape = [64, 20]

  static func load(_ setting: BenchSetting) throws -> DataSet {
    try DataSet(contentsOf: try setting.require("timeseries/fsdd-logmel"))
  }
}

/// First names, one a line, for models that say the next character.
enum NamesText {
  /// Letters and the line feed.
  static let vocabulary = 27

  static func load(_ setting: BenchSetting, context: Int) throws -> DataSet {
    try DataSet(
      contentsOf: try setting.require("text/names.txt"), options: DataOptions(context: context))
  }
}
