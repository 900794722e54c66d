"""Reference saliencies and features by numpy, for SaliencyGoldenTests and FeatureGoldenTests.

Run: python make_saliency.py   (writes saliency.json and features.json beside itself)
"""

import json
import pathlib

import numpy as np

SEED = 20
OUTPUTS, INPUTS, EXAMPLES = 5, 7, 11

rng = np.random.default_rng(SEED)
weights = rng.normal(size=(OUTPUTS, INPUTS)).astype(np.float32)
weights[1, 2] = 0
mask = rng.random((OUTPUTS, INPUTS)) > 0.25
mask[0, 0] = True
weights = np.where(mask, weights, np.float32(0))
inputs = rng.normal(size=(EXAMPLES, INPUTS)).astype(np.float32)
gradients = rng.normal(size=(EXAMPLES, OUTPUTS, INPUTS)).astype(np.float32) * 0.1
raw = (inputs @ weights.T).astype(np.float32)
active = np.maximum(raw, 0)

w64 = weights.astype(np.float64)


def lamp(values):
    flat = values.reshape(-1) ** 2
    order = sorted(range(flat.size), key=lambda i: (-flat[i], i))
    scores, total = np.zeros(flat.size), 0.0
    for i in order:
        total += flat[i]
        scores[i] = flat[i] / total if flat[i] > 0 else 0
    return scores


mean_gradient = gradients.astype(np.float64).mean(0)
mean_square = (gradients.astype(np.float64) ** 2).mean(0)
rms = np.sqrt((inputs.astype(np.float64) ** 2).mean(0))
taylor = np.abs(mean_gradient * w64)

saliency = {
    "magnitude": np.abs(w64),
    "magnitude-layer": np.abs(w64),
    "l1": np.abs(w64).sum(1),
    "l2": np.sqrt((w64**2).sum(1)),
    "lamp": lamp(w64),
    "taylor": taylor,
    "snip": taylor,
    "fisher": 0.5 * w64**2 * mean_square,
    "wanda": np.abs(w64) * rms,
    "apoz": 1 - (active == 0).mean(0),
    "activation": np.abs(active.astype(np.float64)).mean(0),
}

stated = {"script": "make_saliency.py", "libraries": {"numpy": np.__version__}, "seed": SEED}


def flat(array):
    return [float(v) for v in np.asarray(array, dtype=np.float64).reshape(-1)]


case = {
    "outputs": OUTPUTS,
    "inputs": INPUTS,
    "examples": EXAMPLES,
    "weights": flat(weights),
    "kept": [bool(v) for v in mask.reshape(-1)],
    "gradientSum": flat(gradients.sum(0)),
    "gradientSquareSum": flat((gradients**2).sum(0)),
    "gradientAbsoluteSum": flat(np.abs(gradients).sum(0)),
    "inputSum": flat(inputs.sum(0)),
    "inputSquareSum": flat((inputs**2).sum(0)),
    "outputSum": flat(raw.sum(0)),
    "outputSquareSum": flat((raw**2).sum(0)),
    "activationAbsoluteSum": flat(np.abs(active).sum(0)),
    "activationZeroCount": flat((active == 0).sum(0)),
}

folder = pathlib.Path(__file__).parent
(folder / "saliency.json").write_text(
    json.dumps({**stated, **case, "saliency": {k: flat(v) for k, v in saliency.items()}}) + "\n"
)

# Features of the same layer as the only one of a network: floored logarithms, standardised over kept connections.
def floored(values, sample):
    positive = np.sort(sample[sample > 0])
    return np.log(np.maximum(values, positive[len(positive) // 100] / 10))


def score(values):
    kept = values[mask]
    deviation = kept.std()
    scores = (values - kept.mean()) / deviation if deviation > 0 else np.zeros_like(values)
    return np.where(mask, scores, 0)


def rank(axis):
    result = np.zeros_like(w64)
    magnitude = np.abs(w64)
    for o in range(OUTPUTS):
        for i in range(INPUTS):
            if not mask[o, i]:
                continue
            lines = {None: magnitude[mask], 1: magnitude[o][mask[o]], 0: magnitude[:, i][mask[:, i]]}
            others = lines[axis]
            above = (others > magnitude[o, i]).sum() + 0.5 * (others == magnitude[o, i]).sum()
            result[o, i] = np.log(len(others) - above) - np.log(above)
    return result


def line(values, axis):
    return np.broadcast_to(values[:, None] if axis == 0 else values[None, :], w64.shape)


log_w = floored(np.abs(w64), np.abs(w64)[mask])
log_g = floored(np.abs(mean_gradient), np.abs(mean_gradient)[mask])
log_g2 = floored(mean_square, mean_square[mask])
absolute = np.abs(gradients.astype(np.float64)).mean(0)
log_x2 = floored(rms**2, rms**2)
variance = inputs.astype(np.float64).var(0)
row_norm = np.sqrt((w64**2).sum(1))
column_norm = np.sqrt((w64**2).sum(0))
not_smaller = np.array([(w64[np.abs(w64) >= abs(v)] ** 2).sum() for v in w64.reshape(-1)])
features = {
    "log-magnitude": score(log_w),
    "layer-rank": rank(None),
    "row-rank": rank(1),
    "column-rank": rank(0),
    "log-lamp": score(2 * log_w - np.log(not_smaller.reshape(w64.shape))),
    "log-row-norm": score(line(floored(row_norm, row_norm), 0)),
    "log-column-norm": score(line(floored(column_norm, column_norm), 1)),
    "log-gradient-square": score(log_g2),
    "log-taylor": score(log_g + log_w),
    "log-absolute-taylor": score(floored(absolute, absolute[mask]) + log_w),
    "log-fisher": score(2 * log_w + log_g2),
    "first-order-change": np.where(
        mask, -mean_gradient * np.where(w64 < 0, -1, 1) / np.sqrt(mean_square), 0
    ),
    "log-wanda": score(log_w + 0.5 * line(log_x2, 1)),
    "log-obs-diagonal": score(2 * log_w + line(floored(variance, variance), 1)),
    "zero-fraction": np.where(mask, line((active == 0).mean(0), 0), 0),
    "log-row-density": np.where(mask, line(np.log(mask.mean(1) / mask.mean()), 0), 0),
}
(folder / "features.json").write_text(
    json.dumps({**stated, "features": {k: flat(v) for k, v in features.items()}}) + "\n"
)
