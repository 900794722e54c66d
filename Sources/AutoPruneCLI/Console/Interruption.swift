import Dispatch
import Foundation

/// Turns the first SIGINT or SIGTERM into the cancellation of a task, and the second into the end of the program.
struct Interruption {
  private static var signals: [Int32] { [SIGINT, SIGTERM] }

  /// Runs `body` as a task that these signals cancel.
  ///
  /// - Parameter onSignal: called once, before the task is cancelled.
  /// - Returns: what `body` returns, and whether it was cancelled.
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
