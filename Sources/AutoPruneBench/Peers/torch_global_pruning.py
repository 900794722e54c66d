"""Times torch.nn.utils.prune.global_unstructured with L1 on a tensor in a file; prints one line of JSON.

FILE holds ROWS × COLUMNS float32 numbers, little-endian.
"""

import argparse
import json
import os
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--sparsity", type=float, default=0.9)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main():
    options = arguments()
    # Read when the libraries are loaded.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import numpy as np
    import torch
    from torch.nn.utils import prune

    torch.set_num_threads(options.threads)
    weights = np.fromfile(options.file, np.float32).reshape(options.rows, options.columns)
    layer = torch.nn.Module()
    layer.weight = torch.nn.Parameter(torch.from_numpy(weights))
    start = time.perf_counter()
    prune.global_unstructured(
        [(layer, "weight")], pruning_method=prune.L1Unstructured, amount=options.sparsity)
    seconds = time.perf_counter() - start
    kept = int(layer.weight_mask.count_nonzero())
    print(json.dumps({"seconds": seconds, "kept": kept, "version": torch.__version__}))


if __name__ == "__main__":
    main()
