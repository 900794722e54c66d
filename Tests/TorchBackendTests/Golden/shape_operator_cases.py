"""Graphs of one operator each: shape work, indexing, selection, reductions, Einsum and If."""

import numpy as np
from onnx import TensorProto, helper

from network_operator_cases import case, variants

INDEX = np.int64


@case(opsets=(7, 13, "newest"))
def reshape_zero_and_free(b):
    b.output(b.reshape(b.input(b.normal(2, 3, 4)), [0, -1]))


@case(opsets=(14, "newest"))
def reshape_allow_zero(b):
    b.output(b.reshape(b.input(b.normal(2, 3, 4)), [6, 4], allowzero=1))


@variants(opsets=(7, "newest"), zero=0, one=1, two=2, all=3)
def flatten(b, axis):
    b.output(b.op("Flatten", b.input(b.normal(2, 3, 4)), axis=axis))


@variants(opsets=(7, "newest"), default={}, permuted=dict(perm=[1, 2, 0, 3]))
def transpose(b, attributes):
    b.output(b.op("Transpose", b.input(b.normal(2, 3, 4, 5)), **attributes))


@variants(opsets=(7, "newest"), one=1, last=2)
def concat(b, axis):
    x, y = b.input(b.normal(2, 3, 4)), b.input(b.normal(2, 3, 4))
    b.output(b.op("Concat", x, y, b.const(b.normal(2, 3, 4)), axis=axis))


@case(opsets=(7, 11, 13, "newest"))
def split_sizes(b):
    b.output(*b.split(b.input(b.normal(2, 7, 3)), [1, 4, 2], 1))


@case(opsets=(7, 13))
def split_even(b):
    b.output(*b.op("Split", b.input(b.normal(2, 6, 3)), count=3, axis=1))


@case(opsets=(18, "newest"))
def split_number(b):
    b.output(*b.op("Split", b.input(b.normal(2, 7, 3)), count=3, axis=-2, num_outputs=3))


@case(opsets=(7, 9, 10, 13, "newest"))
def slice_plain(b):
    x = b.input(b.normal(4, 6, 5))
    b.output(b.slice(x, [1, -4], [2**62 if b.opset > 9 else 2**31 - 1, -1], [1, 2]))


@variants(opsets=(10, 13, "newest"), reverse=([-1], [-(2**63)], [2], [-1]),
          stepped=([5, 0], [0, 5], [1, 2], [-2, 2]), empty_ends=([10], [-10], [1], [-3]))
def slice_steps(b, option):
    b.output(b.slice(b.input(b.normal(4, 6, 5)), *option))


@variants(opsets=(7, 11, "newest"), axis0=0, axis1=1)
def gather(b, axis):
    x = b.input(b.normal(4, 5, 3))
    low = -2 if b.opset >= 11 else 0
    b.output(b.op("Gather", x, b.const(np.array([[0, 3], [2, low]], INDEX)), axis=axis))


@case(opsets=(7, "newest"))
def gather_scalar(b):
    b.output(b.op("Gather", b.input(b.normal(4, 5, 3)), b.const(INDEX(2)), axis=1))


@case(opsets=(7, "newest"))
def embedding(b):
    x = b.input(np.array([[1, 5, 2], [0, 9, 9]], INDEX))
    b.output(b.op("Gather", b.weight(10, 4), x))


@variants(opsets=(11, "newest"), zero=0, one=1, last=-1)
def gather_elements(b, axis):
    x = b.input(b.normal(3, 4, 5))
    b.output(b.op(
        "GatherElements", x, b.const(b.random.integers(-3, 3, (2, 3, 4)).astype(INDEX)), axis=axis))


@variants(opsets=(11, 13), full=([[0, 1, 2], [2, -1, 0]],), rows=([[[1], [0]], [[-1], [2]]],))
def gather_nd(b, option):
    b.output(b.op("GatherND", b.input(b.normal(3, 4, 5)), b.const(np.array(option[0], INDEX))))


@case(opsets=(12, "newest"))
def gather_nd_batched(b):
    x = b.input(b.normal(3, 4, 5, 2))
    b.output(b.op("GatherND", x, b.const(np.array([[[1, 2]], [[3, 0]], [[-1, 4]]], INDEX)),
                  batch_dims=1))


