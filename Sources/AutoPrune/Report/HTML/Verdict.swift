import PruneCore

/// The budget in words, and whether the returned network keeps it.
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
    promise = budget.words(metric: report.metric)
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
      headline = "Budget not met: the dense network was written unchanged"
    case (true, .some):
      standing = "kept"
      headline = "Budget kept, and certified on unseen examples"
    case (true, nil):
      standing = "open"
      headline =
        budget.isAboutMetric
        ? "Budget kept on the validation part, not certified" : "Budget reached"
    }
  }
}
