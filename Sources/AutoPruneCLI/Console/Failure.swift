import ArgumentParser
import AutoPrune
import Dispatch
import Foundation

/// Turns an error into one line on standard error and the exit status of the contract.
enum Failure {
  static let budgetCannotBeMet = ExitCode(2)
  static let badInput = ExitCode(65)
  static let inputOutput = ExitCode(74)
  static let interrupted = ExitCode(130)

  /// Runs a subcommand's body; an error becomes a line on standard error and an exit status.
  static func reported<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      Console.writeFailure(error)
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

/// Turns the first SIGINT or SIGTERM into the cancellation of a task, and the second into the end of the program.
struct Interruption {
  private static var signals: [Int32] { [SIGINT, SIGTERM] }

  /// Runs `body` as a task that these signals cancel.
  ///
  /// - Parameter onSignal: called once, before the task is cancelled.
  /// - Returns: the result of `body`, and `true` where it was cancelled.
  static func cancelling<Success: Sendable>(
    onSignal: @escaping @Sendable () -> Void,
    _ body: @escaping @Sendable () async throws -> Success
  ) async throws -> (result: Success, isInterrupted: Bool) {
    let task = Task(operation: body)
    let sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        if task.isCancelled { _exit(128 + number) }
        onSignal()
        task.cancel()
      }
      source.activate()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in signals { signal(number, SIG_DFL) }
    }
    return (try await task.value, task.isCancelled)
  }
}
