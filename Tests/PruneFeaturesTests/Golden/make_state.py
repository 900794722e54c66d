"""Reference features of a selection under way by numpy, for StateFeaturesTests.

Run: python make_state.py   (writes state.json beside itself)
"""

import json
import pathlib

import numpy as np

SEED = 31
SIZES = [(4, 5), (3, 4)]  # outputs, inputs; the second layer reads the first

rng = np.random.default_rng(SEED)
weights = [rng.normal(size=size) for size in SIZES]
masks = [rng.random(size) > 0.4 for size in SIZES]
masks[0][1] = False  # a unit that nothing feeds any more
gradients = [[rng.normal(size=size) * w for size, w in zip(SIZES, weights)] for _ in range(2)]


def signed_log(value, scale):
    return np.sign(value) * np.log1p(np.abs(value) / scale)


def mean_magnitude(layers):
    return np.abs(np.concatenate([v.reshape(-1) for v in layers])).mean()


def left(now, whole):
    return 1 + np.log(1e-3 + now / whole) / 3


memory = [np.zeros(size) for size in SIZES]
for degree_gradient in gradients:
    saliency = [-g for g in degree_gradient]
    network = [signed_log(v, 0.5 * mean_magnitude(saliency)) for v in saliency]
    memory = [0.7 * e + a for e, a in zip(memory, network)]

whole = [w**2 for w in weights]
now = [w**2 * m for w, m in zip(weights, masks)]
ones = [np.ones(size) for size in SIZES]
rows = [left(n.sum(1), w.sum(1)) for n, w in zip(now, whole)]
columns = [left(n.sum(0), w.sum(0)) for n, w in zip(now, whole)]
features = {
    "is-on": [m.astype(float) for m in masks],
    "signed-saliency": network,
    "signed-saliency-layer": [signed_log(v, 0.5 * np.abs(v).mean()) for v in saliency],
    "saliency-memory": [0.3 * e for e in memory],
    "row-left": [r[:, None] * o for r, o in zip(rows, ones)],
    "column-left": [c[None, :] * o for c, o in zip(columns, ones)],
    "outgoing-left": [columns[1][:, None] * ones[0], 0 * ones[1]],
    "incoming-left": [0 * ones[0], rows[0][None, :] * ones[1]],
}


def flat(layers):
    return [[float(v) for v in np.asarray(layer).reshape(-1)] for layer in layers]


(pathlib.Path(__file__).parent / "state.json").write_text(
    json.dumps(
        {
            "script": "make_state.py",
            "libraries": {"numpy": np.__version__},
            "seed": SEED,
            "sizes": SIZES,
            "weights": flat(weights),
            "kept": [[bool(v) for v in m.reshape(-1)] for m in masks],
            "gradients": [flat(g) for g in gradients],
            "features": {name: flat(layers) for name, layers in features.items()},
        }
    )
    + "\n"
)
