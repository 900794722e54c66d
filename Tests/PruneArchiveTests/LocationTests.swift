import Foundation
import PruneArchive
import Testing

@Suite("Where the archive lies")
struct LocationTests {
  @Test(
    "environment, then XDG folder, then home",
    arguments: [
      (["AUTOPRUNE_ARCHIVE": "/a/b.sqlite", "XDG_DATA_HOME": "/x"], "/a/b.sqlite"),
      (["AUTOPRUNE_ARCHIVE": "", "XDG_DATA_HOME": "/x"], "/x/autoprune/runs.sqlite"),
      (["XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/autoprune/runs.sqlite"),
      (["XDG_DATA_HOME": "x", "HOME": "/h"], "/h/.local/share/autoprune/runs.sqlite"),
      (["HOME": "/h"], "/h/.local/share/autoprune/runs.sqlite"),
    ])
  func location(environment: [String: String], expected: String) {
    #expect(RunArchive.defaultURL(environment: environment).path == expected)
  }

  @Test("without any of them there is still an absolute path")
  func bare() {
    let path = RunArchive.defaultURL(environment: [:]).path
    #expect(path.hasPrefix("/") && path.hasSuffix("/.local/share/autoprune/runs.sqlite"))
  }
}
