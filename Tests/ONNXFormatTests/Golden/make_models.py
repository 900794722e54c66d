"""Makes the models that the round-trip tests read, with the onnx package.

    .venv/bin/python Tests/ONNXFormatTests/Golden/make_models.py

Writes, beside this script: everything.onnx (every record that ONNX knows), tensors.onnx with tensors.json (every
element type in every encoding and its bytes by numpy), sparse_presence.onnx (what old exporters leave out), and
external.onnx with external.bin. Seed 7.
"""
import json
import os

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = np.random.default_rng(7)


def save(model, name):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def metadata(message, **pairs):
    for key, value in pairs.items():
        entry = message.metadata_props.add()
        entry.key, entry.value = key, value


def everything():
    weight = numpy_helper.from_array(
        RANDOM.standard_normal((3, 4), dtype=np.float32), "weight")
    weight.doc_string = "a weight"
    metadata(weight, layout="rows")

    branch = helper.make_graph(
        [helper.make_node("Identity", ["hidden"], ["then"], name="inner")], "branch", [],
        [helper.make_tensor_value_info("then", TensorProto.FLOAT, None)])
    other = helper.make_graph(
        [helper.make_node("Constant", [], ["else"], value=weight)], "other", [],
        [helper.make_value_info("else", helper.make_tensor_type_proto(TensorProto.FLOAT, [3, 4]))])

    nodes = [
        helper.make_node("MatMul", ["x", "weight"], ["hidden"], name="first", doc_string="doc"),
        helper.make_node(
            "If", ["condition"], ["y"], name="choice", then_branch=branch, else_branch=other),
        helper.make_node(
            "Custom", ["y", "", "hidden"], ["z", ""], domain="com.example", overload="two",
            a_float=0.0, an_int=0, a_text="käse", floats=[1.5, float("nan")], ints=[-1, 2**40],
            texts=["a", "b"], a_tensor=weight, tensors=[weight, weight], graphs=[branch, other],
            a_type=helper.make_tensor_type_proto(TensorProto.FLOAT, ["N"]),
            a_sparse=helper.make_sparse_tensor(
                helper.make_tensor("", TensorProto.FLOAT, [2], [1.0, 2.0]),
                helper.make_tensor("", TensorProto.INT64, [2], [0, 3]), [5])),
    ]
    nodes[2].attribute[0].doc_string = "documented"
    empty = nodes[2].attribute.add()
    empty.name, empty.type = "no_ints", onnx.AttributeProto.INTS
    metadata(nodes[0], origin="torch")

    sequence = helper.make_sequence_type_proto(
        helper.make_tensor_type_proto(TensorProto.FLOAT, ["N", 4]))
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3], doc_string="input"),
        helper.make_tensor_value_info("condition", TensorProto.BOOL, []),
        helper.make_tensor_value_info("open", TensorProto.FLOAT, [None, -1, 0, 2]),
        helper.make_value_info("sequence", sequence),
        helper.make_value_info("optional", helper.make_optional_type_proto(sequence)),
        helper.make_value_info("map", helper.make_map_type_proto(TensorProto.STRING, sequence)),
        helper.make_value_info(
            "sparse", helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [2, 2])),
    ]
    inputs[0].type.denotation = "IMAGE"
    inputs[0].type.tensor_type.shape.dim[0].denotation = "DATA_BATCH"
    metadata(inputs[0], unit="lux")
    graph = helper.make_graph(
        nodes, "everything", inputs,
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)], initializer=[weight],
        doc_string="graph doc",
        value_info=[helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["N", 4])],
        sparse_initializer=[helper.make_sparse_tensor(
            helper.make_tensor("thin", TensorProto.FLOAT, [1], [1.0]),
            helper.make_tensor("thin_indices", TensorProto.INT64, [1], [2]), [4])])
    annotation = graph.quantization_annotation.add()
    annotation.tensor_name = "weight"
    pair = annotation.quant_parameter_tensor_names.add()
    pair.key, pair.value = "SCALE_TENSOR", "scale"
    metadata(graph, stage="export")

    function = helper.make_function(
        "com.example", "Twice", ["a"], ["b"],
        [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 21)],
        attributes=["alpha"],
        attribute_protos=[helper.make_attribute("beta", 2.0)])
    function.node[0].attribute.add(
        name="axis", ref_attr_name="alpha", type=onnx.AttributeProto.INT)
    model = helper.make_model(
        graph, functions=[function], producer_name="golden", producer_version="1",
        doc_string="model doc", domain="org.example", model_version=3, ir_version=11,
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.example", 1)])
    helper.set_model_props(model, {"author": "nobody", "empty": ""})
    training = model.training_info.add()
    training.algorithm.CopyFrom(branch)
    binding = training.update_binding.add()
    binding.key, binding.value = "weight", "weight_new"
    save(model, "everything.onnx")


def tensors():
    types = {
        TensorProto.FLOAT: np.float32, TensorProto.DOUBLE: np.float64,
        TensorProto.FLOAT16: np.float16, TensorProto.BFLOAT16: ml_dtypes.bfloat16,
        TensorProto.FLOAT8E4M3FN: ml_dtypes.float8_e4m3fn,
        TensorProto.FLOAT8E5M2: ml_dtypes.float8_e5m2,
        TensorProto.INT8: np.int8, TensorProto.INT16: np.int16, TensorProto.INT32: np.int32,
        TensorProto.INT64: np.int64, TensorProto.UINT8: np.uint8, TensorProto.UINT16: np.uint16,
        TensorProto.UINT32: np.uint32, TensorProto.UINT64: np.uint64, TensorProto.BOOL: np.bool_,
        TensorProto.COMPLEX64: np.complex64, TensorProto.COMPLEX128: np.complex128,
        TensorProto.INT4: ml_dtypes.int4, TensorProto.UINT4: ml_dtypes.uint4,
    }
    initializers, expected = [], {}
    for number, dtype in types.items():
        name = TensorProto.DataType.Name(number)
        values = RANDOM.integers(-100, 100, size=(3, 5))
        if number in (TensorProto.INT4, TensorProto.UINT4):
            values = values % 8
        if "UINT" in name:
            values = np.abs(values)
        array = values.astype(dtype) if name == "BOOL" else (values / 3).astype(dtype)
        raw = numpy_helper.from_array(array, f"{name}.raw")
        typed = helper.make_tensor(f"{name}.typed", number, array.shape, array.flatten())
        initializers += [raw, typed]
        for tensor in (raw, typed):
            expected[tensor.name] = {"type": number, "bytes": raw.raw_data.hex()}
    initializers.append(helper.make_tensor(
        "STRING.typed", TensorProto.STRING, [2], ["näme".encode(), b"\xff\x00\x01"]))
    initializers.append(numpy_helper.from_array(np.float32(2.5), "scalar"))
    initializers.append(numpy_helper.from_array(np.zeros((0, 4), np.float32), "nothing"))
    for name in ("scalar", "nothing"):
        expected[name] = {"type": 1, "bytes": initializers[-1 if name == "nothing" else -2].raw_data.hex()}
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "tensors",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])], initializer=initializers)
    save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]),
         "tensors.onnx")
    with open(os.path.join(HERE, "tensors.json"), "w") as file:
        json.dump({"script": "make_models.py", "numpy": np.__version__, "onnx": onnx.__version__,
                   "seed": 7, "tensors": expected}, file, indent=1)
        file.write("\n")


