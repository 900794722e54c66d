"""Writes digits.npz: scikit-learn's copy of the UCI optical digits, split once and for all.

Usage: python make_digits.py   (numpy, scikit-learn; writes beside this file)
"""

import pathlib

import numpy
import sklearn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 0
TEST_EXAMPLES = 450

digits = load_digits()
images = digits.images.astype(numpy.uint8).reshape(-1, 1, 8, 8)
labels = digits.target.astype(numpy.uint8)
assert images.shape[0] == 1797 and images.max() == 16

x_train, x_test, y_train, y_test = train_test_split(
    images, labels, test_size=TEST_EXAMPLES, random_state=SEED, stratify=labels
)
path = pathlib.Path(__file__).with_name("digits.npz")
numpy.savez_compressed(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
print(f"{path.name}: {len(x_train)} + {len(x_test)} examples, scikit-learn {sklearn.__version__}")
