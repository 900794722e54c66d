"""Upper bounds of paired drops, straight from the papers' formulas: writes bounds.json beside this script.

Maurer & Pontil 2009, Theorem 4, for contributions within 0 ... 1; bootstrap-t (Efron & Tibshirani 1993, section 12.5) with
200,000 samples for errors without a limit. The tolerance of the latter covers the thousand samples of the tested one.
"""

import json
from pathlib import Path

import numpy as np

SEED = 11
REPLICATES = 200_000


def bernstein(dense, pruned, confidence, width):
    drop = dense - pruned
    n, level = len(drop), np.log(2 / (1 - confidence))
    return drop.mean() + np.sqrt(2 * drop.var(ddof=1) * level / n) + 7 * width * level / (3 * (n - 1))


def estimate(metric, x, y):
    """Statistic and standard error along the last axis."""
    n = x.shape[-1]
    if metric == "perplexity":
        a, b = np.exp(x.mean(-1)), np.exp(y.mean(-1))
        influence = b[..., None] * (y - y.mean(-1, keepdims=True)) - a[..., None] * (x - x.mean(-1, keepdims=True))
        return b - a, np.sqrt((influence**2).sum(-1) / (n - 1) / n)
    return (y - x).mean(-1), (y - x).std(-1, ddof=1) / np.sqrt(n)


def bootstrap(metric, dense, pruned, confidence, random):
    value, error = estimate(metric, dense, pruned)
    studentised = []
    for _ in range(REPLICATES // 2000):
        rows = random.integers(0, len(dense), (2000, len(dense)))
        again, spread = estimate(metric, dense[rows], pruned[rows])
        studentised.append((again - value) / spread)
    return value - np.quantile(np.concatenate(studentised), 1 - confidence) * error


def case(metric, contribution, examples, confidence, random):
    if contribution == "unbounded":
        dense = random.gamma(2, 0.3, examples).astype(np.float32)
        pruned = (dense + random.gamma(0.5, 0.1, examples) - 0.02).astype(np.float32)
    else:
        dense = np.ones(examples, np.float32) if metric == "fidelity" else random.integers(0, 5, examples).astype(np.float32) / 4
        pruned = np.clip(dense - random.gamma(0.5, 0.05, examples), 0, 1).astype(np.float32)
    x, y = dense.astype(np.float64), pruned.astype(np.float64)
    if contribution == "unbounded":
        bound = bootstrap(metric, x, y, confidence, random)
    else:
        bound = bernstein(x, y, confidence, 1 if metric == "fidelity" else 2)
    return {
        "metric": metric,
        "range": contribution,
        "confidence": confidence,
        "dense": dense.tolist(),
        "pruned": pruned.tolist(),
        "upperBoundPoints": 100 * float(bound),
        "relativeTolerance": 0.06 if contribution == "unbounded" else 1e-6,
    }


def main():
    random = np.random.default_rng(SEED)
    sizes = ((24, 0.95), (60, 0.9), (200, 0.99))
    golden = {
        "script": Path(__file__).name,
        "libraries": {"numpy": np.__version__},
        "seed": SEED,
        "cases": [
            case(metric, contribution, examples, confidence, random)
            for metric, contribution in (
                ("mse", "unbounded"),
                ("perplexity", "unbounded"),
                ("fidelity", "unit-interval"),
                ("accuracy", "unit-interval"),
            )
            for examples, confidence in sizes
        ],
    }
    Path(__file__).with_name("bounds.json").write_text(json.dumps(golden) + "\n")


main()
