@_exported public import ModelZoo
// One import gives a caller the vocabulary: graphs and files, data, features, predictors, the loop, the archive.
@_exported public import ONNXFormat
@_exported public import Presets
@_exported public import PruneArchive
@_exported public import PruneController
@_exported public import PruneCore
@_exported public import PruneData
@_exported public import PruneFeatures
@_exported public import PrunePredictor
@_exported public import PruneSurgery
