"""Golden values of the compensation tests: numpy's least squares and dense inverses on small layers.

Run: .venv/bin/python Tests/PruneSurgeryTests/Golden/make_compensation.py
"""

import json
import pathlib

import numpy as np

SEED = 20


def unfolded(x, kernel, stride, pad, groups):
    """What each output position reads: [groups, positions, inputs]."""
    n, c, h, w = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = []
    for group in range(groups):
        part = padded[:, group * c // groups : (group + 1) * c // groups]
        positions = []
        for example in range(n):
            for top in range(0, h + 2 * pad - kernel + 1, stride):
                for left in range(0, w + 2 * pad - kernel + 1, stride):
                    positions.append(
                        part[example, :, top : top + kernel, left : left + kernel].ravel())
        rows.append(positions)
    return np.array(rows)


def ridge_fit(x, r, kept, ridge, fits_bias):
    """Δ [inputs, outputs] and bias [outputs], by numpy.linalg.lstsq on the augmented system."""
    mean_x = x.mean(0) if fits_bias else np.zeros(x.shape[1])
    mean_r = r.mean(0) if fits_bias else np.zeros(r.shape[1])
    a, b = x - mean_x, r - mean_r
    penalty = ridge * (a * a).sum() / a.shape[1]
    delta = np.zeros((x.shape[1], r.shape[1]))
    for output in range(r.shape[1]):
        support = np.flatnonzero(kept[output])
        if support.size == 0:
            continue
        augmented = np.vstack([a[:, support], np.sqrt(penalty) * np.eye(support.size)])
        wanted = np.concatenate([b[:, output], np.zeros(support.size)])
        delta[support, output] = np.linalg.lstsq(augmented, wanted, rcond=None)[0]
    return delta, (mean_r - mean_x @ delta if fits_bias else np.zeros(r.shape[1]))


def layer_case(name, rng, *, groups=1, kernel=1, stride=1, pad=0, channels=6, outputs=4,
               examples=40, size=1, ridge=1e-2, fits_bias=False, density=0.5, rows_removed=()):
    convolution = kernel > 1 or size > 1
    x = rng.normal(size=(examples, channels, size, size)) + 0.5
    x_dense = x + 0.3 * rng.normal(size=x.shape)
    inputs = channels // groups * kernel * kernel
    weight_dense = rng.normal(size=(outputs, inputs))
    kept = rng.random((outputs, inputs)) < density
    kept[list(rows_removed)] = False
    weight = weight_dense * kept
    seen = unfolded(x, kernel, stride, pad, groups)
    wanted = unfolded(x_dense, kernel, stride, pad, groups)
    delta = np.zeros((outputs, inputs))
    bias = np.zeros(outputs)
    each = outputs // groups
    for group in range(groups):
        units = slice(group * each, (group + 1) * each)
        r = wanted[group] @ weight_dense[units].T - seen[group] @ weight[units].T
        fitted, shift = ridge_fit(seen[group], r, kept[units], ridge, fits_bias)
        delta[units], bias[units] = fitted.T, shift
    return {
        "name": name, "groups": groups, "kernel": kernel, "stride": stride, "pad": pad,
        "isConvolution": convolution, "inputShape": list(x.shape if convolution else x.shape[:2]),
        "weightShape": [outputs, channels // groups, kernel, kernel] if convolution
        else [outputs, inputs],
        "input": x.ravel().tolist(), "denseInput": x_dense.ravel().tolist(),
        "weight": weight.ravel().tolist(), "denseWeight": weight_dense.ravel().tolist(),
        "kept": kept.ravel().tolist(), "ridge": ridge, "fitsBias": fits_bias,
        "correction": delta.ravel().tolist(), "bias": bias.tolist() if fits_bias else [],
    }


def fisher_case(rng, rows=12, connections=30, ridge=0.05):
    gradients = rng.normal(size=(rows, connections))
    weights = rng.normal(size=connections)
    kept = rng.random(connections) < 0.6
    removed = ~kept
    # λ as the Swift side states it: nλ is a share of the mean squared norm of the kept gradients.
    penalty = ridge * (gradients[:, kept] ** 2).sum() / rows / rows
    fisher = penalty * np.eye(connections) + gradients.T @ gradients / rows
    inverse = np.linalg.inv(fisher)
    block = np.linalg.inv(inverse[np.ix_(removed, removed)])
    update = -inverse[:, removed] @ block @ weights[removed]
    return {
        "rows": rows, "gradients": gradients.ravel().tolist(), "weights": weights.tolist(),
        "kept": kept.tolist(), "ridge": ridge,
        "correction": np.where(kept, update, 0).tolist(),
    }


def saliency_case(rng, examples=50, inputs=7, outputs=3, ridge=0.1):
    x = rng.normal(size=(examples, inputs)) @ rng.normal(size=(inputs, inputs))
    delta = rng.normal(size=(examples, outputs))
    weights = rng.normal(size=(outputs, inputs))
    kept = rng.random((outputs, inputs)) < 0.7
    gram = x.T @ x / examples
    squares = (delta**2).T @ (x**2)
    scores = np.zeros((outputs, inputs))
    for output in range(outputs):
        support = np.flatnonzero(kept[output])
        matrix = gram[np.ix_(support, support)] + ridge * np.trace(gram) / inputs * np.eye(
            support.size)
        curvature = squares[output, support].sum() / examples / np.diag(gram)[support].sum()
        scores[output, support] = (
            weights[output, support] ** 2 * curvature / 2 / np.diag(np.linalg.inv(matrix)))
    return {
        "examples": examples, "inputs": inputs, "outputs": outputs,
        "gram": (x.T @ x).ravel().tolist(), "gradientSquareSum": squares.ravel().tolist(),
        "weights": weights.ravel().tolist(), "kept": kept.ravel().tolist(),
        "scores": scores.ravel().tolist(),
    }


def newton_case(rng, rows=40, weights=7, ridge=0.05):
    gradients = rng.normal(size=(rows, weights)) @ rng.normal(size=(weights, weights))
    slope = rng.normal(size=weights)
    curvature = gradients.T @ gradients / rows
    penalty = ridge * np.linalg.eigvalsh(curvature).mean()
    return {
        "gradients": gradients.ravel().tolist(), "slope": slope.tolist(), "ridge": ridge,
        "step": np.linalg.lstsq(curvature + penalty * np.eye(weights), -slope, rcond=None)[0].tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    cases = [
        layer_case("linear", rng),
        layer_case("linear with bias", rng, fits_bias=True),
        layer_case("an emptied unit", rng, rows_removed=[1], ridge=1e-3),
        layer_case("convolution", rng, kernel=3, pad=1, channels=3, size=5, examples=6),
        layer_case("grouped, strided convolution", rng, groups=2, kernel=3, stride=2, pad=1,
                   channels=4, outputs=6, size=6, examples=8, fits_bias=True),
    ]
    golden = {
        "script": "make_compensation.py", "numpy": np.__version__, "seed": SEED, "layers": cases,
        "fisher": fisher_case(rng), "saliency": saliency_case(rng),
        "newton": newton_case(rng),
    }
    rounded = json.loads(json.dumps(golden), parse_float=lambda text: round(float(text), 7))
    path = pathlib.Path(__file__).parent / "compensation.json"
    path.write_text(json.dumps(rounded, separators=(",", ":")) + "\n")


main()
