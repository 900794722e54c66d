public import Foundation

/// The `tensorboard` package of `.venv`, as a reader of event files.
public enum TensorBoardPackage {
  public struct Contents: Decodable, Sendable {
    public struct Histogram: Decodable, Sendable {
      public let step: Int
      public let min: Double
      public let max: Double
      public let num: Double
      public let sum: Double
      public let sumSquares: Double
      public let limits: [Double]
      public let counts: [Double]
    }

    /// Step and value by tag.
    public let scalars: [String: [[Double]]]
    public let histograms: [String: [Histogram]]
  }

  public struct Failure: Error {
    public let message: String
  }

  public static var isThere: Bool {
    PythonPackages.hasPackage("tensorboard")
  }

  public static func read(_ folder: URL) throws -> Contents {
    let script = PythonPackages.root
      .appendingPathComponent("Tests/TensorBoardEventsTests/Golden/read_events.py")
    let output = try PythonPackages.run(script, [folder.path])
    return try JSONDecoder().decode(Contents.self, from: output)
  }
}
