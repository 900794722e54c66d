"""Graphs of one operator each: convolution, pooling, normalisation, resizing, recurrence.

Every case function takes a Builder and adds nodes, inputs and outputs to it. `CASES` lists
(name, function, opsets, has a gradient).
"""

import numpy as np

CASES = []


def case(opsets=(9, "newest"), gradient=True):
    def register(function):
        CASES.append((function.__name__, function, opsets, gradient))
        return function
    return register


def variants(opsets=(9, "newest"), gradient=True, **options):
    """Registers one case per option; the function gets the option's value."""
    def register(function):
        for label, value in options.items():
            CASES.append((
                f"{function.__name__}_{label}",
                lambda b, value=value: function(b, value), opsets, gradient))
        return function
    return register


@variants(
    opsets=(7, 11, "newest"),
    plain=dict(), strided=dict(strides=[2, 2], pads=[1, 1, 1, 1]),
    asymmetric=dict(pads=[0, 1, 2, 0]), dilated=dict(dilations=[2, 2], pads=[2, 2, 2, 2]),
    same_upper=dict(auto_pad="SAME_UPPER", strides=[2, 2]),
    same_lower=dict(auto_pad="SAME_LOWER", strides=[2, 3]),
    valid=dict(auto_pad="VALID", strides=[2, 1]))
def conv2d(b, attributes):
    x = b.input(b.normal(2, 3, 9, 8))
    b.output(b.op("Conv", x, b.weight(4, 3, 3, 3), b.weight(4, scale=1), **attributes))


