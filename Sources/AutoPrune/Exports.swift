// A caller gets by one import the types that `AutoPruner` takes and returns, and what makes or stores them: ONNX files,
// new networks, data sets, archives, presets. `PruneLearning`, which fits presets, is imported by itself.
import GSLNumerics
@_exported public import ModelZoo
@_exported public import ONNXFormat
@_exported public import Presets
@_exported public import PruneArchive
@_exported public import PruneCompensation
@_exported public import PruneController
@_exported public import PruneCore
@_exported public import PruneData
@_exported public import PruneFeatures
@_exported public import PrunePredictor
@_exported public import PruneSelection
@_exported public import PruneSession
@_exported public import PruneSurgery
@_exported public import PruneTraining

extension AutoPruneVersion {
  /// Version of the GNU Scientific Library that is linked.
  public static var gsl: String { GSLLibrary.version }
}