def sparse_presence():
    """Attributes without type, values without value, explicit defaults, opset without domain."""
    node = onnx.NodeProto(op_type="Custom", input=["x", "w"], output=["y"], name="", domain="")
    node.attribute.add(name="no_type_int", i=3)
    node.attribute.add(name="no_type_float", f=-0.0)
    node.attribute.add(name="no_type_text", s=b"x")
    node.attribute.add(name="no_type_ints", ints=[1, 2])
    node.attribute.add(name="undefined_type", type=0, f=2.0)
    node.attribute.add(name="no_value_int", type=onnx.AttributeProto.INT)
    node.attribute.add(name="no_value_tensor", type=onnx.AttributeProto.TENSOR)
    node.attribute.add(name="two_values", type=onnx.AttributeProto.INT, i=1, f=2.0)
    node.attribute.add(name="new_kind").MergeFromString(b"\xa0\x01\x63")  # type 99
    node.attribute.add(name="nothing")
    node.attribute.add(
        name="no_type_tensor",
        t=helper.make_tensor("", TensorProto.FLOAT, [2], [1.0, 2.0]))
    weight = onnx.TensorProto(name="w", doc_string="", dims=[1], data_type=1, float_data=[0.5],
                              data_location=0)
    graph = onnx.GraphProto(name="", doc_string="", node=[node], initializer=[weight])
    graph.input.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, ["", -1]))
    graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [1]))
    graph.input.append(onnx.ValueInfoProto(name="untyped", type=onnx.TypeProto()))
    graph.output.append(onnx.ValueInfoProto(name="y"))
    model = onnx.ModelProto(ir_version=3, producer_name="", model_version=0, graph=graph)
    model.opset_import.add(version=8)
    model.opset_import.add(domain="com.example")
    model.metadata_props.add(key="only key")
    save(model, "sparse_presence.onnx")


def external():
    weight = RANDOM.standard_normal((3, 4), dtype=np.float32)
    bias = RANDOM.standard_normal(4, dtype=np.float32)
    tensors, data = [], b""
    for name, array in (("weight", weight), ("bias", bias)):
        tensor = onnx.TensorProto(name=name, data_type=1, dims=array.shape, data_location=1)
        data += b"\0" * (-len(data) % 32)
        for key, value in (("location", "external.bin"), ("offset", len(data)),
                           ("length", array.nbytes)):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, str(value)
        data += array.tobytes()
        tensors.append(tensor)
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "weight", "bias"], ["y"])], "external",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4])], initializer=tensors)
    save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]),
         "external.onnx")
    with open(os.path.join(HERE, "external.bin"), "wb") as file:
        file.write(data)
    with open(os.path.join(HERE, "external.json"), "w") as file:
        json.dump({"script": "make_models.py", "numpy": np.__version__, "seed": 7,
                   "weight": [float(v) for v in weight.flatten()],
                   "bias": [float(v) for v in bias]}, file, indent=1)
        file.write("\n")


everything()
tensors()
sparse_presence()
external()
