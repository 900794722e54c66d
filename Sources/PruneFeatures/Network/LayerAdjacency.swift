public import PruneCore

/// Which prunable layers read the output of which, channel by channel.
///
/// A path counts where every operator between two layers keeps channels in place: element-wise
/// arithmetic and activations (a residual addition keeps both branches in place), normalisation,
/// pooling, and flattening, where each channel becomes a run of consecutive inputs. Paths through
/// anything else (concatenation, transposition, attention) are left out, and so are layers whose
/// outputs are no channels (gates, transposed convolutions).
public struct LayerAdjacency: Hashable, Sendable {
  /// A layer that reads another one's outputs.
  public struct Reader: Hashable, Sendable {
    /// Position in the list of layers.
    public let layer: Int
    /// Output `c` of the producer is inputs `c · inputsPerOutput ..< (c + 1) · inputsPerOutput` of
    /// the reader, counted over all groups.
    public let inputsPerOutput: Int

    package init(layer: Int, inputsPerOutput: Int) {
      self.layer = layer
      self.inputsPerOutput = inputsPerOutput
    }
  }

  /// Per layer; `nil` where no reader is known.
  public let readers: [[Reader]?]

  package init(readers: [[Reader]?]) { self.readers = readers }

  /// Nothing is known of `count` layers.
  public init(unknownFor count: Int) { readers = [[Reader]?](repeating: nil, count: count) }

  /// Follows every layer's output through the graph.
  ///
  /// - Parameter layers: of this graph; positions in the result are those in this list.
  public init(graph: Graph, layers: [PrunableLayer]) {
    let walk = AdjacencyWalk(graph: graph, layers: layers)
    readers = layers.indices.map { index in
      let found = walk.readers(of: index)
      return found.isEmpty ? nil : found
    }
  }

  /// The layers that `layer` reads, with the number of its inputs per output of theirs.
  public func producers(of layer: Int) -> [(layer: Int, inputsPerOutput: Int)] {
    readers.enumerated().flatMap { producer, readers in
      (readers ?? []).filter { $0.layer == layer }.map { (producer, $0.inputsPerOutput) }
    }
  }
}
