import CTorch
import Foundation
import PruneCore
import Testing

@testable import TorchBackend

@Suite("The C shim")
struct ShimTests {
  @Test("a failing call returns its status and a message, and writes no result")
  func failures() throws {
    let calls = FailingCall.all()
    #expect(calls.count > 100)
    #expect(Set(calls.map(\.status.rawValue)).count == 4, "every status but CT_OK")
    let operands = try ShimOperands()
    for call in calls {
      let answer = call.answer(operands)
      #expect(answer.status == call.status, "\(call.name)")
      let message = answer.message ?? "no message"
      #expect(message.contains(call.words), "\(call.name): \(message)")
      #expect(!message.contains("Exception raised from"), "\(call.name) shows a backtrace")
      #expect(!answer.hasWrittenResult, "\(call.name)")
    }
  }

  @Test("a caller may do without the message")
  func withoutMessage() throws {
    var result = ct_tensor()
    let missing = ct_tensor_alias(&result, ct_tensor(), nil)
    #expect(missing == CT_BAD_ARGUMENT)
    let refused = ct_concatenate(&result, ct_tensors(), 0, nil)
    #expect(refused == CT_FAILED)
    #expect(result.impl == nil)
  }

  @Test("\"none\" and no string are freed without effect")
  func freeingNothing() {
    ct_tensor_free(ct_tensor())
    ct_string_free(nil)
  }

  @Test("a description or a number that cannot be had is not written")
  func plainResults() throws {
    let operands = try ShimOperands()
    var description = ct_description()
    description.rank = 77
    let described = ct_describe(&description, ct_tensor(), nil)
    #expect(described == CT_BAD_ARGUMENT)
    #expect(description.rank == 77)
    var number = 0.5
    let missing = ct_item(&number, ct_tensor(), nil)
    let many = ct_item(&number, operands.matrix.handle, nil)
    #expect(missing == CT_BAD_ARGUMENT)
    #expect(many == CT_FAILED)
    #expect(number == 0.5)
    let single = ct_item(&number, operands.scalar.handle, nil)
    #expect(single == CT_OK)
    #expect(number == 7)
  }

  @Test("denormal numbers are zero on every thread, whichever made the engine")
  func denormals() async throws {
    _ = try TorchEngine(threads: 1)
    let product: Double = try await withCheckedThrowingContinuation { continuation in
      Thread {
        #if os(Linux) && arch(x86_64)
          // A new thread has the settings of the one that started it, which may flush already.
          var environment = fenv_t()
          fegetenv(&environment)
          environment.__mxcsr &= ~0x8040
          fesetenv(&environment)
        #endif
        continuation.resume(
          with: Result {
            let small = try TorchTensor([1e-20] as [Float], type: CT_FLOAT32, shape: [])
            let square = try shim("product", keeping: small) {
              ct_binary(&$0, CT_MULTIPLY, small.handle, small.handle, $1)
            }
            var value = -1.0
            try check("item", keeping: square) { ct_item(&value, square.handle, $0) }
            return value
          })
      }.start()
    }
    // 1e-40 is denormal.
    #expect(product == 0)
  }

