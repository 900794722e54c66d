"""Learning rates of PyTorch's schedulers over a short course: writes schedules.json beside this script."""

import json
import warnings
from pathlib import Path

import torch
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LinearLR, MultiStepLR, SequentialLR

STEPS = 40
# The rate starts a thousandth of the course above zero.
WARMUP_OFFSET = 1e-3


def course(shape, optimizer, steps):
    if shape == "cosine":
        return CosineAnnealingLR(optimizer, T_max=steps)
    milestones = [steps // 2, steps * 3 // 4] if shape == "step" else []
    return MultiStepLR(optimizer, milestones=milestones, gamma=0.1)


def factors(shape, warmup, hold):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    warmup_steps = round(warmup * STEPS)
    hold_steps = round(hold * STEPS)
    parts = []
    milestones = []
    if warmup_steps:
        start = WARMUP_OFFSET / (warmup + WARMUP_OFFSET)
        parts.append(LinearLR(optimizer, start_factor=start, total_iters=warmup_steps))
        milestones.append(warmup_steps)
    if hold_steps:
        parts.append(ConstantLR(optimizer, factor=1.0, total_iters=hold_steps))
        milestones.append(warmup_steps + hold_steps)
    parts.append(course(shape, optimizer, STEPS - warmup_steps - hold_steps))
    scheduler = SequentialLR(optimizer, parts, milestones=milestones) if milestones else parts[0]
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def main():
    warnings.simplefilter("ignore")
    courses = [
        {"shape": shape, "warmup": warmup, "hold": hold, "factors": factors(shape, warmup, hold)}
        for shape in ("constant", "cosine", "step")
        for warmup in (0.0, 0.2)
        for hold in (0.0, 0.5)
    ]
    golden = {
        "script": Path(__file__).name,
        "libraries": {"torch": torch.__version__},
        "seed": 0,
        "courses": courses,
    }
    Path(__file__).with_name("schedules.json").write_text(json.dumps(golden) + "\n")


main()
