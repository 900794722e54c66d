"""Builds small ONNX graphs whose node forms follow the opset they are asked for."""

import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Builder:
    """Collects nodes, stored tensors and example inputs; every method returns value names."""

    def __init__(self, name, opset):
        self.name = name
        self.opset = opset
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.nodes, self.stored, self.inputs, self.outputs = [], [], {}, []
        self.symbolic_batch = False
        self.counter = 0

    def normal(self, *shape, scale=1.0):
        return (self.random.standard_normal(shape) * scale).astype(np.float32)

    def uniform(self, *shape, low=0.0, high=1.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def distinct(self, *shape):
        """Values at least 0.05 apart, so that maxima keep their place under small changes."""
        count = int(np.prod(shape))
        values = (self.random.permutation(count) - count / 2) * 0.05 + 0.02
        return values.reshape(shape).astype(np.float32)

    def input(self, array, name=None):
        name = name or f"x{len(self.inputs)}"
        self.inputs[name] = np.asarray(array)
        return name

    def const(self, array, name=None, kind=None):
        name = name or self.fresh("c")
        array = np.asarray(array)
        if kind is not None:
            array = array.astype(kind)
        elif array.dtype == np.float64:
            array = array.astype(np.float32)
        self.stored.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, *shape, scale=None):
        fan_in = int(np.prod(shape[1:])) or 1
        return self.const(self.normal(*shape, scale=scale or (1 / fan_in) ** 0.5))

    def fresh(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter}"

    def op(self, kind, *inputs, count=1, **attributes):
        names = [self.fresh(kind.lower() + "_") for _ in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if count == 1 else names

    def output(self, *names):
        self.outputs += names

    def ints(self, values):
        return self.const(np.asarray(values, dtype=np.int64))

    def squeeze(self, x, axes):
        if self.opset >= 13:
            return self.op("Squeeze", x, self.ints(axes))
        return self.op("Squeeze", x, axes=axes)

    def unsqueeze(self, x, axes):
        if self.opset >= 13:
            return self.op("Unsqueeze", x, self.ints(axes))
        return self.op("Unsqueeze", x, axes=axes)

    def split(self, x, sizes, axis):
        if self.opset >= 13:
            return self.op("Split", x, self.ints(sizes), count=len(sizes), axis=axis)
        return self.op("Split", x, count=len(sizes), axis=axis, split=sizes)

    def slice(self, x, starts, ends, axes, steps=None):
        if self.opset >= 10:
            inputs = [x, self.ints(starts), self.ints(ends), self.ints(axes)]
            return self.op("Slice", *inputs, *([self.ints(steps)] if steps else []))
        return self.op("Slice", x, starts=starts, ends=ends, axes=axes)

    def pad(self, x, pads, mode="constant", value=0.0):
        if self.opset >= 11:
            return self.op("Pad", x, self.ints(pads), self.const(np.float32(value)), mode=mode)
        return self.op("Pad", x, pads=pads, mode=mode, value=value)

    def reduce(self, kind, x, axes, keepdims=1):
        if self.opset >= 18 or (kind == "ReduceSum" and self.opset >= 13):
            return self.op(kind, x, self.ints(axes), keepdims=keepdims)
        return self.op(kind, x, axes=axes, keepdims=keepdims)

    def reshape(self, x, shape, **attributes):
        return self.op("Reshape", x, self.ints(shape), **attributes)

    def model(self):
        graph_inputs = []
        for name, array in self.inputs.items():
            shape = list(array.shape)
            if self.symbolic_batch and shape:
                shape[0] = "N"
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            graph_inputs.append(helper.make_tensor_value_info(name, kind, shape))
        graph_outputs = [helper.make_empty_tensor_value_info(name) for name in self.outputs]
        graph = helper.make_graph(
            self.nodes, self.name, graph_inputs, graph_outputs, self.stored)
        opsets = [helper.make_opsetid("", self.opset)]
        ir_version = 3 if self.opset < 9 else 8 if self.opset <= 18 else 10
        if ir_version < 4:
            graph.input.extend(
                helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in self.stored)
        model = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)
        model = onnx.shape_inference.infer_shapes(model)
        for output in model.graph.output:
            if not output.type.HasField("tensor_type") or not output.type.tensor_type.elem_type:
                output.type.tensor_type.elem_type = TensorProto.FLOAT
        return model
