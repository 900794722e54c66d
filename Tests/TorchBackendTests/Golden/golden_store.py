"""Writes models, inputs and expected outputs as one index and raw little-endian arrays."""

import json
import re
from pathlib import Path

import numpy as np

TYPES = {
    "float32": "float32", "float64": "float64", "int64": "int64", "int32": "int32",
    "uint8": "uint8", "bool": "bool", "float16": "float16", "int8": "int8",
}


class GoldenStore:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cases = []

    def add(self, name, model_bytes, inputs, outputs, *, origin, families=(), gradient=False,
            tolerance=1e-4, batched=None, shared=None):
        """`inputs` and `outputs` are lists of (name, array); `batched` a second such pair."""
        stem = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
        entry = {
            "name": name, "origin": origin, "operators": sorted(set(families)),
            "gradient": gradient, "tolerance": tolerance, "data": f"{stem}.bin",
        }
        if shared is None:
            (self.folder / f"{stem}.onnx").write_bytes(model_bytes)
            entry["model"] = f"{stem}.onnx"
        else:
            entry["shared"] = shared
        with open(self.folder / f"{stem}.bin", "wb") as data:
            entry["inputs"] = [self._append(data, *pair) for pair in inputs]
            entry["outputs"] = [self._append(data, *pair) for pair in outputs]
            if batched:
                entry["batchedInputs"] = [self._append(data, *pair) for pair in batched[0]]
                entry["batchedOutputs"] = [self._append(data, *pair) for pair in batched[1]]
        self.cases.append(entry)

    def _append(self, data, name, array):
        array = np.ascontiguousarray(array).reshape(np.shape(array))
        offset = data.tell()
        data.write(array.tobytes())
        data.write(b"\0" * (-data.tell() % 8))
        return {"name": name, "shape": list(array.shape), "type": TYPES[array.dtype.name],
                "offset": offset, "bytes": array.nbytes}

    def finish(self, versions):
        index = {"script": "make_models.py", "versions": versions, "cases": self.cases}
        (self.folder / "index.json").write_text(json.dumps(index, indent=1))


def is_storable(array):
    return isinstance(array, np.ndarray) and array.dtype.name in TYPES
