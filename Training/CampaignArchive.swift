import ArgumentParser
import AutoPrune
import Foundation

/// The campaign's archive as subjects: archived networks with the whole of the data they were trained on, which is made
/// or read anew.
struct CampaignArchive: ParsableArguments {
  @Option(help: "The campaign's archive.")
  var archive = "campaign.sqlite"

  @Option(help: "Folder with mnist/; networks trained on it are left out where it is absent.")
  var data = "../shared/data"

  @Option(help: "Threads of the engine.")
  var threads = 1

  func networks() throws -> [ArchivedNetwork] {
    let store = try RunArchive(path: archive, access: .readOnly)
    let sets = try TaskData.available(in: URL(fileURLWithPath: data), isSmoke: false)
    return try store.runs().compactMap { run in
      guard let task = sets.first(where: { $0.name == run.record.data.name }),
        let network = try LearnableNetwork(run: run, in: store)
      else { return nil }
      return ArchivedNetwork(
        name: CampaignTask.key(of: run.record), learnable: network, data: task)
    }
  }
}

/// A network of the campaign.
struct ArchivedNetwork {
  let name: String
  /// As the predictor is fitted to it.
  let learnable: LearnableNetwork
  let data: TaskData

  var family: String { learnable.family }

  /// As methods are tried on it: the fit part of its training data, and the test part.
  func subject() throws -> HeldOutSubject {
    let set = try data.load()
    return HeldOutSubject(
      name: name, family: family, graph: learnable.graph,
      fit: DataSplit(try set.train.fitted(to: learnable.graph), seed: 0).fit,
      test: try set.test.fitted(to: learnable.graph))
  }
}

extension [ArchivedNetwork] {
  var families: [String] { Set(map(\.family)).sorted() }

  /// Every `stride`-th family, so that every architecture and data set is among them.
  func leftOut(stride: Int, from first: Int = 0) -> Set<String> {
    Set(families.enumerated().filter { $0.offset % stride == first % stride }.map(\.element))
  }
}
