"""One-sided Student-t bounds on paired differences by scipy: writes bounds.json beside this script."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

SEED = 11


def case(metric, examples, confidence, random):
    dense = random.gamma(2, 0.3, examples).astype(np.float32)
    pruned = (dense + random.normal(0.02, 0.1, examples)).astype(np.float32)
    difference = pruned.astype(np.float64) - dense.astype(np.float64)
    _, bound = stats.ttest_1samp(difference, 0, alternative="less").confidence_interval(confidence)
    if metric == "perplexity":
        bound = np.exp(dense.astype(np.float64).mean()) * np.expm1(bound)
    return {
        "metric": metric,
        "confidence": confidence,
        "dense": dense.tolist(),
        "pruned": pruned.tolist(),
        "upperBoundPoints": 100 * float(bound),
    }


def main():
    random = np.random.default_rng(SEED)
    golden = {
        "script": Path(__file__).name,
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "cases": [
            case(metric, examples, confidence, random)
            for metric in ("mse", "mae", "perplexity")
            for examples, confidence in ((5, 0.95), (40, 0.9), (200, 0.99))
        ],
    }
    Path(__file__).with_name("bounds.json").write_text(json.dumps(golden) + "\n")


main()
