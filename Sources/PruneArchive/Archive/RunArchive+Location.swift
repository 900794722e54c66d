public import Foundation

extension RunArchive {
  /// Where runs are archived unless `--archive` says otherwise: `$AUTOPRUNE_ARCHIVE`, else
  /// `autoprune/runs.sqlite` in `$XDG_DATA_HOME`, else in `~/.local/share`.
  ///
  /// - Source: *XDG Base Directory Specification* 0.8; relative paths in `$XDG_DATA_HOME` do not count.
  public static func defaultURL(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    if let chosen = environment["AUTOPRUNE_ARCHIVE"], !chosen.isEmpty {
      return URL(fileURLWithPath: chosen)
    }
    let dataFolder: URL
    if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") {
      dataFolder = URL(fileURLWithPath: folder, isDirectory: true)
    } else {
      let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
      dataFolder = URL(fileURLWithPath: home, isDirectory: true)
        .appendingPathComponent(".local/share", isDirectory: true)
    }
    return dataFolder.appendingPathComponent("autoprune/runs.sqlite")
  }
}
