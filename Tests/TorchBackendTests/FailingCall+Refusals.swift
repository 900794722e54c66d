import CTorch

@testable import TorchBackend

/// Calls whose operands are there but do not fit, and calls that C++ gives up.
extension FailingCall {
  static func badArguments() -> [FailingCall] {
    func bad(_ name: String, _ words: String, _ body: @escaping Body) -> FailingCall {
      FailingCall(name, CT_BAD_ARGUMENT, words, body)
    }
    func create(_ extents: [Int], _ type: ct_type, _ bytes: Int) -> Body {
      { _, out, message in
        extents.withExtents { ct_tensor_create(out, type, $0, nil, bytes, message) }
      }
    }
    return [
      bad("negative extent", "negative extent", create([-1], CT_FLOAT32, 0)),
      bad("overflowing extents", "overflow", create([.max, .max], CT_FLOAT32, 0)),
      bad("half an element", "as many elements", create([1], CT_FLOAT32, 6)),
      bad("too few bytes", "as many elements", create([2, 3], CT_FLOAT64, 24)),
      bad("type of creation", "unknown element type", create([1], ct_type(rawValue: 99), 4)),
      bad("type of cast", "unknown element type") {
        ct_cast($1, $0.matrix.handle, ct_type(rawValue: 99), $2)
      },
      bad("channels last of a matrix", "four axes") { ct_channels_last($1, $0.matrix.handle, $2) },
      bad("assign another shape", "differ in shape") {
        ct_tensor_assign($0.matrix.handle, $0.vector.handle, $2)
      },
      bad("read too little", "does not fit") { ct_tensor_read($0.matrix.handle, nil, 4, $2) },
      bad("threads", "must not be negative") { ct_configure(-1, $2) },
      bad("k", "larger than the axis") {
        ct_top_k($1, $1 + 1, $0.matrix.handle, 4, 1, true, $2)
      },
      bad("fill value", "one element") { ct_filled($1, $0.matrix.handle, ct_extents(), $2) },
      bad("dropout ratio", "0 ... 1") {
        ct_dropout($1, $1 + 1, $0.matrix.handle, 1.5, 0, $2)
      },
      bad("repeats", "one repeat per axis") { operands, out, message in
        [2].withExtents { ct_tile(out, operands.matrix.handle, $0, message) }
      },
      bad("step of a slice", "step is zero") { ct_slice($1, $0.matrix.handle, 0, 0, 0, 2, $2) },
      bad("end of a slice", "leaves the axis") { ct_slice($1, $0.matrix.handle, 1, 0, 2, 3, $2) },
      bad("index", "an index is out of range") {
        ct_gather($1, $0.matrix.handle, $0.indices.handle, 1, $2)
      },
      bad("axis of a gather", "axis is out of range") {
        ct_gather_elements($1, $0.matrix.handle, $0.indices.handle, 2, $2)
      },
      bad("pads", "two pads per axis") { operands, out, message in
        [1].withExtents {
          ct_pad(out, operands.matrix.handle, CT_PAD_CONSTANT, $0, $0, none, message)
        }
      },
      bad("size of an expansion", "too large") { operands, out, message in
        [1 << 20, 1 << 20].withExtents {
          ct_expand(out, operands.scalar.handle, $0, message)
        }
      },
      bad("step of a range", "step is zero") { operands, out, message in
        var zero = ct_tensor()
        let made = ct_zeros_like(&zero, operands.scalar.handle, message)
        guard made == CT_OK else { return made }
        defer { ct_tensor_free(zero) }
        return ct_range(out, operands.scalar.handle, operands.scalar.handle, zero, message)
      },
      bad("depth", "depth is out of range") {
        ct_one_hot($1, $0.indices.handle, -1, $0.vector.handle, 0, $2)
      },
      bad("equation", "equation is missing") { ct_einsum($1, nil, ct_tensors(), $2) },
      bad("window", "spatial axes") {
        ct_convolution($1, $0.image.handle, $0.image.handle, none, ct_window(), 1, false, $2)
      },
      bad("axis of a normalization", "axis is out of range") {
        ct_layer_normalization($1, $1 + 1, $1 + 2, $0.matrix.handle, none, none, 2, 0, $2)
      },
      bad("groups", "divide into the groups") {
        ct_group_normalization($1, $0.image.handle, 3, none, none, 0, $2)
      },
      bad("columns", "four axes") { ct_feature_rows($1, $0.matrix.handle, $2) },
      bad("labels", "[rows, classes]") {
        ct_cross_entropy($1, $0.matrix.handle, $0.matrix.handle, 0, $2)
      },
      bad("target", "differ in size") {
        ct_mean_squared_error($1, $0.matrix.handle, $0.vector.handle, $2)
      },
      bad("loss", "one element") { ct_backward($0.matrix.handle, $2) },
      bad("optimizer's arrays", "differ in length") { operands, _, message in
        lend([operands.matrix.handle]) {
          ct_optimizer_step(ct_optimizer(), $0, ct_tensors(), ct_tensors(), $0, message)
        }
      },
    ]
  }

  static func refusedByLibtorch() -> [FailingCall] {
    func refused(_ name: String, _ words: String, _ body: @escaping Body) -> FailingCall {
      FailingCall(name, CT_FAILED, words, body)
    }
    return [
      refused("product of misfits", "shapes cannot be multiplied") {
        ct_matmul($1, $0.matrix.handle, $0.matrix.handle, false, $2)
      },
      refused("sum of misfits", "size of tensor") {
        ct_binary($1, CT_ADD, $0.matrix.handle, $0.vector.handle, $2)
      },
      refused("axis of softmax", "out of range") {
        ct_softmax($1, $0.matrix.handle, 5, false, $2)
      },
      refused("nothing to concatenate", "non-empty") {
        ct_concatenate($1, ct_tensors(), 0, $2)
      },
      refused("malformed equation", "einsum") { operands, out, message in
        lend([operands.matrix.handle]) { ct_einsum(out, "i,j->k", $0, message) }
      },
      refused("gradient of integers", "floating point") {
        ct_set_requires_gradient($0.indices.handle, true, $2)
      },
    ]
  }

  /// 2⁶² bytes, more than an address space holds.
  static func withoutMemory() -> [FailingCall] {
    [
      FailingCall("memory of libtorch", CT_OUT_OF_MEMORY, "memory") { operands, out, message in
        [1 << 60].withExtents { ct_filled(out, operands.scalar.handle, $0, message) }
      },
      FailingCall("memory of C++", CT_OUT_OF_MEMORY, "memory") {
        ct_concatenate($1, ct_tensors(values: nil, count: 1 << 59), 0, $2)
      },
    ]
  }

  /// The standard library throws for more handles than a vector can have, and libtorch throws one of its errors for a
  /// shape that does not fit.
  static func thrown() -> [FailingCall] {
    [
      FailingCall("reshape", CT_INTERNAL, "invalid for input of size 6") { operands, out, message in
        [4].withExtents { ct_reshape(out, operands.matrix.handle, $0, message) }
      },
      FailingCall("exception of C++", CT_INTERNAL, "vector") {
        ct_concatenate($1, ct_tensors(values: nil, count: .max), 0, $2)
      },
    ]
  }
}
