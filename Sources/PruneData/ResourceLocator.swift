package import Foundation

/// Finds files shipped with the package without trapping where they are missing, as `Bundle.module` does.
///
/// Looked through are, in this order: the folder in the environment variable `AUTOPRUNE_RESOURCES`, the
/// executable's own folder, and `../share/autoprune` beside it; each with and without the bundle's folder.
package struct ResourceLocator {
  private let bundle: String

  /// - Parameter bundle: `PACKAGE_TARGET`, as the build names it.
  package init(bundle: String) { self.bundle = bundle }

  /// - Throws: ``DataError/resourceNotFound(_:lookedIn:)``.
  package func url(of name: String) throws(DataError) -> URL {
    let folders = searchFolders
    for folder in folders {
      for container in ["\(bundle).resources", "\(bundle).bundle", "."] {
        let url = folder.appendingPathComponent(container).appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: url.path) { return url.standardizedFileURL }
      }
    }
    throw .resourceNotFound(name, lookedIn: folders.map(\.path))
  }

  private var searchFolders: [URL] {
    var folders: [URL] = []
    if let stated = ProcessInfo.processInfo.environment["AUTOPRUNE_RESOURCES"], !stated.isEmpty {
      folders.append(URL(fileURLWithPath: stated))
    }
    if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      let folder = executable.deletingLastPathComponent()
      folders.append(folder)
      folders.append(
        folder.deletingLastPathComponent().appendingPathComponent("share/autoprune"))
    }
    if !folders.contains(where: { $0.path == Bundle.main.bundleURL.path }) {
      folders.append(Bundle.main.bundleURL)
    }
    return folders
  }
}
