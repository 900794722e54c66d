"""Golden conversions between float32, float16 and bfloat16 by numpy and ml_dtypes.

    .venv/bin/python Tests/PruneCoreTests/Golden/make_halves.py
"""
import json
import os

import ml_dtypes
import numpy as np

SEED = 11
random = np.random.default_rng(SEED)
edges = np.array(
    [0x0000_0000, 0x8000_0000, 0x3F80_0000, 0x7F80_0000, 0xFF80_0000, 0x7F7F_FFFF, 0x0000_0001,
     0x3300_0000, 0x3300_0001, 0x32FF_FFFF, 0x3380_0000, 0x33C0_0000, 0x387F_C000, 0x387F_E000,
     0x387F_FFFF, 0x3880_0000, 0x477F_E000, 0x477F_EFFF, 0x477F_F000, 0x4780_0000, 0x3F80_1000,
     0x3F80_3000, 0x3F80_8000, 0x3F81_8000, 0x7F7F_8000, 0x7F7F_7FFF, 0x8000_8000, 0x0000_8000],
    dtype=np.uint32).view(np.float32)
normal = random.standard_normal(100, dtype=np.float32)
tiny = (random.standard_normal(50) * 2.0 ** random.integers(-27, -12, 50)).astype(np.float32)
values = np.concatenate([edges, normal, tiny])
half_bits = np.concatenate([
    np.array([0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00], np.uint16),
    random.integers(0, 0x7C00, 60).astype(np.uint16)])

with np.errstate(over="ignore"):
    golden = {
        "script": "make_halves.py", "numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__,
        "seed": SEED,
        "floatBits": values.view(np.uint32).tolist(),
        "half": values.astype(np.float16).view(np.uint16).tolist(),
        "bfloat16": values.astype(ml_dtypes.bfloat16).view(np.uint16).tolist(),
        "halfBits": half_bits.tolist(),
        "halfAsFloatBits": half_bits.view(np.float16).astype(np.float32).view(np.uint32).tolist(),
    }
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "halves.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
