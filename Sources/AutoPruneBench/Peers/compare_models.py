"""Runs two ONNX models in onnxruntime on the same drawn inputs and prints how far their outputs differ.

What goes into a last Softmax is compared as well: its result can be the same one-hot vector for very different logits.

Usage: compare_models.py FIRST SECOND THREADS
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime


def session(path, threads):
    model = onnx.load(path)
    outputs = {value.name for value in model.graph.output}
    for node in model.graph.node:
        if node.op_type == "Softmax" and node.output[0] in outputs:
            model.graph.output.append(onnx.ValueInfoProto(name=node.input[0]))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def drawn(argument, random):
    shape = [extent if isinstance(extent, int) else 2 for extent in argument.shape]
    if "int" in argument.type:
        return random.integers(0, 10, shape).astype(np.int64)
    return random.uniform(-1, 1, shape).astype(np.float32)


def main():
    first, second, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    reference = session(first, threads)
    random = np.random.default_rng(0)
    inputs = {value.name: drawn(value, random) for value in reference.get_inputs()}
    wanted = reference.run(None, inputs)
    del reference
    found = session(second, threads).run(None, inputs)
    worst = 0.0
    for left, right in zip(wanted, found, strict=True):
        if left.shape != right.shape:
            sys.exit(f"shapes {left.shape} and {right.shape} differ")
        scale = max(float(np.abs(left).max()), 1e-12)
        worst = max(worst, float(np.abs(left - right).max()) / scale)
    spread = max(float(np.std(output) / max(np.abs(output).max(), 1e-12)) for output in wanted)
    print(json.dumps({"difference": worst, "spread": spread}))


if __name__ == "__main__":
    main()
