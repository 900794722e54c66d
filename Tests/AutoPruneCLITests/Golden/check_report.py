"""Opens a report of `prune --report` in headless Chromium and compares it with the JSON of the same run.

    check_report.py CHROMIUM REPORT.html REPORT.json

Prints what was found as JSON: the problems, one line each, and how much was compared.
"""

import html.parser
import json
import math
import re
import subprocess
import sys
import tempfile


class Page(html.parser.HTMLParser):
    """Elements with the attributes and the text within them."""

    def __init__(self):
        super().__init__()
        self.figures = []
        self.marks = []
        self.mark = None
        self.pictures = []
        self.identifiers = []
        self.open = []
        self.external = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.identifiers.append(attributes["id"])
        for name in ("src", "href"):
            if not attributes.get(name, "data:").startswith(("data:", "#")):
                self.external.append(attributes[name])
        if tag in ("script", "iframe", "object"):
            self.external.append(f"<{tag}>")
        if tag == "data":
            self.figures.append(dict(attributes, text=""))
        if tag == "g":
            self.mark = dict(attributes, shapes=[]) if "data-path" in attributes else None
            if self.mark:
                self.marks.append(self.mark)
        if tag in ("circle", "rect", "path") and self.mark:
            self.mark["shapes"].append(dict(attributes, tag=tag))
        if tag == "svg":
            self.mark = None
            self.pictures.append(dict(attributes))
        self.open.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "data":
            self.figures[-1]["text"] += data

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass


def lookup(report, path):
    for part in path.split("."):
        report = report[int(part)] if isinstance(report, list) else report[part]
    return report


def shown_value(text):
    """The number a text stands for, and half a unit of its last digit."""
    minutes = re.fullmatch(r"(\d+) min (\d+) s", text.strip())
    if minutes:
        return 60.0 * int(minutes.group(1)) + int(minutes.group(2)), 1
    match = re.fullmatch(r"(-?[\d,]*\.?\d+(?:e[-+]?\d+)?)\s*(.*)", text.strip())
    if not match:
        return None, None
    digits, unit = match.group(1).replace(",", ""), match.group(2)
    scale = {"%": 1e-2, "µs": 1e-6, "ms": 1e-3, "s": 1, "": 1, "B": 1, "kB": 1e3, "MB": 1e6}.get(unit)
    if scale is None:
        return None, None
    decimals = len(digits.split(".")[1]) if "." in digits else 0
    return float(digits) * scale, 0.5 * 10**-decimals * scale * (1 + 1e-9)


def is_linear(pairs):
    """Whether positions are a linear function of values, to a tenth of a pixel."""
    low, high = min(pairs), max(pairs)
    if high[0] == low[0]:
        return True
    slope = (high[1] - low[1]) / (high[0] - low[0])
    return all(abs(low[1] + slope * (value - low[0]) - place) < 0.1 for value, place in pairs)


def main():
    chromium, page_file, json_file = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--window-size=390,844", f"--user-data-dir={profile}", "--enable-logging=stderr",
             "--virtual-time-budget=2000", "--dump-dom", f"file://{page_file}"],
            capture_output=True, text=True, timeout=120)
    problems = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    if run.returncode != 0:
        problems.append(f"chromium exited with {run.returncode}: {run.stderr[-500:]}")
    page = Page()
    page.feed(run.stdout)
    with open(json_file) as file:
        report = json.load(file)

    problems += [f"the page asks for {target}" for target in page.external]
    for figure in page.figures:
        path, value, text = figure["data-path"], float(figure["value"]), figure["text"]
        expected = lookup(report, path)
        if value != expected:
            problems.append(f"{path}: the page has {value}, the JSON {expected}")
        shown, tolerance = shown_value(text)
        if shown is None:
            problems.append(f"{path}: '{text}' is no number")
        elif abs(shown - expected) > tolerance:
            problems.append(f"{path}: '{text}' is shown for {expected}")
    columns, rows, bars = [], [], []
    for mark in page.marks:
        path = mark["data-path"]
        expected = lookup(report, path)
        if "data-density" in mark:
            for key, name in (("data-density", "densityAfter"), ("data-metric", "metric")):
                if float(mark[key]) != expected[name]:
                    problems.append(f"{path}.{name}: the chart has {mark[key]}")
            shape = mark["shapes"][0]
            if shape["tag"] == "circle":
                columns.append((1 - expected["densityAfter"], float(shape["cx"])))
                rows.append((expected["metric"], float(shape["cy"])))
            if (expected["decision"] == "accepted") != (shape["tag"] == "circle"):
                problems.append(f"{path}: drawn as {shape['tag']}, was {expected['decision']}")
        else:
            if float(mark["data-value"]) != expected:
                problems.append(f"{path}: the chart has {mark['data-value']}, the JSON {expected}")
            if path.startswith("layers"):
                bars.append((expected, float(mark["shapes"][-1]["width"])))
    for name, pairs in (("sparsities", columns), ("metrics", rows), ("layer bars", bars)):
        if pairs and not is_linear(pairs):
            problems.append(f"{name} are not drawn to scale: {pairs}")
    for picture in page.pictures:
        for label in picture.get("aria-labelledby", "missing").split():
            if page.identifiers.count(label) != 1:
                problems.append(f"a picture's label '{label}' stands {page.identifiers.count(label)} times")
    paths = {figure["data-path"] for figure in page.figures}
    json.dump({
        "problems": problems, "figures": len(page.figures), "marks": len(page.marks),
        "pictures": len(page.pictures), "paths": sorted(paths),
    }, sys.stdout)


main()
