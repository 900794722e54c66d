"""Builds the models and expected outputs that TorchBackendTests compares the engine with.

Expected outputs come from onnxruntime, those of the ONNX package's own node tests from there.
Usage: make_models.py FOLDER [SHARED_DATA]
SHARED_DATA is a folder whose onnx/*.onnx models are checked as well.
"""

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import elementwise_cases  # noqa: F401  registers its cases
import shape_operator_cases  # noqa: F401
from backend_cases import add_backend_cases
from golden_store import GoldenStore
from graph_builder import Builder
from network_cases import NETWORKS
from network_operator_cases import CASES

BATCH = 5
# Models whose outputs depend on the order in which a processor sums, with the reason.
ILL_CONDITIONED = {
    "light_squeezenet_nonreal":
        "a softmax over 1000 logits of 1e10 that are equal in exact arithmetic",
}
EXPORTS_PYTHON = "/usr/bin/python3"


def session(model_bytes):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(
        model_bytes, options, providers=["CPUExecutionProvider"])


def run(model_bytes, inputs):
    runtime = session(model_bytes)
    names = [output.name for output in runtime.get_outputs()]
    return list(zip(names, runtime.run(names, inputs)))


def newest_opset():
    """The newest opset that both packages know."""
    for opset in range(onnx.defs.onnx_opset_version(), 16, -1):
        builder = Builder("probe", opset)
        builder.output(builder.op("Relu", builder.input(builder.normal(1, 2))))
        try:
            run(builder.model().SerializeToString(), builder.inputs)
            return opset
        except Exception:
            continue
    raise RuntimeError("onnxruntime runs no opset of this onnx package")


def opset_numbers(opsets, newest):
    return sorted({newest if opset == "newest" else opset for opset in opsets})


def add_operator_cases(store, newest):
    refused = []
    for name, function, opsets, gradient in CASES:
        numbers = opset_numbers(opsets, newest)
        for opset in numbers:
            builder = Builder(f"{name}_{opset}", opset)
            try:
                function(builder)
                model = builder.model()
                outputs = run(model.SerializeToString(), builder.inputs)
            except Exception as error:
                refused.append(f"{builder.name}: {str(error).splitlines()[0]}")
                continue
            store.add(
                f"operator/{builder.name}", model.SerializeToString(),
                list(builder.inputs.items()), outputs, origin="built",
                families=[node.op_type for node in model.graph.node],
                gradient=gradient and opset == numbers[-1])
    return refused


def one_by_one(model_bytes, batches):
    """Runs a model of batch 1 on every example and joins the outputs along their first axis."""
    count = len(next(iter(batches.values())))
    runs = [run(model_bytes, {k: v[i:i + 1] for k, v in batches.items()}) for i in range(count)]
    return [(name, np.concatenate([r[position][1] for r in runs]))
            for position, (name, _) in enumerate(runs[0])]


def batched(inputs, random):
    result = {}
    for name, value in inputs.items():
        shape = (BATCH, *value.shape[1:])
        result[name] = random.standard_normal(shape).astype(np.float32)
    return result


def add_networks(store, newest):
    for name, function, opsets in NETWORKS:
        for opset in opset_numbers(opsets, newest):
            builder = Builder(f"{name}_{opset}", opset)
            function(builder)
            model = builder.model()
            model_bytes = model.SerializeToString()
            many = batched(builder.inputs, builder.random)
            store.add(
                f"network/{builder.name}", model_bytes, list(builder.inputs.items()),
                run(model_bytes, builder.inputs), origin="network",
                families=[node.op_type for node in model.graph.node], gradient=True,
                batched=(list(many.items()), one_by_one(model_bytes, many)))


def add_file(store, name, path, origin, shared=None):
    model_bytes = path.read_bytes()
    runtime = session(model_bytes)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    inputs = {}
    for value in runtime.get_inputs():
        shape = [extent if isinstance(extent, int) else 1 for extent in value.shape]
        inputs[value.name] = random.standard_normal(shape).astype(np.float32)
    is_large = sum(value.size for value in inputs.values()) > 100_000
    many = None if is_large else batched(inputs, random)
    model = onnx.load_from_string(model_bytes)
    store.add(
        name, model_bytes, list(inputs.items()), run(model_bytes, inputs), origin=origin,
        families=[node.op_type for node in model.graph.node], shared=shared,
        gradient=origin == "torch",
        batched=many and (list(many.items()), one_by_one(model_bytes, many)))


def add_exports(store, folder):
    script = Path(__file__).with_name("torch_exports.py")
    if subprocess.run([EXPORTS_PYTHON, "-c", "import torch"], capture_output=True).returncode:
        print(f"no torch exports: {EXPORTS_PYTHON} has no torch")
        return
    exports = folder / "exports"
    subprocess.run([EXPORTS_PYTHON, str(script), str(exports)], check=True)
    for path in sorted(exports.glob("*.onnx")):
        add_file(store, f"torch/{path.stem}", path, "torch")


def main(folder, shared=None):
    folder = Path(folder)
    store = GoldenStore(folder)
    newest = newest_opset()
    refused = add_operator_cases(store, newest)
    add_networks(store, newest)
    add_exports(store, folder)
    skipped = add_backend_cases(store)
    if shared and (Path(shared) / "onnx").is_dir():
        patterns = ("onnx/*.onnx", "*/mlpnet*.onnx")
        for path in sorted(path for one in patterns for path in Path(shared).glob(one)):
            if reason := ILL_CONDITIONED.get(path.stem):
                print(f"left out {path.stem}: {reason}")
                continue
            add_file(store, f"shared/{path.stem}", path, "shared",
                     shared=str(path.relative_to(shared)))
    store.finish({
        "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__, "newestOpset": newest})
    print(f"{len(store.cases)} cases, newest opset {newest}; onnxruntime refused {len(refused)}")
    for line in refused:
        print("  " + line[:200])
    print(f"node tests left out, by operator: {sum(skipped.values())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
