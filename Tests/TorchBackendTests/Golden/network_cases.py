"""Whole small networks, one per architecture family, with a symbolic and with a fixed batch."""

import numpy as np
from onnx import TensorProto

NETWORKS = []


def network(*opsets):
    def register(function):
        NETWORKS.append((function.__name__, function, opsets))
        return function
    return register


def dense(b, x, inputs, outputs):
    return b.op("Gemm", x, b.weight(outputs, inputs), b.weight(outputs, scale=0.1), transB=1)


def convolution(b, x, inputs, outputs, size=3, norm=True, groups=1, **attributes):
    x = b.op("Conv", x, b.weight(outputs, inputs // groups, size, size), group=groups,
             pads=[size // 2] * 4, **attributes)
    if not norm:
        return x
    return b.op("BatchNormalization", x, b.const(b.uniform(outputs, low=0.5, high=1.5)),
                b.const(b.normal(outputs, scale=0.1)), b.const(b.normal(outputs, scale=0.1)),
                b.const(b.uniform(outputs, low=0.5, high=1.5)))


def classify(b, x, channels, classes=5):
    x = b.op("Flatten", b.op("GlobalAveragePool", x))
    return b.op("Softmax", dense(b, x, channels, classes), axis=1)


@network(7, 9, 11, 13, 17, "newest")
def mlp(b):
    x = b.op("Flatten", b.input(b.normal(1, 1, 4, 4)))
    x = b.op("Relu", dense(b, x, 16, 12))
    b.output(b.op("Softmax", dense(b, x, 12, 5), axis=1))


@network(7, 13)
def mlp_matmul(b):
    x = b.input(b.normal(1, 16))
    x = b.op("Relu", b.op("Add", b.op("MatMul", x, b.weight(16, 12)), b.const(b.normal(12))))
    b.output(b.op("MatMul", x, b.op("Transpose", b.weight(5, 12), perm=[1, 0])))


@network(7, 13, "newest")
def convolutional(b):
    x = b.input(b.normal(1, 3, 12, 12))
    x = b.op("MaxPool", b.op("Relu", convolution(b, x, 3, 6)), kernel_shape=[2, 2], strides=[2, 2])
    x = b.op("AveragePool", b.op("Relu", convolution(b, x, 6, 8)), kernel_shape=[2, 2],
             strides=[2, 2])
    b.output(dense(b, b.reshape(x, [1, 72]), 72, 5))


@network(7, 13, "newest")
def residual(b):
    x = b.op("Relu", convolution(b, b.input(b.normal(1, 3, 10, 10)), 3, 6))
    y = convolution(b, b.op("Relu", convolution(b, x, 6, 6)), 6, 6)
    x = b.op("Relu", b.op("Add", x, y))
    short = convolution(b, x, 6, 8, size=1, strides=[2, 2])
    y = convolution(b, b.op("Relu", convolution(b, x, 6, 8, strides=[2, 2])), 8, 8)
    b.output(classify(b, b.op("Relu", b.op("Add", short, y)), 8))


@network(11, "newest")
def depthwise(b):
    x = b.input(b.normal(1, 3, 10, 10))
    low, high = b.const(np.float32(0)), b.const(np.float32(6))
    x = b.op("Clip", convolution(b, x, 3, 6, strides=[2, 2]), low, high)
    y = b.op("Clip", convolution(b, x, 6, 12, size=1), low, high)
    y = b.op("Clip", convolution(b, y, 12, 12, groups=12), low, high)
    x = b.op("Add", x, convolution(b, y, 12, 6, size=1))
    b.output(classify(b, x, 6))


@network(9, 13)
def dense_concat(b):
    x, channels = b.input(b.normal(1, 4, 8, 8)), 4
    for _ in range(3):
        x = b.op("Concat", x, b.op("Relu", convolution(b, x, channels, 3)), axis=1)
        channels += 3
    b.output(classify(b, x, channels))


@network(9, 13, "newest")
def shuffle(b):
    x = b.input(b.normal(1, 6, 4, 5))
    x = b.reshape(x, [1, 2, 3, 4, 5])
    x = b.reshape(b.op("Transpose", x, perm=[0, 2, 1, 3, 4]), [1, 6, 4, 5])
    b.output(classify(b, convolution(b, x, 6, 6, groups=2), 6))


@network(11, "newest")
def decoder(b):
    x = b.reshape(dense(b, b.input(b.normal(1, 7)), 7, 48), [-1, 12, 2, 2])
    x = b.op("Relu", b.op("ConvTranspose", x, b.weight(12, 6, 4, 4), strides=[2, 2],
                          pads=[1, 1, 1, 1]))
    x = b.op("ConvTranspose", x, b.weight(6, 3, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1],
             output_padding=[1, 1])
    b.output(b.op("Tanh", x))


@network(11, "newest")
def segmentation(b):
    x = b.input(b.normal(1, 3, 8, 8))
    skip = b.op("Relu", convolution(b, x, 3, 4))
    x = b.op("MaxPool", skip, kernel_shape=[2, 2], strides=[2, 2])
    x = b.op("Relu", convolution(b, x, 4, 6))
    x = b.op("Resize", x, b.const(np.zeros(0, np.float32)),
             b.const(np.float32([1, 1, 2, 2])), mode="nearest",
             coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    b.output(convolution(b, b.op("Concat", x, skip, axis=1), 10, 2, size=1, norm=False))


def sequence(b, x, kind, gates, inputs, hidden, **attributes):
    states = [b.const(b.normal(2, 1, hidden)) for _ in range(2 if kind == "LSTM" else 1)]
    return b.op(kind, x, b.weight(2, gates * hidden, inputs), b.weight(2, gates * hidden, hidden),
                b.weight(2, 2 * gates * hidden, scale=0.1), "", *states, hidden_size=hidden,
                direction="bidirectional", count=2, **attributes)


@network(7, 13, "newest")
def lstm_classifier(b):
    x = b.op("Transpose", b.input(b.normal(1, 6, 4)), perm=[1, 0, 2])
    y, _ = sequence(b, x, "LSTM", 4, 4, 5)
    y = b.reshape(b.op("Transpose", y, perm=[2, 0, 1, 3]), [1, 6, 10])
    b.output(dense(b, b.squeeze(b.slice(y, [5], [6], [1]), [1]), 10, 3))


@network(7, 13)
def gru_classifier(b):
    x = b.op("Transpose", b.input(b.normal(1, 6, 4)), perm=[1, 0, 2])
    y, _ = sequence(b, x, "GRU", 3, 4, 5)
    y, state = sequence(b, b.reshape(b.op("Transpose", y, perm=[0, 2, 1, 3]), [0, 0, -1]), "GRU",
                        3, 10, 5, linear_before_reset=1)
    b.output(dense(b, b.reshape(b.op("Transpose", state, perm=[1, 0, 2]), [1, 10]), 10, 3))


@network(7, 13)
def rnn_classifier(b):
    x = b.op("Transpose", b.input(b.normal(1, 6, 4)), perm=[1, 0, 2])
    y, _ = sequence(b, x, "RNN", 1, 4, 5)
    y = b.reduce("ReduceMean", y, [0], keepdims=0)
    b.output(dense(b, b.reshape(b.op("Transpose", y, perm=[1, 0, 2]), [-1, 10]), 10, 3))


def heads(b, x, width, count, time):
    x = b.op("Add", b.op("MatMul", x, b.weight(width, width)), b.const(b.normal(width, scale=0.1)))
    return b.op("Transpose", b.reshape(x, [1, time, count, width // count]), perm=[0, 2, 1, 3])


def normalise(b, x, width):
    gain, bias = b.const(b.uniform(width, low=0.5, high=1.5)), b.const(b.normal(width, scale=0.1))
    if b.opset >= 17:
        return b.op("LayerNormalization", x, gain, bias)
    centred = b.op("Sub", x, b.reduce("ReduceMean", x, [-1]))
    variance = b.reduce("ReduceMean", b.op("Mul", centred, centred), [-1])
    x = b.op("Div", centred, b.op("Sqrt", b.op("Add", variance, b.const(np.float32(1e-5)))))
    return b.op("Add", b.op("Mul", x, gain), bias)


@network(11, 17, "newest")
def attention(b):
    time, width = 6, 8
    x = b.input(b.normal(1, time, width))
    y = normalise(b, x, width)
    q, k, v = (heads(b, y, width, 2, time) for _ in range(3))
    scores = b.op("MatMul", q, b.op("Transpose", k, perm=[0, 1, 3, 2]))
    scores = b.op("Div", scores, b.const(np.float32(2)))
    y = b.op("MatMul", b.op("Softmax", scores, axis=3), v)
    y = b.reshape(b.op("Transpose", y, perm=[0, 2, 1, 3]), [1, time, width])
    x = b.op("Add", x, b.op("MatMul", y, b.weight(width, width)))
    y = b.op("MatMul", normalise(b, x, width), b.weight(width, 16))
    erf = b.op("Add", b.op("Erf", b.op("Div", y, b.const(np.float32(2**0.5)))),
               b.const(np.float32(1)))
    y = b.op("Mul", b.op("Mul", y, erf), b.const(np.float32(0.5)))
    x = b.op("Add", x, b.op("MatMul", y, b.weight(16, width)))
    b.output(dense(b, b.reduce("ReduceMean", x, [1], keepdims=0), width, 4))


@network(12, "newest")
def einsum_attention(b):
    x = b.input(b.normal(1, 5, 8))
    q, k, v = (b.op("Einsum", x, b.weight(8, 2, 4), equation="btw,whd->bhtd") for _ in range(3))
    scores = b.op("Softmax", b.op("Einsum", q, k, equation="bhqd,bhkd->bhqk"), axis=-1)
    y = b.op("Einsum", scores, v, equation="bhqk,bhkd->bqhd")
    b.output(b.op("Einsum", y, b.weight(2, 4, 8), equation="bqhd,hdw->bqw"))


@network(9, 13, "newest")
def exported_shapes(b):
    x = convolution(b, b.input(b.normal(1, 3, 6, 6)), 3, 4)
    batch = b.op("Gather", b.op("Shape", x), b.const(np.int64(0)))
    shape = b.op("Concat", b.unsqueeze(batch, [0]), b.ints([-1]), axis=0)
    b.output(dense(b, b.op("Reshape", x, shape), 144, 5))


@network(9, 13)
def recurrent_batch_state(b):
    """As PyTorch exports a recurrent layer without a given state: zeros made from the shape."""
    x = b.op("Transpose", b.input(b.normal(1, 6, 4)), perm=[1, 0, 2])
    batch = b.op("Gather", b.op("Shape", x), b.const(np.int64(1)))
    shape = b.op("Concat", b.ints([1]), b.unsqueeze(batch, [0]), b.ints([5]), axis=0)
    state = b.op("ConstantOfShape", shape)
    _, last = b.op("GRU", x, b.weight(1, 15, 4), b.weight(1, 15, 5), b.weight(1, 30), "", state,
                   hidden_size=5, linear_before_reset=1, count=2)
    b.output(dense(b, b.squeeze(last, [0]), 5, 3))


@network(11,)
def squeeze_excite(b):
    x = convolution(b, b.input(b.normal(1, 3, 6, 6)), 3, 8)
    s = b.op("Relu", convolution(b, b.op("GlobalAveragePool", x), 8, 2, size=1, norm=False))
    s = b.op("HardSigmoid", convolution(b, s, 2, 8, size=1, norm=False))
    b.output(classify(b, b.op("Mul", x, s), 8))
