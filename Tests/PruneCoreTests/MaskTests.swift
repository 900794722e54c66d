import PruneCore
import PruneSupport
import Testing

@Suite("Mask")
struct MaskTests {
  @Test func keepsTheHighest() {
    let mask = Mask(keeping: 2, of: [0.1, 3, 2, 0])
    #expect(mask.kept == [false, true, true, false])
    #expect(mask.keptCount == 2)
    #expect(mask.density == 0.5)
    #expect(mask.sparsity == 0.5)
  }

  @Test func tiesKeepTheLowerIndex() {
    #expect(Mask(keeping: 2, of: [1, 1, 1, 1]).kept == [true, true, false, false])
  }

  @Test func bothEnds() {
    #expect(Mask(keeping: 0, of: [1, 2]).kept == [false, false])
    #expect(Mask(keeping: 2, of: [1, 2]) == Mask(keepingAll: 2))
    #expect(Mask([]).density == 1)
  }

  @Test("keeps exactly as many as asked, none below one that goes", arguments: 0..<20)
  func property(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let saliency = (0..<100).map { _ in Float(random.uniform()) }
    let count = Int.random(in: 1..<100, using: &random)
    let mask = Mask(keeping: count, of: saliency)
    #expect(mask.keptCount == count)
    let kept = saliency.indices.filter { mask.kept[$0] }.map { saliency[$0] }
    let removed = saliency.indices.filter { !mask.kept[$0] }.map { saliency[$0] }
    #expect((kept.min() ?? 0) >= (removed.max() ?? 1))
  }

  @Test func sets() {
    var set = MaskSet(["a": Mask([true, false]), "b": Mask([false, false])])
    #expect(set.count == 4)
    #expect(set.keptCount == 1)
    #expect(set.sparsity == 0.75)
    set["b"] = nil
    #expect(set.byParameter == ["a": [true, false]])
    #expect(MaskSet().sparsity == 0)
  }
}
