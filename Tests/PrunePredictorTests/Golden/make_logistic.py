"""Writes logistic.json: ridge logistic regressions by scikit-learn.

Usage: python make_logistic.py > logistic.json
"""

import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

SEED = 7
cases = []
for rows, columns, ridge, spread in ((300, 4, 1.0, 1.0), (400, 8, 0.01, 30.0), (250, 3, 100.0, 1.0)):
    random = np.random.default_rng(SEED + rows)
    x = random.normal(size=(rows, columns))
    x[:, 1] = x[:, 0] * 0.95 + 0.05 * x[:, 1]
    x *= np.logspace(0, np.log10(spread), columns)
    x = x.astype(np.float32)
    truth = random.normal(size=columns) / np.logspace(0, np.log10(spread), columns)
    y = (random.random(rows) < 1 / (1 + np.exp(-(x @ truth - 0.5)))).astype(int)
    weights = np.round(random.uniform(0.2, 3, rows), 3).astype(np.float32)
    model = LogisticRegression(C=1 / ridge, solver="lbfgs", tol=1e-12, max_iter=100000)
    model.fit(x.astype(np.float64), y, sample_weight=weights.astype(np.float64))
    probability = model.predict_proba(x.astype(np.float64))
    loss = log_loss(y, probability, sample_weight=weights.astype(np.float64))
    total = float(weights.astype(np.float64).sum())
    cases.append(
        {
            "columns": [[float(v) for v in column] for column in x.T],
            "labels": [float(v) for v in y],
            "weights": [float(v) for v in weights],
            "ridge": ridge,
            "coefficients": model.coef_[0].tolist(),
            "intercept": float(model.intercept_[0]),
            "meanLoss": float(loss),
            "objective": float(loss + 0.5 * ridge / total * np.sum(model.coef_[0] ** 2)),
        }
    )
print(
    json.dumps(
        {
            "script": "make_logistic.py",
            "library": f"scikit-learn {sklearn.__version__}",
            "seed": SEED,
            "cases": cases,
        }
    )
)
