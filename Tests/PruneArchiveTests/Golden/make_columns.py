"""Writes columns.json: packed sample columns, computed without AutoPrune.

Run with any Python 3 that has numpy: python3 make_columns.py
"""

import base64
import json
import pathlib
import zlib

import numpy as np

SEED = 7


def column(name, values):
    raw = values.astype("<f4").tobytes()
    return {
        "name": name,
        "bits": [int(word) for word in np.frombuffer(raw, "<u4")],
        "crc32": zlib.crc32(raw),
        "base64": base64.b64encode(zlib.compress(raw)).decode(),
    }


def main():
    random = np.random.default_rng(SEED)
    # Drawn and not used, so that the columns stay those of the file.
    random.standard_normal(50)
    golden = {
        "script": "make_columns.py",
        "numpy": np.__version__,
        "zlib": zlib.ZLIB_VERSION,
        "seed": SEED,
        "columns": [
            column("normal", random.standard_normal(200)),
            column("survived", (random.random(500) < 0.1).astype("f4")),
            column("special", np.array([0.0, -0.0, np.inf, -np.inf, 1e-45, 3.4e38], "f4")),
            column("one", np.array([0.5], "f4")),
            column("empty", np.array([], "f4")),
        ],
    }
    path = pathlib.Path(__file__).with_name("columns.json")
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
