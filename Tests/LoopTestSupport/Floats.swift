package import PruneCore

/// A `float32` tensor from literals, which may look like integers.
package func floats(_ values: [Float], _ shape: [Int]) -> HostTensor {
  HostTensor(values, shape: shape)
}
