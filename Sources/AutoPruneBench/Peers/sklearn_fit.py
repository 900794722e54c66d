"""Fits scikit-learn's logistic regression or decision tree to rows in a file; prints one line of JSON.

FILE holds float32, little-endian: COLUMNS columns of COUNT + HELD numbers each, then as many labels. The last HELD rows
are kept out of the fit. Only `fit` is timed; rows are laid out as the estimator wants them before.
"""

import argparse
import json
import os
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--kind", choices=["logistic", "tree"], required=True)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--held", type=int, required=True)
    parser.add_argument("--total", type=int, required=True, help="rows in the file")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--ridge", type=float, default=1.0)
    parser.add_argument("--leaves", type=int, default=64)
    parser.add_argument("--smallest-leaf", type=int, default=20)
    return parser.parse_args()


def main():
    options = arguments()
    # Read when the libraries are loaded.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
    import numpy as np
    import sklearn
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.tree import DecisionTreeClassifier

    stored = np.memmap(
        options.file, np.float32, "r", shape=(options.columns + 1, options.total))
    fit = slice(0, options.count)
    held = slice(options.total - options.held, options.total)
    rows = np.ascontiguousarray(stored[:-1, fit].T)
    labels = stored[-1, fit].astype(np.int64)
    if options.kind == "logistic":
        model = LogisticRegression(solver="lbfgs", C=1 / options.ridge)
    else:
        model = DecisionTreeClassifier(
            criterion="log_loss", max_leaf_nodes=options.leaves,
            min_samples_leaf=options.smallest_leaf, random_state=0)
    start = time.perf_counter()
    model.fit(rows, labels)
    seconds = time.perf_counter() - start
    result = {"seconds": seconds, "version": sklearn.__version__}
    if options.kind == "logistic":
        result["point"] = [*model.coef_[0].tolist(), float(model.intercept_[0])]
        result["iterations"] = int(model.n_iter_[0])
    else:
        scores = model.predict_proba(np.ascontiguousarray(stored[:-1, held].T))[:, 1]
        result["auc"] = float(roc_auc_score(stored[-1, held], scores))
        result["leaves"] = int(model.get_n_leaves())
    print(json.dumps(result))


if __name__ == "__main__":
    main()