@variants(grouped=2, depthwise=4)
def conv2d_groups(b, groups):
    x = b.input(b.normal(2, 4, 7, 6))
    b.output(b.op("Conv", x, b.weight(8, 4 // groups, 3, 2), group=groups, pads=[1, 0, 1, 1]))


@variants(plain=dict(), same=dict(auto_pad="SAME_UPPER", strides=[2]),
          asymmetric=dict(pads=[2, 0], dilations=[2]))
def conv1d(b, attributes):
    x = b.input(b.normal(2, 3, 12))
    b.output(b.op("Conv", x, b.weight(5, 3, 3), b.weight(5, scale=1), **attributes))


@variants(plain=dict(pads=[1, 1, 1, 1, 1, 1]),
          asymmetric=dict(pads=[0, 1, 0, 1, 0, 2], strides=[2, 1, 1]))
def conv3d(b, attributes):
    x = b.input(b.normal(1, 2, 5, 6, 4))
    b.output(b.op("Conv", x, b.weight(3, 2, 3, 2, 3), **attributes))


@variants(
    opsets=(7, 11, "newest"),
    plain=dict(), strided=dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]),
    asymmetric=dict(strides=[2, 2], pads=[0, 1, 2, 0]), dilated=dict(dilations=[2, 1]),
    shape=dict(strides=[2, 3], output_shape=[10, 16]),
    shape_upper=dict(strides=[3, 2], output_shape=[12, 11], auto_pad="SAME_UPPER"),
    same_upper=dict(strides=[2, 2], auto_pad="SAME_UPPER"),
    same_lower=dict(strides=[3, 3], auto_pad="SAME_LOWER"))
def conv_transpose2d(b, attributes):
    x = b.input(b.normal(2, 3, 4, 5))
    b.output(b.op("ConvTranspose", x, b.weight(3, 4, 3, 3), b.weight(4, scale=1), **attributes))


@case()
def conv_transpose2d_grouped(b):
    x = b.input(b.normal(2, 4, 4, 5))
    b.output(b.op("ConvTranspose", x, b.weight(4, 3, 3, 2), group=2, strides=[2, 1]))


@case()
def conv_transpose1d(b):
    x = b.input(b.normal(2, 3, 6))
    b.output(b.op("ConvTranspose", x, b.weight(3, 2, 4), strides=[2], pads=[1, 2]))


@case()
def conv_transpose3d(b):
    x = b.input(b.normal(1, 2, 3, 3, 2))
    b.output(b.op("ConvTranspose", x, b.weight(2, 3, 2, 3, 2), strides=[2, 1, 2]))


POOLS = dict(
    plain=dict(kernel_shape=[2, 2], strides=[2, 2]),
    overlapping=dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    asymmetric=dict(kernel_shape=[3, 2], strides=[1, 2], pads=[0, 1, 2, 0]),
    same_upper=dict(kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
    same_lower=dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_LOWER"),
    valid=dict(kernel_shape=[3, 3], strides=[2, 3], auto_pad="VALID"))
CEIL = dict(
    ceil=dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    ceil_pads=dict(kernel_shape=[3, 3], strides=[3, 2], pads=[1, 1, 1, 1], ceil_mode=1),
    ceil_tail=dict(kernel_shape=[1, 1], strides=[2, 2], ceil_mode=1),
    ceil_asymmetric=dict(kernel_shape=[3, 2], strides=[2, 3], pads=[0, 0, 2, 1], ceil_mode=1))


def pool(kind, b, attributes):
    x = b.input(b.distinct(2, 3, 8, 9))
    b.output(b.op(kind, x, **attributes))


@variants(opsets=(7, 11, "newest"), **POOLS)
def max_pool2d(b, attributes):
    pool("MaxPool", b, attributes)


@variants(
    opsets=(11, "newest"), **CEIL,
    dilated=dict(kernel_shape=[2, 3], dilations=[2, 2], pads=[1, 1, 0, 2]),
    dilated_ceil=dict(kernel_shape=[2, 2], dilations=[3, 2], strides=[2, 2], ceil_mode=1))
def max_pool2d_new(b, attributes):
    pool("MaxPool", b, attributes)


@variants(opsets=(7, 11, "newest"), **POOLS, counted=dict(
    kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
    counted_asymmetric=dict(kernel_shape=[3, 3], pads=[0, 2, 1, 0], count_include_pad=1))
def average_pool2d(b, attributes):
    pool("AveragePool", b, attributes)


@variants(opsets=(11, "newest"), **CEIL, ceil_counted=dict(
    kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1, ceil_mode=1),
    ceil_counted_asymmetric=dict(
        kernel_shape=[3, 3], strides=[3, 2], pads=[0, 1, 1, 0], count_include_pad=1, ceil_mode=1))
def average_pool2d_new(b, attributes):
    pool("AveragePool", b, attributes)


@variants(opsets=("newest",), plain=dict(kernel_shape=[2, 3], dilations=[2, 2]), padded=dict(
    kernel_shape=[2, 2], dilations=[2, 3], pads=[1, 1, 1, 1], strides=[2, 1]))
def average_pool2d_dilated(b, attributes):
    pool("AveragePool", b, attributes)


@variants(max="MaxPool", average="AveragePool")
def pool1d(b, kind):
    x = b.input(b.distinct(2, 3, 11))
    b.output(b.op(kind, x, kernel_shape=[3], strides=[2], pads=[1, 0]))


@variants(max="MaxPool", average="AveragePool")
def pool3d(b, kind):
    x = b.input(b.distinct(2, 2, 5, 4, 6))
    b.output(b.op(kind, x, kernel_shape=[2, 2, 3], strides=[2, 1, 2], pads=[1, 0, 1, 0, 1, 1]))


@variants(opsets=("newest",), two=2, one=1, three=3)
def lp_pool(b, order):
    x = b.input(b.distinct(2, 3, 8, 9) + np.float32(4))
    b.output(b.op("LpPool", x, kernel_shape=[3, 2], strides=[2, 2], p=order))


@variants(average="GlobalAveragePool", max="GlobalMaxPool", lp="GlobalLpPool")
def global_pool(b, kind):
    x = b.input(b.distinct(2, 3, 4, 5))
    b.output(b.op(kind, x))


@case(opsets=(7, 9, 13, 14, 15, "newest"))
def batch_normalization(b):
    x = b.input(b.normal(3, 4, 5, 2))
    b.output(b.op(
        "BatchNormalization", x, b.const(b.normal(4)), b.const(b.normal(4)),
        b.const(b.normal(4)), b.const(b.uniform(4, low=0.5, high=2)), epsilon=1e-3))


@case(opsets=(7, 15))
def batch_normalization_flat(b):
    x = b.input(b.normal(6, 4))
    b.output(b.op(
        "BatchNormalization", x, b.const(b.normal(4)), b.const(b.normal(4)),
        b.const(b.normal(4)), b.const(b.uniform(4, low=0.5, high=2))))


@variants(opsets=(17, "newest"), last=-1, two=2, all=1)
def layer_normalization(b, axis):
    x = b.input(b.normal(2, 3, 4, 5))
    shape = [2, 3, 4, 5][axis:]
    b.output(b.op(
        "LayerNormalization", x, b.const(b.normal(*shape)), b.const(b.normal(*shape)), axis=axis,
        epsilon=1e-4))


@case(opsets=(17,))
def layer_normalization_statistics(b):
    x = b.input(b.normal(2, 3, 4))
    b.output(*b.op("LayerNormalization", x, b.const(b.normal(4)), count=3))


@case(opsets=(7, "newest"))
def instance_normalization(b):
    x = b.input(b.normal(2, 3, 4, 5))
    b.output(b.op(
        "InstanceNormalization", x, b.const(b.normal(3)), b.const(b.normal(3)), epsilon=1e-2))


@case(opsets=(18, 21))
def group_normalization(b):
    x = b.input(b.normal(2, 6, 4, 5))
    length = 6 if b.opset >= 21 else 3
    b.output(b.op(
        "GroupNormalization", x, b.const(b.normal(length)), b.const(b.normal(length)),
        num_groups=3))


@variants(opsets=(23,), last=-1, two=2)
def rms_normalization(b, axis):
    x = b.input(b.normal(2, 3, 4, 5))
    b.output(b.op("RMSNormalization", x, b.const(b.normal(*[2, 3, 4, 5][axis:])), axis=axis))


@variants(opsets=(7, "newest"), three=3, five=5)
def lrn(b, size):
    x = b.input(b.normal(2, 7, 3, 3))
    b.output(b.op("LRN", x, size=size, alpha=0.3, beta=0.75, bias=1.5))


@variants(opsets=(7, "newest"), one=(1, 1), two=(2, -1))
def lp_normalization(b, option):
    x = b.input(b.normal(3, 4, 5))
    b.output(b.op("LpNormalization", x, p=option[0], axis=option[1]))


@case(opsets=(9, "newest"))
def mean_variance_normalization(b):
    x = b.input(b.normal(3, 2, 4, 5))
    b.output(b.op("MeanVarianceNormalization", x, axes=[0, 2, 3]))


@variants(opsets=(7, 9), nearest="nearest", linear="linear")
def upsample(b, mode):
    x = b.input(b.normal(1, 2, 3, 4))
    scales = [1.0, 1.0, 2.0, 3.0]
    if b.opset >= 9:
        b.output(b.op("Upsample", x, b.const(np.float32(scales)), mode=mode))
    else:
        b.output(b.op("Upsample", x, mode=mode, scales=scales))


@variants(opsets=(10,), nearest=("nearest", [2.0, 1.5]), linear=("linear", [1.7, 0.6]))
def resize10(b, option):
    x = b.input(b.normal(1, 2, 5, 6))
    b.output(b.op("Resize", x, b.const(np.float32([1, 1] + option[1])), mode=option[0]))


def resize(b, sizes=None, scales=None, extent=(5, 6), **attributes):
    x = b.input(b.normal(2, 3, *extent))
    if sizes:
        inputs = [x, "", "", b.ints([2, 3] + sizes)]
    else:
        inputs = [x, "", b.const(np.float32([1, 1] + scales))]
    if b.opset < 13:
        inputs = [i if i else b.const(np.zeros(0, np.float32)) for i in inputs]
    b.output(b.op("Resize", *inputs, **attributes))


for mode in ("nearest", "linear", "cubic"):
    for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
        if (mode, coordinates) == ("cubic", "pytorch_half_pixel"):
            continue
        for label, size in (
            ("up", dict(sizes=[9, 7])), ("down", dict(sizes=[3, 4])),
            ("scales", dict(scales=[1.6, 0.7]))):
            CASES.append((
                f"resize_{mode}_{coordinates}_{label}",
                lambda b, mode=mode, coordinates=coordinates, size=size: resize(
                    b, mode=mode, coordinate_transformation_mode=coordinates, **size),
                (11, 13, "newest"), True))
for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
    CASES.append((
        f"resize_nearest_{rounding}",
        lambda b, rounding=rounding: resize(
            b, sizes=[10, 9], mode="nearest", nearest_mode=rounding), (11, "newest"), True))


@variants(opsets=(11, "newest"), half=-0.5, outside=(-0.75, 1))
def resize_cubic(b, option):
    coefficient, outside = option if isinstance(option, tuple) else (option, 0)
    resize(b, scales=[1.3, 2.0], mode="cubic", cubic_coeff_a=coefficient, exclude_outside=outside)


@case(opsets=(11, "newest"))
def resize_linear_cube(b):
    x = b.input(b.normal(1, 2, 3, 4, 3))
    b.output(b.op("Resize", x, b.const(np.zeros(0, np.float32)) if b.opset < 13 else "",
                  b.const(np.float32([1, 1, 2, 1.5, 2])), mode="linear"))


@case(opsets=(11, "newest"))
def resize_linear_line(b):
    x = b.input(b.normal(2, 3, 7))
    b.output(b.op("Resize", x, b.const(np.zeros(0, np.float32)) if b.opset < 13 else "",
                  b.const(np.float32([1, 1, 1.7])), mode="linear"))


@case(opsets=(19,))
def resize_axes(b):
    x = b.input(b.normal(2, 3, 5, 6))
    b.output(b.op("Resize", x, "", b.const(np.float32([2, 0.5])), axes=[2, 3], mode="linear"))


GATES = dict(LSTM=4, GRU=3, RNN=1)


def recurrent(b, kind, direction="forward", bias=True, state=True, lengths=None, layout=0,
              outputs=None, **attributes):
    time, batch, inputs, hidden = 5, 3, 4, 6
    directions = 2 if direction == "bidirectional" else 1
    gates = GATES[kind]
    x = b.input(b.normal(batch, time, inputs) if layout else b.normal(time, batch, inputs))
    operands = [
        x, b.weight(directions, gates * hidden, inputs, scale=0.4),
        b.weight(directions, gates * hidden, hidden, scale=0.4),
        b.weight(directions, 2 * gates * hidden, scale=0.3) if bias else "",
        b.const(np.int32(lengths)) if lengths else ""]
    shape = (batch, directions, hidden) if layout else (directions, batch, hidden)
    if state:
        operands.append(b.const(b.normal(*shape)))
        if kind == "LSTM":
            operands.append(b.const(b.normal(*shape)))
    while operands[-1] == "":
        operands.pop()
    if layout:
        attributes["layout"] = 1
    names = b.op(kind, *operands, count=3 if kind == "LSTM" else 2, hidden_size=hidden,
                 direction=direction, **attributes)
    b.output(*names)


for kind in GATES:
    for direction in ("forward", "reverse", "bidirectional"):
        CASES.append((f"{kind.lower()}_{direction}", lambda b, kind=kind, direction=direction:
                      recurrent(b, kind, direction), (7, "newest"), True))
        CASES.append((
            f"{kind.lower()}_{direction}_lengths", lambda b, kind=kind, direction=direction:
            recurrent(b, kind, direction, lengths=[5, 2, 3]), (7, "newest"), True))
    CASES.append((f"{kind.lower()}_bare", lambda b, kind=kind:
                  recurrent(b, kind, bias=False, state=False), (7, "newest"), True))
for direction in ("forward", "reverse", "bidirectional"):
    CASES.append((f"gru_reset_after_{direction}", lambda b, direction=direction: recurrent(
        b, "GRU", direction, linear_before_reset=1), (7, "newest"), True))
CASES.append(("gru_reset_after_lengths", lambda b: recurrent(
    b, "GRU", "bidirectional", lengths=[1, 5, 4], linear_before_reset=1), (7,), True))
CASES.append(("rnn_relu", lambda b: recurrent(
    b, "RNN", activations=["Relu"]), (7, "newest"), True))