@case(opsets=(11, "newest"))
def scatter_nd(b):
    x = b.input(b.normal(4, 5, 3))
    b.output(b.op("ScatterND", x, b.const(np.array([[0, 1], [3, -1]], INDEX)),
                  b.const(b.normal(2, 3))))


@case(opsets=(11, "newest"))
def scatter_elements(b):
    x = b.input(b.normal(3, 5))
    b.output(b.op("ScatterElements", x, b.const(np.array([[1, -1], [0, 2]], INDEX)),
                  b.const(b.normal(2, 2)), axis=1))


@case(opsets=(7, 11, 13, "newest"))
def squeeze_and_unsqueeze(b):
    x = b.input(b.normal(2, 1, 3, 1))
    b.output(b.squeeze(x, [1, 3]), b.unsqueeze(x, [0, 3]), b.op("Squeeze", x))


@case(opsets=(8, "newest"))
def expand(b):
    b.output(b.op("Expand", b.input(b.normal(2, 1, 3)), b.ints([2, 1, 4, 1])))


@case(opsets=(7, "newest"))
def tile(b):
    b.output(b.op("Tile", b.input(b.normal(2, 3, 4)), b.ints([1, 2, 3])))


@variants(opsets=(7, 11, 13, "newest"), constant="constant", reflect="reflect", edge="edge")
def pad(b, mode):
    x = b.input(b.normal(2, 3, 5, 6))
    b.output(b.pad(x, [0, 0, 2, 1, 0, 0, 1, 3], mode, 1.5 if mode == "constant" else 0.0))


@case(opsets=(7, 13))
def pad_channels_and_crop(b):
    b.output(b.pad(b.input(b.normal(2, 3, 5, 6)), [0, 1, -1, 0, 0, 2, 0, -2]))


@variants(opsets=(13, "newest"), reflect="reflect", edge="edge")
def pad_inner_axis(b, mode):
    b.output(b.pad(b.input(b.normal(2, 4, 5)), [0, 2, 0, 0, 1, 0], mode))


@case(opsets=(19, "newest"))
def pad_wrap(b):
    x = b.input(b.normal(2, 3, 5, 6))
    b.output(b.pad(x, [0, 0, 2, 1, 0, 0, 1, 3], "wrap"))


@case(opsets=(18, "newest"))
def pad_axes(b):
    x = b.input(b.normal(2, 3, 5, 6))
    b.output(b.op("Pad", x, b.ints([1, 2, 3, 4]), "", b.ints([3, -2])))


@case(opsets=(7, "newest"), gradient=False)
def shape_and_size(b):
    x = b.input(b.normal(2, 3, 4))
    b.output(b.op("Shape", x), b.op("Size", x))


@variants(opsets=(15, "newest"), gradient=False, tail=dict(start=-2), middle=dict(start=1, end=-1),
          beyond=dict(start=-9, end=9))
def shape_range(b, attributes):
    b.output(b.op("Shape", b.input(b.normal(2, 3, 4)), **attributes))


@case(opsets=(11, "newest"), gradient=False)
def range_values(b):
    x = b.input(b.normal(2, 3))
    limit = b.squeeze(b.slice(b.op("Shape", x), [1], [2], [0]), [0])
    b.output(b.op("Range", b.const(INDEX(0)), limit, b.const(INDEX(1))))
    first, limit, step = (b.const(np.float32(value)) for value in (2, -1, -0.7))
    b.output(b.op("Range", first, limit, step))


@variants(opsets=(7, 13), dcr="DCR", crd="CRD")
def depth_to_space(b, mode):
    attributes = dict(mode=mode) if b.opset >= 11 else {}
    b.output(b.op("DepthToSpace", b.input(b.normal(2, 8, 3, 4)), blocksize=2, **attributes))


@case(opsets=(7, 13))
def space_to_depth(b):
    b.output(b.op("SpaceToDepth", b.input(b.normal(2, 3, 4, 6)), blocksize=2))


@variants(opsets=(7, 11, "newest"), gradient=False, max="ArgMax", min="ArgMin")
def arg(b, kind):
    x = b.input(b.distinct(2, 4, 5))
    b.output(b.op(kind, x, axis=1), b.op(kind, x, axis=2, keepdims=0))


