"""Writes tree.json: a decision tree by scikit-learn on columns of few distinct values, where bins lose nothing.

Usage: python make_tree.py > tree.json
"""

import json

import numpy as np
import sklearn
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.tree import DecisionTreeClassifier

SEED = 5
random = np.random.default_rng(SEED)
x = np.round(random.normal(size=(3000, 4)) * 8) / 8
score = np.where((x[:, 0] > 0.5) & (x[:, 1] < 0.25), 1.5, -0.5) + 0.8 * np.abs(x[:, 2])
y = (random.random(3000) < 1 / (1 + np.exp(-score))).astype(int)
fit, held = slice(0, 2000), slice(2000, 3000)
model = DecisionTreeClassifier(
    criterion="log_loss", max_leaf_nodes=12, min_samples_leaf=20, random_state=0)
model.fit(x[fit], y[fit])
probability = model.predict_proba(x)[:, 1]
print(json.dumps({
    "script": "make_tree.py", "sklearn": sklearn.__version__, "seed": SEED,
    "columns": x.T.tolist(), "labels": y.tolist(), "fitCount": 2000,
    "leaves": int(model.get_n_leaves()),
    "fitLoss": float(log_loss(y[fit], probability[fit])),
    "heldOutLoss": float(log_loss(y[held], probability[held])),
    "heldOutAUC": float(roc_auc_score(y[held], probability[held]))}))
