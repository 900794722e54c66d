/// Every number of the search that someone chose, in one place; all were chosen by hand unless it is said how they were
/// measured.
package struct SearchPolicy: Hashable, Sendable {
  /// The values that every run uses.
  package static let standard = SearchPolicy()

  // MARK: Search without fine-tuning

  /// Most networks that the bisection prunes from the dense one.
  var untunedCandidates = 14
  /// Lower end of the bisection: sparsity, a fraction.
  var leastSparsity = 0.1
  /// Width of the bracket, in sparsity, at which the bisection ends.
  var sparsityResolution = 0.01
  /// Share of the compute budget for adapting θ that one candidate may take.
  var adaptationShare = 0.25
  /// Share of the cost that networks keep while exponents of the cost are compared.
  var costTrialDensity = 0.3
  /// Exponents of the cost beside a score that are tried.
  var costExponents = [0, 0.25, 0.5, 1]

  // MARK: How to fine-tune

  /// Least gain of a short training on labels, in standard errors, for labels to be the training target. Half of the
  /// networks tried gained between one and two, and tuned better on labels.
  var leastLabelGain = 1.0
  /// Share of the epochs that the trial of labels takes at least.
  var leastLabelTrialShare = 0.1
  /// Share of the epochs that the trial of labels takes at most, where more than ``leastLabelTrialShare``.
  var mostLabelTrialShare = 0.2
  /// Epochs that the trial of labels is to have: less than half of the data says little.
  var wantedLabelTrialEpochs = 0.5
  /// Share of the epochs for one trial of a learning rate.
  var rateTrialShare = 0.025
  /// Longest trial of a learning rate, in epochs.
  var longestRateTrialEpochs = 0.25
  /// Most learning rates that are tried.
  var mostRateTrials = 4
  /// Fewest optimizer steps for a trial to tell anything: over fewer the rate that moves least looks best.
  var fewestTrialSteps = 20
  /// A loss is clearly less than another below this multiple of it.
  var clearlyLessLoss = 0.8
  /// Factor between two learning rates that are tried.
  var rateTrialFactor: Float = 3

  // MARK: Gradual pruning

  /// Share of the optimizer steps of a gradual pruning over which the density falls; the rest anneals at the target.
  var pruningShareOfSteps = 0.7
  /// Share of the epochs for the first gradual pruning of a search.
  var firstPruningShareOfEpochs = 0.4
  /// Share of the epochs for each step after it.
  var stepShareOfEpochs = 0.12

  // MARK: Estimated target density

  /// Most recovery trials, each at half of the density of the one before.
  var recoveryTrials = 6
  /// Share of the epochs left for one recovery trial.
  var recoveryTrialShareOfEpochs = 0.015
  /// Points lost after a recovery trial, as a multiple of those allowed, that a long gradual pruning may still win back.
  var recoverableExcess = 6.0
  /// Most points beyond those allowed that are hoped to be won back: under a wide budget even a network that knows nothing
  /// loses less than a multiple of it.
  var mostRecoverablePoints = 10.0
  /// Fewest allowed points that the hope is taken from.
  var fewestAllowedPoints = 0.1

  // MARK: Repair of a network that lost too much

  /// Least factor by which the density rises.
  var leastRegrowthFactor = 1.5
  /// Largest factor by which weights are given back one by one; beyond it most would start at zero, chosen by one gradient.
  var mostRegrowthFactor = 3.0
  /// Epochs of a gradual pruning anew, as a multiple of those of a repair.
  var pruningEpochsPerRepair = 2.0
  /// Points lost, as a multiple of those allowed, that more training alone may win back.
  var tunableExcess = 2.0
  /// Networks of one gradual pruning that may hold without being likely to be certified.
  var holdingCandidates = 3

  // MARK: Steps after the first gradual pruning

  /// Factor of the density in the first step.
  var firstStepFactor = 0.75
  /// Smallest factor of the density that steps grow to.
  var boldestStepFactor = 0.4
  /// Factor of the density at which steps end.
  var gentlestStepFactor = 0.95

  // MARK: Candidates and certificate

  /// Most accepted networks that are kept; bounds the memory.
  var keptCandidates = 6
  /// Share of the error probability that a safe first network is tested with.
  var firstTestShare = 0.5
  /// Probability of passing from which on a network counts as likely to be certified.
  var likelyPass = 0.8
  /// Probability of passing below which the densest candidate gets a fallback beside it.
  var safeFallbackPass = 0.9
  /// Largest sparsity of the fallback candidate.
  var fallbackSparsity = 0.25
}
