import Foundation

/// The process that writes a run, so that others can tell whether it is still alive.
///
/// On systems without `/proc` nothing is known of other processes, and runs stay marked as running.
struct WriterProcess: Hashable {
  /// Host name, boot id and process namespace, within which process numbers are comparable.
  let host: String
  /// Process number and start time in clock ticks, since numbers are used again.
  let process: String

  static func current() -> WriterProcess {
    let number = ProcessInfo.processInfo.processIdentifier
    let boot = text(of: "/proc/sys/kernel/random/boot_id")
    let namespace =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    return WriterProcess(
      host: "\(text(of: "/proc/sys/kernel/hostname")) \(boot) \(namespace)",
      process: "\(number) \(startTicks(of: String(number)) ?? "")")
  }

  /// `true` where this process is known to have ended; `observer` is the process that asks.
  func hasEnded(seenFrom observer: WriterProcess) -> Bool {
    let here = observer.host.split(separator: " ")
    let there = host.split(separator: " ")
    guard here.count == 3, there.count == 3, here[0] == there[0] else { return false }
    if here[1] != there[1] { return true }
    guard here[2] == there[2] else { return false }
    let parts = process.split(separator: " ")
    guard parts.count == 2 else { return false }
    return Self.startTicks(of: String(parts[0])) != String(parts[1])
  }

  /// Start time of a process: field 22 of `/proc/PID/stat`, whose second field may hold spaces and brackets.
  private static func startTicks(of process: String) -> String? {
    let status = text(of: "/proc/\(process)/stat")
    guard let end = status.lastIndex(of: ")") else { return nil }
    let fields = status[end...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : nil
  }

  private static func text(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
