import Dispatch

/// Serial executor with a queue of its own, so that a run of hours takes no thread from the shared pool of tasks.
final class LongWorkExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "AutoPruner")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
