"""Optimizer steps of PyTorch on a two-layer network: writes optimizer_steps.json.

Run with a Python that has torch (Debian: apt-get install python3-torch):
    python3 make_optimizer_steps.py
"""

import json
import pathlib

import torch

SEED = 20240607
STEPS = 6


def network(generator):
    return {
        "w1": torch.randn(5, 4, generator=generator) * 0.5,
        "b1": torch.randn(5, generator=generator) * 0.1,
        "w2": torch.randn(3, 5, generator=generator) * 0.5,
        "b2": torch.randn(3, generator=generator) * 0.1,
    }


def forward(parameters, x):
    hidden = torch.relu(x @ parameters["w1"].t() + parameters["b1"])
    return hidden @ parameters["w2"].t() + parameters["b2"]


def case(name, make, smoothing=0.0, clip=None):
    generator = torch.Generator().manual_seed(SEED)
    parameters = {k: v.requires_grad_() for k, v in network(generator).items()}
    x = torch.randn(8, 4, generator=generator)
    labels = torch.randint(0, 3, (8,), generator=generator)
    start = {k: v.detach().flatten().tolist() for k, v in parameters.items()}
    optimizer = make(list(parameters.values()))
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            forward(parameters, x), labels, label_smoothing=smoothing)
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(list(parameters.values()), clip)
        optimizer.step()
        losses.append(loss.item())
    return {
        "name": name, "x": x.flatten().tolist(), "labels": labels.tolist(), "start": start,
        "losses": losses, "end": {k: v.detach().flatten().tolist() for k, v in parameters.items()},
    }


CASES = [
    case("sgd", lambda p: torch.optim.SGD(p, lr=0.1)),
    case("momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
    case("nesterov", lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.8, weight_decay=0.001, nesterov=True)),
    case("adam", lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01)),
    case("adamW", lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    case("smoothing", lambda p: torch.optim.SGD(p, lr=0.1), smoothing=0.1),
    case("clip", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), clip=0.3),
]

pathlib.Path(__file__).with_name("optimizer_steps.json").write_text(json.dumps({
    "script": "make_optimizer_steps.py", "torch": torch.__version__, "seed": SEED,
    "steps": STEPS, "cases": CASES,
}, indent=1))
