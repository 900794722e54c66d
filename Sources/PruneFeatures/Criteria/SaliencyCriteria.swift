/// All hand-made criteria, by the names the command line knows them under.
public enum SaliencyCriteria {
  /// Every criterion, in the order of the documentation.
  public static let all: [any SaliencyCriterion] = [
    RandomCriterion(), MagnitudeCriterion(), LayerMagnitudeCriterion(), L1Criterion(),
    L2Criterion(), LAMPCriterion(), TaylorCriterion(), SNIPCriterion(), FisherCriterion(),
    WandaCriterion(), APoZCriterion(), ActivationCriterion(),
  ]

  /// - Throws: ``CriterionError/unknownName(_:known:)``.
  public static func named(_ name: String) throws(CriterionError) -> any SaliencyCriterion {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownName(name, known: all.map(\.name))
    }
    return found
  }
}

/// Why a criterion could not be found.
public enum CriterionError: Error, Equatable, CustomStringConvertible {
  /// No criterion has this name; `known` are those there are.
  case unknownName(String, known: [String])

  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "no criterion is named '\(name)'; choose one of \(known.joined(separator: ", "))"
    }
  }
}
