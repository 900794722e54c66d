"""Writes the arrays and images that PruneData's readers are compared with.

Usage: python make_golden.py   (numpy, pillow; writes beside this file)
"""

import json
import pathlib
import zipfile

import numpy
import PIL
from PIL import Image

SEED = 20
HERE = pathlib.Path(__file__).parent
TYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
random = numpy.random.default_rng(SEED)


def array(code, shape=(2, 3, 4)):
    if code == "b1":
        return random.random(shape) < 0.5
    if code[0] == "f":
        return random.standard_normal(shape).astype(code)
    info = numpy.iinfo(code)
    # JSON readers keep 53 bits.
    low, high = max(info.min, -(2**52)), min(info.max, 2**52)
    return random.integers(low, high, shape, endpoint=True).astype(code)


def expected(values):
    return {"shape": list(values.shape), "values": [float(v) for v in values.ravel(order="C")]}


def save_arrays():
    little = {f"little_{code}": array(code) for code in TYPES}
    big = {f"big_{code}": array(code).astype(">" + code) for code in TYPES}
    fortran = {f"fortran_{code}": numpy.asfortranarray(array(code)) for code in TYPES}
    other = {
        "scalar": numpy.float32(2.5),
        "vector": numpy.arange(5, dtype="i4"),
        "empty": numpy.zeros((0, 3), "f4"),
        "noncontiguous": array("f4", (4, 6))[::2, ::3],
    }
    arrays = {**little, **big, **fortran, **other}
    numpy.savez_compressed(HERE / "deflated.npz", **arrays)
    numpy.savez(HERE / "stored.npz", **arrays)
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(HERE / f"version{version[0]}.npy", "wb") as file:
            numpy.lib.format.write_array(file, little["little_f4"], version=version)
    # Forces ZIP64 records without gigabytes of data.
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 10
    numpy.savez(HERE / "zip64.npz", little_f4=little["little_f4"], little_i8=little["little_i8"])
    zipfile.ZIP64_LIMIT = limit
    return {name: expected(numpy.asarray(values)) for name, values in arrays.items()}


def save_images():
    result = {}

    def save(name, image, pixels):
        image.save(HERE / name)
        planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
        result[name] = expected(planes)

    gray = random.integers(0, 256, (5, 7), dtype="u1")
    rgb = random.integers(0, 256, (5, 7, 3), dtype="u1")
    save("gray.png", Image.fromarray(gray), gray)
    save("rgb.png", Image.fromarray(rgb), rgb)
    palette = Image.fromarray(rgb).quantize(16)
    save("palette.png", palette, numpy.asarray(palette.convert("RGB")))
    rows, columns = numpy.mgrid[0:16, 0:16]
    smooth = numpy.stack([rows * 9, columns * 11, rows * 4 + columns * 5], -1).astype("u1")
    for name, pixels in [("gray.jpg", smooth[..., 0]), ("rgb.jpg", smooth)]:
        Image.fromarray(pixels).save(HERE / name, quality=95)
        decoded = numpy.asarray(Image.open(HERE / name))
        result[name] = expected(decoded[None] if decoded.ndim == 2 else decoded.transpose(2, 0, 1))
    return result


golden = {
    "script": pathlib.Path(__file__).name,
    "library": f"numpy {numpy.__version__}, pillow {PIL.__version__}",
    "seed": SEED,
    "arrays": save_arrays(),
    "images": save_images(),
}
(HERE / "golden.json").write_text(json.dumps(golden))
