import PruneCore
import PruneFeatures

/// A binary tree of threshold tests on raw feature columns and the target sparsity.
public struct SplitTree: Hashable, Sendable, Codable {
  /// Depth of the deepest tree that is read or grown.
  public static let maximumDepth = 32

  /// A test, or a leaf where ``feature`` is −1.
  public struct Node: Hashable, Sendable, Codable {
    /// Position in ``SplitTree/featureNames``; their count means the target sparsity; −1 marks a leaf.
    public var feature: Int
    /// Threshold: smaller values and NaN belong to the left child.
    public var threshold: Float
    /// Position of the left child in ``SplitTree/nodes``, larger than this node's own; 0 in leaves.
    public var left: Int
    /// Position of the right child, for values at or above the threshold; see ``left``.
    public var right: Int

    /// - Precondition: children come after their parent in the tree's nodes; `Node.leaf` makes a node without.
    public init(feature: Int, threshold: Float, left: Int, right: Int) {
      self.feature = feature
      self.threshold = threshold
      self.left = left
      self.right = right
    }

    /// A node without children.
    public static let leaf = Node(feature: -1, threshold: 0, left: 0, right: 0)
    /// `true` for a node without a test.
    public var isLeaf: Bool { feature < 0 }
  }

  /// Raw columns that nodes test, each once.
  public var featureNames: [String]
  /// Map from the target density to a value to test.
  public var targetSparsity: TargetSparsity
  /// Nodes, the root first.
  public var nodes: [Node]

  /// - Precondition: children come after their parents, each node has one parent.
  public init(
    featureNames: [String], targetSparsity: TargetSparsity = .standard, nodes: [Node] = [.leaf]
  ) {
    self.featureNames = featureNames
    self.targetSparsity = targetSparsity
    self.nodes = nodes
    precondition(problem == nil, problem ?? "")
  }

  /// Number of leaves, at least 1.
  public var leafCount: Int { nodes.count(where: \.isLeaf) }

  /// Number of each leaf in the order of ``nodes``; −1 for inner nodes.
  var leafNumbers: [Int] {
    var next = 0
    return nodes.map { node in
      guard node.isLeaf else { return -1 }
      next += 1
      return next - 1
    }
  }

  /// Position in ``nodes`` of the leaf that a weight with these values falls into.
  func leaf(sparsity: Float, value: (Int) -> Float) -> Int {
    var position = 0
    while !nodes[position].isLeaf {
      let node = nodes[position]
      let tested = node.feature == featureNames.count ? sparsity : value(node.feature)
      position = tested >= node.threshold ? node.right : node.left
    }
    return position
  }

  /// Leaf number of every weight, `[layers][weights of the layer]`.
  func leafNumbers(of table: FeatureTable, targetDensity: Double) -> [[Int]] {
    let order = featureNames.map { table.columnIndex(of: $0) }
    let sparsity = Float(targetSparsity.coordinate(density: targetDensity))
    let numbers = leafNumbers
    return table.layers.map { layer in
      let columns = order.map { layer.columns[$0] }
      return (0..<layer.layer.count).map { weight in
        numbers[leaf(sparsity: sparsity) { columns[$0][weight] }]
      }
    }
  }

  /// Conditions from the root to a weight's leaf, as text.
  func path(of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double)
    -> [String]
  {
    let sparsity = Float(targetSparsity.coordinate(density: targetDensity))
    var path: [String] = []
    var position = 0
    while !nodes[position].isLeaf {
      let node = nodes[position]
      let isSparsity = node.feature == featureNames.count
      let name = isSparsity ? "target sparsity coordinate" : featureNames[node.feature]
      let tested =
        isSparsity ? sparsity : table.layers[layer].columns[table.columnIndex(of: name)][weight]
      let goesRight = tested >= node.threshold
      path.append("\(name) = \(tested) \(goesRight ? ">=" : "<") \(node.threshold)")
      position = goesRight ? node.right : node.left
    }
    return path
  }

  /// Description of an inconsistency, for messages; `nil` where there is none.
  var problem: String? {
    if nodes.isEmpty { return "the tree has no nodes" }
    if Set(featureNames).count != featureNames.count { return "a feature is named twice" }
    var depth = [Int](repeating: -1, count: nodes.count)
    depth[0] = 0
    for (index, node) in nodes.enumerated() {
      if depth[index] < 0 { return "tree node \(index) has no parent before it" }
      if depth[index] > Self.maximumDepth { return "the tree is deeper than \(Self.maximumDepth)" }
      if node.isLeaf { continue }
      if node.feature > featureNames.count || !node.threshold.isFinite {
        return "tree node \(index) tests feature \(node.feature) against \(node.threshold)"
      }
      for child in [node.left, node.right] {
        guard child > index, child < nodes.count, depth[child] < 0 else {
          return "tree node \(index) has the impossible child \(child)"
        }
        depth[child] = depth[index] + 1
      }
    }
    return nil
  }
}
