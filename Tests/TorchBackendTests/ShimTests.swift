import Testing

@testable import TorchBackend

@Suite("Shim", .serialized)
struct ShimTests {
}
