"""Measures a classifier's test accuracy with onnxruntime; prints one line of JSON.

DATA is a folder of IDX test files (gzipped or not), or an .npz with x_test and y_test.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import onnxruntime


def numbers(text):
    return np.array([float(part) for part in text.split(",")], np.float32)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--mean", type=numbers, default=numbers("0"), help="one, or one per channel")
    parser.add_argument("--std", type=numbers, default=numbers("1"), help="one, or one per channel")
    parser.add_argument("--raw", action="store_true", help="leave the numbers alone")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--threads", type=int, default=0)
    return parser.parse_args()


def idx(folder, part):
    for name in (f"t10k-{part}", f"test-{part}"):
        for path in sorted(folder.glob(f"{name}-idx*-ubyte*")):
            opened = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
            with opened as file:
                content = file.read()
            rank = content[3]
            shape = np.frombuffer(content, ">u4", rank, 4)
            return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
    raise SystemExit(f"{folder} holds no t10k-{part} file")


def load(path):
    if path.is_dir():
        return idx(path, "images"), idx(path, "labels")
    arrays = np.load(path)
    return arrays["x_test"], arrays["y_test"]


def normalised(images, options):
    values = images.astype(np.float32)
    if options.raw:
        return values
    if images.dtype == np.uint8:
        values /= 255
    # One channel per number, on the axis after the examples.
    shape = (-1, *[1] * (values.ndim - 2)) if options.mean.size > 1 else (-1,)
    return (values - options.mean.reshape(shape)) / options.std.reshape(shape)


def main():
    options = arguments()
    images, labels = load(Path(options.data))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(
        options.model, settings, providers=["CPUExecutionProvider"])
    model_input = session.get_inputs()[0]
    extents = [extent if isinstance(extent, int) else -1 for extent in model_input.shape]
    example = extents[1:]
    if any(extent < 0 for extent in example):
        example = list(images.shape[1:])
    inputs = normalised(images, options).reshape(len(images), *example)
    batch = extents[0] if extents[0] > 0 else options.batch
    correct = 0
    count = len(inputs) // batch * batch if extents[0] > 0 else len(inputs)
    for start in range(0, count, batch):
        part = slice(start, min(start + batch, count))
        outputs = session.run(None, {model_input.name: inputs[part]})[0]
        predictions = outputs.reshape(part.stop - part.start, -1).argmax(axis=1)
        correct += int((predictions == labels[part]).sum())
    print(json.dumps({
        "accuracy": correct / count, "correct": correct, "examples": count,
        "version": onnxruntime.__version__}))


if __name__ == "__main__":
    main()
