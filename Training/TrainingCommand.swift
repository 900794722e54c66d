import ArgumentParser

@main
struct TrainingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Training",
    abstract:
      "Make the archive behind the shipped presets, the presets, and the tables that judge them.",
    subcommands: [
      CampaignCommand.self, UnitsCommand.self, PatternsCommand.self, HeldOutCommand.self,
      LearningCurveCommand.self, FitSignalsCommand.self,
      CalibrateCommand.self,
    ],
    defaultSubcommand: CampaignCommand.self)
}