  @Test("a refused change in place changes nothing")
  func refusedChanges() throws {
    let operands = try ShimOperands()
    let (matrix, vector) = (operands.matrix, operands.vector)
    let before = try matrix.host()
    #expect(ct_tensor_assign(matrix.handle, vector.handle, nil) == CT_BAD_ARGUMENT)
    #expect(ct_apply_mask(matrix.handle, vector.handle, nil) == CT_FAILED)
    #expect(try matrix.host() == before)

    var values = [Float](repeating: -1, count: 4)
    let status = values.withUnsafeMutableBytes {
      ct_tensor_read(matrix.handle, $0.baseAddress, $0.count, nil)
    }
    #expect(status == CT_BAD_ARGUMENT)
    #expect(values == [-1, -1, -1, -1])

    // A gradient is there, but the momentum has another size.
    try check("record", keeping: matrix) { ct_set_requires_gradient(matrix.handle, true, $0) }
    let recorded = ct_set_recording(true)
    let sum = try shim("sum", keeping: matrix) {
      ct_reduce(&$0, CT_REDUCE_SUM, matrix.handle, ct_extents(), false, $1)
    }
    _ = ct_set_recording(recorded)
    try check("backward", keeping: sum) { ct_backward(sum.handle, $0) }
    var optimizer = ct_optimizer()
    optimizer.learning_rate = 1
    let error = #expect(throws: EngineError.self) {
      try check("step", keeping: matrix, vector) { message in
        [matrix].withHandles { parameters in
          [vector].withHandles { states in
            [ct_tensor()].withUnsafeBufferPointer {
              ct_optimizer_step(
                optimizer, parameters, states, states,
                ct_tensors(values: $0.baseAddress, count: 1), message)
            }
          }
        }
      }
    }
    #expect(error?.description.contains("differ in size") == true)
    #expect(try matrix.host() == before)
  }

  @Test("Swift's wrappers throw the message with the operation's name")
  func wrappers() throws {
    let operands = try ShimOperands()
    let missing = "a required tensor is missing"
    #expect(throws: EngineError.failed(operation: "one", node: "", message: missing)) {
      try shim("one") { ct_tensor_alias(&$0, ct_tensor(), $1) }
    }
    #expect(throws: EngineError.failed(operation: "two", node: "", message: missing)) {
      try shim("two", yielding: 2) { ct_top_k($0, $0 + 1, ct_tensor(), 1, 0, true, $1) }
    }
    #expect(throws: EngineError.failed(operation: "none", node: "", message: missing)) {
      try check("none") { ct_backward(ct_tensor(), $0) }
    }
    #expect(throws: EngineError.outOfMemory(operation: "fill", node: "")) {
      try shim("fill", keeping: operands.scalar) { out, message in
        [1 << 60].withExtents { ct_filled(&out, operands.scalar.handle, $0, message) }
      }
    }
    let node = Node("TopK", name: "best", inputs: ["x"], outputs: ["y"])
    #expect(
      EngineError.failed(operation: "two", node: "", message: missing).located(at: node)
        == .failed(operation: "TopK", node: node.label, message: missing))
    #expect(
      EngineError.outOfMemory(operation: "fill", node: "").located(at: node)
        == .outOfMemory(operation: "TopK", node: node.label))
    let known = EngineError.failed(operation: "Add", node: "first", message: "m")
    #expect(known.located(at: node) == known)
  }
}

/// The number of live tensors is the whole process's, so it is followed in a process where nothing else runs: the test
/// starts its own executable again.
@Suite("The C shim leaks nothing", .serialized)
struct ShimLeakTests {
  private static let marker = "AUTOPRUNE_COUNT_LIVE_TENSORS"
  private static let reportPath = ProcessInfo.processInfo.environment[marker]

  @Test(
    "in a process of its own", .disabled(if: reportPath != nil),
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/exe"), "needs /proc"))
  func countApart() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("shim-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (report, output) = (folder.appending(path: "report"), folder.appending(path: "output"))
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "ShimLeakTests", "--no-parallel",
    ]
    process.environment = ProcessInfo.processInfo.environment
      .merging([Self.marker: report.path]) { $1 }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    // Written after the last expectation: all calls were made.
    #expect(
      try String(contentsOf: report, encoding: .utf8) == "\(FailingCall.all().count)", "\(text)")
  }

  @Test("counted", .enabled(if: reportPath != nil))
  func count() throws {
    let start = ct_live_tensors()
    var counted = 0
    do {
      let operands = try ShimOperands()
      #expect(ct_live_tensors() == start + 5)
      for call in FailingCall.all() {
        let before = ct_live_tensors()
        for _ in 0..<3 { _ = call.answer(operands) }
        #expect(ct_live_tensors() == before, "\(call.name)")
        counted += 1
      }
      let pair = try shim("top", yielding: 2, keeping: operands.matrix) {
        ct_top_k($0, $0 + 1, operands.matrix.handle, 1, 1, true, $1)
      }
      #expect(ct_live_tensors() == start + 7)
      #expect(try pair[0].host().floats == [3, 6])
      #expect(try pair[1].integers() == [2, 2])
      withExtendedLifetime((operands, pair)) {}
    }
    #expect(ct_live_tensors() == start)
    let report = try #require(Self.reportPath)
    try Data("\(counted)".utf8).write(to: URL(fileURLWithPath: report))
  }
}
