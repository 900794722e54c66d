import ArgumentParser
import AutoPrune

/// Whether the weights left make up for those that go.
struct CompensationArguments: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Prune in stages after each of which the weights left make up for those that went, by least squares and without training; kept where the loss on held-out examples falls. `prune` does without fine-tuning, `sweep` does not, unless told."
    ))
  var compensate: Bool?

  @Flag(help: "With compensation: a bounded number of gradient steps after each stage.")
  var firstOrder = false

  func validate() throws {
    if firstOrder, compensate == false {
      throw ValidationError("--first-order is a part of compensation; leave --no-compensate out")
    }
  }

  func compensation(default isOn: Bool) -> Compensation {
    if firstOrder { return .firstOrder }
    return compensate ?? isOn ? .closedForm : .none
  }
}