@variants(opsets=(12, 13), gradient=False, first=0, last=1)
def argmax_ties(b, last):
    x = b.input(np.float32([[1, 3, 3, 0], [2, 2, 2, 1]]))
    b.output(b.op("ArgMax", x, axis=1, select_last_index=last))


@case(opsets=(7, 10, 11, "newest"))
def top_k(b):
    x = b.input(b.distinct(3, 7))
    if b.opset < 10:
        b.output(*b.op("TopK", x, count=2, axis=1, k=3))
    else:
        b.output(*b.op("TopK", x, b.ints([3]), count=2, axis=-1))


@case(opsets=(11, "newest"))
def top_k_smallest(b):
    b.output(*b.op("TopK", b.input(b.distinct(3, 7, 2)), b.ints([4]), count=2, axis=1, largest=0))


@variants(opsets=(9, 11), gradient=False, last=-1, first=0)
def one_hot(b, axis):
    x = b.input(np.array([[1, 4, 2], [0, 9, 3]], INDEX))
    b.output(b.op("OneHot", x, b.const(INDEX(6)), b.const(np.float32([0.5, 2])), axis=axis))


@variants(opsets=(11, 14), plain={}, exclusive=dict(exclusive=1), reverse=dict(reverse=1),
          both=dict(reverse=1, exclusive=1))
def cumulative_sum(b, attributes):
    b.output(b.op("CumSum", b.input(b.normal(3, 4, 2)), b.const(np.int32(1)), **attributes))


@variants(opsets=(14,), upper=(1, 1), lower=(0, -1))
def trilu(b, option):
    b.output(b.op("Trilu", b.input(b.normal(2, 4, 5)), b.const(INDEX(option[1])), upper=option[0]))


@case(opsets=(9, 13), gradient=False)
def non_zero(b):
    b.output(b.op("NonZero", b.input(np.float32([[1, 0, 2], [0, 0, 3]]))))


@variants(opsets=(12, "newest"), matmul="bij,bjk->bik", attention="bhqd,bhkd->bhqk",
          implicit="bij, bjk", ellipsis="...ij,...jk->...ik", sum="bij,bjk->b")
def einsum(b, equation):
    heads = equation.startswith("bhqd")
    x = b.input(b.normal(2, 2, 3, 4) if heads else b.normal(2, 3, 4))
    y = b.input(b.normal(2, 2, 5, 4) if heads else b.normal(2, 4, 5))
    b.output(b.op("Einsum", x, y, equation=equation))


@variants(opsets=(12, "newest"), trace="bii->b", transpose="bij->jib", diagonal="...ii->...i")
def einsum_single(b, equation):
    b.output(b.op("Einsum", b.input(b.normal(2, 3, 3)), equation=equation))


def branch(name, operation, value):
    """A subgraph that applies `operation` to the outer value and its own stored tensor."""
    result = f"{name}_result"
    return helper.make_graph(
        [helper.make_node(operation, [value, f"{name}_c"], [result])], name, [],
        [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)],
        [helper.make_tensor(f"{name}_c", TensorProto.FLOAT, [1], [2.5])])


@variants(opsets=(9, 11, 13, "newest"), true=True, false=False)
def if_constant(b, condition):
    x = b.op("Relu", b.input(b.normal(2, 3)))
    b.output(b.op("If", b.const(np.array(condition)), then_branch=branch("then", "Add", x),
                  else_branch=branch("else", "Mul", x)))


@case(opsets=(11, "newest"))
def if_folded(b):
    x = b.input(b.normal(2, 3, 1))
    last = b.op("Gather", b.op("Shape", x), b.const(INDEX(2)))
    b.output(b.op("If", b.op("Equal", last, b.const(INDEX(1))),
                  then_branch=branch("then", "Add", x), else_branch=branch("else", "Mul", x)))


@variants(opsets=(7, 11, 13, 18, "newest"), **{
    kind: kind for kind in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd",
                            "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp")})
def reduce(b, kind):
    x = b.input(b.distinct(2, 3, 4) / 2)
    b.output(b.reduce(kind, x, [1]), b.reduce(kind, x, [-1, 1], keepdims=0))
