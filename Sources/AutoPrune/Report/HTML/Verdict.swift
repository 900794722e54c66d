import PruneCore

/// The promise in words, and whether it was kept.
struct Verdict {
  let promise: String
  let headline: String
  /// `kept`, `broken` or `open`, for the style sheet.
  let standing: String
  let isCertified: Bool
  let certificate: CertificateFigures?

  struct CertificateFigures {
    let confidence: Figure
    let bound: Figure
    let allowed: Figure
    let samples: Figure
    let regressed: Figure
    let recovered: Figure
  }

  init(_ report: PruneReport, budget: Budget) {
    promise = budget.words(metric: report.metricName)
    isCertified = report.certificate != nil
    certificate = report.certificate.map {
      CertificateFigures(
        confidence: Figure("certificate.confidence", $0.confidence, Format.percent),
        bound: Figure(
          "certificate.dropUpperBoundPoints", $0.dropUpperBoundPoints, Format.points),
        allowed: Figure("certificate.maxDropPoints", $0.maxDropPoints, Format.points),
        samples: Figure("certificate.samples", $0.samples),
        regressed: Figure("certificate.regressed", $0.regressed),
        recovered: Figure("certificate.recovered", $0.recovered))
    }
    switch (report.isBudgetMet, report.certificate) {
    case (false, _):
      standing = "broken"
      headline = "Not kept: the dense network was written unchanged"
    case (true, .some):
      standing = "kept"
      headline = "Kept, and certified on unseen examples"
    case (true, nil):
      standing = "open"
      headline = budget.isAboutMetric ? "Kept where it was measured, not certified" : "Reached"
    }
  }
}

extension Budget {
  /// The promise as people say it.
  func words(metric: Metric) -> String {
    switch self {
    case .accuracyDrop(let points):
      "Lose at most \(Format.points(points)) points of \(metric.rawValue)."
    case .minimumMetric(let value):
      "Keep the \(metric.rawValue) \(metric.isHigherBetter ? "at" : "at most") "
        + "\(Format.metric(value, metric))\(metric.isHigherBetter ? " or more" : "")."
    case .sparsity(let sparsity):
      "Remove \(Format.percent(sparsity.fraction)) of the prunable weights."
    case .cost(let objective, .share(let share)):
      "Keep to \(Format.percent(share)) of the dense network's \(objective.words)."
    case .cost(let objective, .amount(let amount)):
      "Keep to \(Format.cost(amount, objective))."
    }
  }
}
