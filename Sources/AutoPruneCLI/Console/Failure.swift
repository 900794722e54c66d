import ArgumentParser
import AutoPrune
import Foundation

/// Turns an error into one line on standard error and the exit status of the contract.
enum Failure {
  static let budgetCannotBeMet = ExitCode(2)
  static let badInput = ExitCode(65)
  static let inputOutput = ExitCode(74)
  static let interrupted = ExitCode(130)

  /// Runs a subcommand's body.
  static func reported<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      Console.writeError("autoprune: error: \(line(for: error))\n")
      throw status(of: error)
    }
  }

  static func line(for error: any Error) -> String {
    let text: String
    switch error {
    case is CancellationError:
      text = "interrupted before any network was accepted; nothing was written"
    case let error as any CustomStringConvertible & Error where !(error is CocoaError):
      text = error.description
    default: text = error.localizedDescription
    }
    return text.replacing("\n", with: " ")
  }

  static func status(of error: any Error) -> ExitCode {
    switch error {
    case is CancellationError: interrupted
    case let error as ONNXError where error.isInputOutput: inputOutput
    case let error as DataError where error.isInputOutput: inputOutput
    case let error as PresetError where error.isInputOutput: inputOutput
    case let error as CheckpointError where error.isInputOutput: inputOutput
    case is ArchiveError, is CocoaError, is POSIXError, is OutputCheck.Unwritable: inputOutput
    default: badInput
    }
  }
}
