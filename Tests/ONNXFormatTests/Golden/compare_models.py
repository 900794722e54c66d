"""Exits 0 where two ONNX files say the same, external data included; prints the first difference otherwise.

    .venv/bin/python Tests/ONNXFormatTests/Golden/compare_models.py BEFORE AFTER
"""
import os
import sys

import onnx
from onnx.external_data_helper import load_external_data_for_model


def load(path):
    model = onnx.load(path, load_external_data=False)
    load_external_data_for_model(model, os.path.dirname(os.path.abspath(path)))
    return model


before, after = load(sys.argv[1]), load(sys.argv[2])
if before.SerializeToString(deterministic=True) == after.SerializeToString(deterministic=True):
    sys.exit(0)
for old, new in zip(str(before).splitlines(), str(after).splitlines()):
    if old != new:
        sys.exit(f"expected {old[:200]!r}, got {new[:200]!r}")
sys.exit("one model says more than the other")
