/// Every feature there is. Presets name features and this registry's version.
///
/// Symbols: `w` weight, `w̃` the same but 0 where it is off; `g` loss gradient of one example; `L`
/// mean loss; `x` input and `y` output of the layer, `a` the activation after it; `E` mean over
/// examples or positions; `W[o, :]` and `W[:, i]` row and column of the connection. Every logarithm's argument is raised to a floor first: a tenth of
/// the 1 % quantile of its positive values in the network, so that an exact zero (a dead unit) lies
/// 2.3 nats below the smallest ordinary values.
public struct FeatureRegistry: Sendable {
  /// Rises when the meaning of any name changes; adding a feature leaves it.
  public static let version = 1

  /// Every feature, family by family.
  public static let descriptors: [FeatureDescriptor] =
    MagnitudeFeatures.descriptors + GradientFeatures.descriptors + ActivationFeatures.descriptors
    + ContextFeatures.descriptors + StateFeatures.descriptors

  /// The feature of a name; `nil` where there is none.
  public static func descriptor(named name: String) -> FeatureDescriptor? {
    descriptors.first { $0.name == name }
  }
}
