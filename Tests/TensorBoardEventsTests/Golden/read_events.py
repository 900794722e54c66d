"""Prints what the `tensorboard` package reads from a folder of event files, as JSON."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"histograms": 0, "scalars": 0})
events.Reload()
scalars = {
    tag: [[event.step, event.value] for event in events.Scalars(tag)]
    for tag in events.Tags()["scalars"]
}
histograms = {
    tag: [
        {
            "step": event.step,
            "min": event.histogram_value.min,
            "max": event.histogram_value.max,
            "num": event.histogram_value.num,
            "sum": event.histogram_value.sum,
            "sumSquares": event.histogram_value.sum_squares,
            "limits": list(event.histogram_value.bucket_limit),
            "counts": list(event.histogram_value.bucket),
        }
        for event in events.Histograms(tag)
    ]
    for tag in events.Tags()["histograms"]
}
json.dump({"scalars": scalars, "histograms": histograms}, sys.stdout)
