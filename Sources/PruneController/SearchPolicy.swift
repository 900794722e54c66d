/// Constants of the search; all were chosen by hand unless a comment says how they were measured.
package struct SearchPolicy: Hashable, Sendable {
  /// The values that every run uses.
  package static let standard = SearchPolicy()

  // MARK: Search without fine-tuning

  /// Most candidates of the bisection.
  var untunedCandidates = 14
  /// Lower end of the bisection, a sparsity 0 … 1.
  var leastSparsity = 0.1
  /// Width of the bracket, in sparsity, at which the bisection ends.
  var sparsityResolution = 0.01
  /// Largest share of the compute budget for adapting θ that one candidate takes.
  var adaptationShare = 0.25
  /// Density, as a share of the cost, at which exponents of the cost are compared.
  var costTrialDensity = 0.3
  /// Candidate exponents of a weight's cost beside its score.
  var costExponents = [0, 0.25, 0.5, 1]

  // MARK: How to fine-tune

  /// Least gain of a short training on labels, in standard errors, for labels to be the training target. Measured: half of
  /// the networks tried gained between one and two, and were better fine-tuned on labels.
  var leastLabelGain = 1.0
  /// Smallest share of the epochs for the trial of labels.
  var leastLabelTrialShare = 0.1
  /// Largest share of the epochs for the trial of labels: the most that a wrong guess may cost.
  var mostLabelTrialShare = 0.2
  /// Epochs wanted for the trial of labels: less than half of the data says little.
  var wantedLabelTrialEpochs = 0.5
  /// Share of the epochs for the trial of one learning rate.
  var rateTrialShare = 0.025
  /// Longest trial of one learning rate, in epochs.
  var longestRateTrialEpochs = 0.25
  /// Largest number of learning rates tried.
  var mostRateTrials = 4
  /// Fewest optimizer steps of a trial of a learning rate: over fewer, the smallest rate looks best.
  var fewestTrialSteps = 20
  /// Multiple of a loss below which another loss is clearly less.
  var clearlyLessLoss = 0.8
  /// Factor between successive learning rates tried.
  var rateTrialFactor: Float = 3

  // MARK: Gradual pruning

  /// Share of a gradual pruning's optimizer steps over which the density falls; the rest trains at the target density.
  var pruningShareOfSteps = 0.7
  /// Share of the epochs for the first gradual pruning of a search.
  var firstPruningShareOfEpochs = 0.4
  /// Share of the epochs for each step, or repair, after the first gradual pruning.
  var stepShareOfEpochs = 0.12

  // MARK: Estimated target density

  /// Largest number of recovery trials, each at half of the density of the one before.
  var recoveryTrials = 6
  /// Share of the remaining epochs for one recovery trial.
  var recoveryTrialShareOfEpochs = 0.015
  /// Largest drop after a recovery trial, as a multiple of the allowed drop, from which a long gradual pruning is expected to
  /// recover.
  var recoverableExcess = 6.0
  /// Largest drop beyond the allowed one, in points, that is expected to be recovered: under a wide budget even a network at
  /// chance level loses less than a multiple of it.
  var mostRecoverablePoints = 10.0
  /// Smallest allowed drop, in points, that ``recoverableExcess`` multiplies.
  var fewestAllowedPoints = 0.1

  // MARK: Repair of a network that lost too much

  /// Smallest factor by which a repair raises the density.
  var leastRegrowthFactor = 1.5
  /// Largest factor by which weights are regrown one by one; beyond it most would start at zero, chosen by one gradient.
  var mostRegrowthFactor = 3.0
  /// Epochs of a repair by a new gradual pruning, as a multiple of those of a retraining.
  var pruningEpochsPerRepair = 2.0
  /// Largest drop, as a multiple of the allowed drop, from which retraining without regrown weights is tried.
  var tunableExcess = 2.0
  /// Largest number of networks of one gradual pruning that keep the limit without being likely to be certified.
  var holdingCandidates = 3

  // MARK: Steps after the first gradual pruning

  /// Factor of the density at the first step.
  var firstStepFactor = 0.75
  /// Smallest factor of the density at one step.
  var boldestStepFactor = 0.4
  /// Factor of the density at which steps are too gentle to continue.
  var gentlestStepFactor = 0.95

  // MARK: Candidates and certificate

  /// Largest number of candidates kept; bounds the memory.
  var keptCandidates = 6
  /// Share of the error probability for the test of a safe first candidate.
  var firstTestShare = 0.5
  /// Smallest probability of passing of a network that counts as likely to be certified.
  var likelyPass = 0.8
  /// Probability of passing of the densest candidate below which a fallback candidate is added.
  var safeFallbackPass = 0.9
  /// Largest sparsity of the fallback candidate.
  var fallbackSparsity = 0.25
}
