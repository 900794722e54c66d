"""Writes numerics.json: reference values of distributions and bounds, from scipy alone.

Usage: python make_golden.py > numerics.json
"""

import json

import numpy as np
import scipy
from scipy import special, stats

quantiles = [
    {"probability": p, "value": float(stats.norm.ppf(p))}
    for p in (1e-6, 0.025, 0.5, 0.95, 0.9999)
]

binomials = [
    {
        "successes": k,
        "trials": n,
        "probability": p,
        "atMost": float(stats.binom.cdf(k, n, p)),
        "above": float(stats.binom.sf(k, n, p)),
        "mass": float(stats.binom.pmf(k, n, p)),
    }
    for k, n, p in ((0, 10, 0.1), (3, 10, 0.5), (10, 10, 0.9), (40, 5000, 0.01), (90, 5000, 0.01))
]

intervals = []
for k, n, c in ((0, 50, 0.95), (7, 50, 0.95), (50, 50, 0.99), (12, 3000, 0.9), (250, 9000, 0.975)):
    test = stats.binomtest(k, n)
    both = test.proportion_ci(1 - 2 * (1 - c), method="exact")
    intervals.append(
        {"successes": k, "trials": n, "confidence": c, "lower": float(both.low), "upper": float(both.high)}
    )


def paired_upper(b, c, n, confidence):
    """The largest drop that the exact test keeps, by brute force.

    Sums the trinomial's masses over all tables instead of binomials over the disagreements, walks down from the largest
    possible drop in steps of 1 / (50 n), and looks at 400 shares of disagreement for each. Between two jumps, where
    a table joins those at least as favourable, the probability falls with the drop; halving finds the jump or crossing.
    """
    level = 1 - confidence
    interval_error = min(level / 50, 0.001)
    interval = stats.binomtest(b + c, n).proportion_ci(1 - interval_error, method="exact")
    tables = [(i, j) for i in range(n + 1) for j in range(n + 1 - i)]
    wrong = np.array([t[0] for t in tables])
    right = np.array([t[1] for t in tables])
    rest = n - wrong - right
    ways = special.gammaln(n + 1) - special.gammaln(wrong + 1) - special.gammaln(right + 1) - special.gammaln(rest + 1)

    def deviation(total, drop):
        variance = np.maximum(total + 1, n * abs(drop)) - n * drop * drop
        return np.sqrt(np.maximum(variance, 0.5))

    def probability(drop):
        low = max(interval.low, abs(drop))
        if low > interval.high:
            return 0.0
        observed = (b - c - n * drop) / deviation(np.array(b + c), drop)
        chosen = (wrong - right - n * drop) / deviation(wrong + right, drop) <= observed + 1e-9
        share = np.linspace(low, interval.high, 400)[:, None]
        masses = np.exp(
            ways[chosen]
            + special.xlogy(wrong[chosen], (share + drop) / 2)
            + special.xlogy(right[chosen], np.maximum((share - drop) / 2, 0))
            + special.xlogy(rest[chosen], np.maximum(1 - share, 0))
        )
        return float(masses.sum(axis=1).max())

    above = interval.high
    while probability(above) <= level - interval_error:
        inside = above - 1 / (50 * n)
        if probability(inside) > level - interval_error:
            break
        above = inside
    else:
        return above
    for _ in range(24):
        middle = (inside + above) / 2
        if probability(middle) > level - interval_error:
            inside = middle
        else:
            above = middle
    return above


paired = [
    {"newlyWrong": b, "newlyRight": c, "examples": n, "confidence": conf, "upper": paired_upper(b, c, n, conf)}
    for b, c, n, conf in (
        (3, 1, 30, 0.95),
        (0, 0, 25, 0.95),
        (5, 5, 40, 0.9),
        (2, 6, 40, 0.95),
        (7, 3, 20, 0.8),
        (1, 0, 60, 0.99),
        (4, 2, 60, 0.95),
    )
]

print(
    json.dumps(
        {
            "script": "make_golden.py",
            "library": f"scipy {scipy.__version__}, numpy {np.__version__}",
            "quantiles": quantiles,
            "binomials": binomials,
            "intervals": intervals,
            "paired": paired,
        },
        indent=1,
    )
)
