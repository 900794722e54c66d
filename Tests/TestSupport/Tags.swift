public import Testing

extension Tag {
  /// Compares with values from an independent source.
  @Tag public static var golden: Self
  /// Takes seconds; runs when `AUTOPRUNE_SLOW_TESTS` is set.
  @Tag public static var slow: Self
  /// Needs an engine other than the reference.
  @Tag public static var engine: Self
  /// States a law that holds for drawn inputs.
  @Tag public static var property: Self
}
