"""Runs two models in onnxruntime on the same random input and exits with 1 where their outputs differ.

    .venv/bin/python Tests/ONNXFormatTests/Golden/compare_sparse.py dense.onnx sparse.onnx
"""
import sys

import numpy as np
import onnx
import onnxruntime

onnx.checker.check_model(onnx.load(sys.argv[2]))
sessions = [onnxruntime.InferenceSession(path) for path in sys.argv[1:3]]
rows = sessions[0].get_inputs()[0].shape[1]
data = np.random.default_rng(1).standard_normal((4, rows)).astype(np.float32)
dense, sparse = [session.run(None, {"x": data})[0] for session in sessions]
sys.exit(0 if np.array_equal(dense, sparse) else 1)
