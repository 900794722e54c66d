"""Graphs of one operator each: activations, arithmetic, comparison, matrix products."""

import numpy as np
from onnx import TensorProto

from network_operator_cases import case, variants

UNARY = dict(
    relu="Relu", sigmoid="Sigmoid", tanh="Tanh", exp="Exp", neg="Neg", abs="Abs",
    softplus="Softplus", softsign="Softsign", elu="Elu", selu="Selu", leaky="LeakyRelu",
    hard_sigmoid="HardSigmoid", softmax="Softmax", log_softmax="LogSoftmax", identity="Identity")


@variants(opsets=(7, 13, "newest"), **UNARY)
def activation(b, kind):
    b.output(b.op(kind, b.input(b.distinct(3, 4, 2))))


@variants(opsets=("newest",), erf="Erf", hard_swish="HardSwish", gelu="Gelu", mish="Mish",
          celu="Celu", thresholded="ThresholdedRelu", sin="Sin", cos="Cos", atan="Atan",
          sinh="Sinh")
def activation_new(b, kind):
    b.output(b.op(kind, b.input(b.distinct(3, 7))))


@variants(opsets=(7, "newest"), log="Log", sqrt="Sqrt", reciprocal="Reciprocal")
def positive(b, kind):
    b.output(b.op(kind, b.input(b.uniform(3, 4, low=0.5, high=3))))


@variants(opsets=(9, 13), gradient=False, ceil="Ceil", floor="Floor", sign="Sign")
def rounding(b, kind):
    b.output(b.op(kind, b.input(b.distinct(3, 4))))


@variants(opsets=(7, 11, 13), zero=0, one=1, two=2)
def softmax_axis(b, axis):
    x = b.input(b.normal(2, 3, 4))
    b.output(b.op("Softmax", x, axis=axis), b.op("LogSoftmax", x, axis=axis))


@variants(opsets=(7, 13), add="Add", sub="Sub", mul="Mul", div="Div", pow="Pow")
def arithmetic(b, kind):
    x = b.input(b.uniform(2, 3, 4, low=0.5, high=2))
    y = b.const(b.uniform(3, 1, low=0.5, high=2))
    b.output(b.op(kind, x, y))


@variants(opsets=(8, 13), sum="Sum", mean="Mean", max="Max", min="Min")
def variadic(b, kind):
    x = b.input(b.distinct(2, 3, 4))
    b.output(b.op(kind, x, b.const(b.normal(3, 4)), b.const(b.normal(2, 1, 4))))


@case(opsets=(7, 9, "newest"))
def prelu(b):
    b.output(b.op("PRelu", b.input(b.distinct(2, 3, 4)), b.const(b.uniform(3, 1))))


@case(opsets=(7, 11, 13))
def clip(b):
    x = b.input(b.distinct(3, 7))
    if b.opset < 11:
        b.output(b.op("Clip", x, min=-0.2, max=0.3), b.op("Clip", x, min=0.0))
    else:
        b.output(b.op("Clip", x, b.const(np.float32(-0.2)), b.const(np.float32(0.3))),
                 b.op("Clip", x, "", b.const(np.float32(0.0))))


@case(opsets=(9, 13, "newest"))
def where_greater(b):
    x = b.input(b.distinct(3, 4))
    b.output(b.op("Where", b.op("Greater", x, b.const(np.float32(0))), x, b.const(b.normal(4))))


@variants(opsets=(9, 13), gradient=False, less="Less", equal="Equal")
def comparison(b, kind):
    x = b.input(b.random.integers(0, 3, (3, 4)).astype(np.int64))
    result = b.op(kind, x, b.const(np.int64(1)))
    b.output(result, b.op("Not", result))


@case(opsets=(7, 9, 13, "newest"))
def cast(b):
    x = b.input(b.distinct(3, 4))
    whole = b.op("Cast", x, to=TensorProto.INT64)
    b.output(whole, b.op("Mul", x, b.op("Cast", whole, to=TensorProto.FLOAT)))


@case(opsets=(9, "newest"))
def constant_of_shape(b):
    x = b.input(b.normal(2, 3))
    b.output(b.op("Add", x, b.op("ConstantOfShape", b.op("Shape", x))))


@case(opsets=(7, 12, 13))
def dropout(b):
    b.output(b.op("Dropout", b.input(b.normal(3, 4))))


@variants(opsets=(7, 9, 11, 13), plain={}, transposed=dict(transA=1, transB=1),
          scaled=dict(alpha=0.5, beta=2.0))
def gemm(b, attributes):
    x = b.input(b.normal(4, 4))
    b.output(b.op("Gemm", x, b.weight(4, 4), b.weight(4, scale=1), **attributes))


@variants(opsets=(7, 13), matrices=((2, 3, 4), (4, 5)), broadcast=((2, 1, 3, 4), (3, 4, 2)),
          vector=((2, 3, 4), (4,)), left=((3,), (2, 3, 4)))
def matmul(b, shapes):
    x = b.input(b.normal(*shapes[0]))
    b.output(b.op("MatMul", x, b.const(b.normal(*shapes[1]))))
