import ONNXFormat
import PruneCore
import Testing

@testable import TorchBackend

/// Compares the engine with onnxruntime and with the ONNX package's node tests.
///
/// `Golden/make_models.py FOLDER` writes the models; without them these tests are skipped.
@Suite(
  "golden models",
  .enabled(if: !GoldenFolder.models.isEmpty, "run Golden/make_models.py .build-golden first"),
  .serialized)
struct GoldenModelTests {
  @Test(
    "agrees on every model",
    arguments: GoldenFolder.present(["built", "network", "torch", "backend", "shared"]))
  func agreement(_ origin: String) throws {
    let engine = try TorchEngine(threads: 1)
    var agreed = 0
    for model in GoldenFolder.models(of: origin)
    where !RefusedModels.isReadDifferently(model.name) {
      if let reason = RefusedModels.reason(model.name) {
        #expect(throws: EngineError.self, "\(model.name) is listed as refused: \(reason)") {
          try outputs(of: model, on: engine)
        }
        continue
      }
      do {
        let agreement = Agreement(
          try outputs(of: model, on: engine), try model.tensors(model.outputs),
          tolerance: model.tolerance)
        if let difference = agreement.disagreement {
          Issue.record("\(model.name): \(difference)")
        } else {
          agreed += 1
        }
      } catch {
        Issue.record("\(model.name): \(error)")
      }
    }
    #expect(agreed > 0, "no model of \(origin) agrees")
  }

  @Test(
    "runs five examples as it runs each alone",
    arguments: GoldenFolder.present(["network", "torch", "shared"]))
  func batches(_ origin: String) throws {
    let engine = try TorchEngine(threads: 1)
    var compared = 0
    for model in GoldenFolder.models(of: origin) {
      guard let inputs = model.batchedInputs, let outputs = model.batchedOutputs else { continue }
      do {
        let program = try engine.prepare(try ONNXReader().read(model.url))
        let actual = try engine.run(program, on: try model.tensors(inputs))
        let agreement = Agreement(
          actual, try model.tensors(outputs), tolerance: model.tolerance)
        if let difference = agreement.disagreement {
          Issue.record("\(model.name): \(difference)")
        }
        compared += 1
      } catch {
        Issue.record("\(model.name): \(error)")
      }
    }
    #expect(compared > 0)
  }

  @Test(
    "agrees after being written back",
    arguments: GoldenFolder.present(["network", "torch", "shared"]))
  func roundTrip(_ origin: String) throws {
    let engine = try TorchEngine(threads: 1)
    #expect(!GoldenFolder.models(of: origin).isEmpty)
    for model in GoldenFolder.models(of: origin) {
      let bytes = try ONNXWriter().encode(try ONNXReader().read(model.url))
      let program = try engine.prepare(try ONNXReader().read(bytes))
      let actual = try engine.run(program, on: try model.tensors(model.inputs))
      let agreement = Agreement(
        actual, try model.tensors(model.outputs), tolerance: model.tolerance)
      #expect(agreement.disagreement == nil, "\(model.name)")
    }
  }

  private func outputs(of model: GoldenModel, on engine: TorchEngine) throws -> [HostTensor] {
    let program = try engine.prepare(try ONNXReader().read(model.url))
    return try engine.run(program, on: try model.tensors(model.inputs))
  }
}
