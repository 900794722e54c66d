"""Prunes a residual network with Torch-Pruning and writes each result as ONNX; prints one line of JSON.

WEIGHTS is an .npz of the network's tensors by their ONNX names, CALIBRATION one with `x` and `y`. Every importance of the
library's that fits is used with global ranking, isomorphic (Fang et al., 2024, arXiv:2407.04616) and plain, in steps as in
its own benchmarks until the share of MACs is reached, with gradients taken anew for each step where the importance needs
them. Each network is written with the batch normalization it has, and with statistics taken anew.
"""

import argparse
import copy
import json
import os


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights")
    parser.add_argument("calibration")
    parser.add_argument("out")
    parser.add_argument("--blocks", type=int, required=True, help="per stage: 3 in ResNet-20")
    parser.add_argument("--keep", type=float, nargs="+", required=True, help="shares of the MACs")
    parser.add_argument("--importances", nargs="+",
                        default=["magnitude", "bn-scale", "taylor", "hessian"])
    parser.add_argument("--steps", type=int, default=100, help="to a channel ratio of 1")
    parser.add_argument("--gradient-examples", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def residual_network(nn, weights, blocks):
    """He et al., 2015, arXiv:1512.03385, section 4.2, with 1x1 convolutions where the shape changes."""
    from torch.nn import functional

    def convolution(name, stride, padding):
        outputs, inputs, kernel, _ = weights[name + ".weight"].shape
        return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)

    class Shortcut(nn.Module):
        def __init__(self, name, stride):
            super().__init__()
            self.conv = convolution(name + ".conv", stride, 0)
            self.bn = nn.BatchNorm2d(self.conv.out_channels)

        def forward(self, x):
            return self.bn(self.conv(x))

    class Block(nn.Module):
        def __init__(self, name, stride):
            super().__init__()
            self.conv1 = convolution(name + ".conv1", stride, 1)
            self.bn1 = nn.BatchNorm2d(self.conv1.out_channels)
            self.conv2 = convolution(name + ".conv2", 1, 1)
            self.bn2 = nn.BatchNorm2d(self.conv2.out_channels)
            if name + ".shortcut.conv.weight" in weights:
                self.shortcut = Shortcut(name + ".shortcut", stride)
            else:
                self.shortcut = nn.Identity()

        def forward(self, x):
            inner = functional.relu(self.bn1(self.conv1(x)))
            return functional.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = convolution("conv1", 1, 1)
            self.bn1 = nn.BatchNorm2d(self.conv1.out_channels)
            for stage in (1, 2, 3):
                names = [f"layer{stage}.{index}" for index in range(blocks)]
                setattr(self, f"layer{stage}", nn.Sequential(*[
                    Block(name, 2 if stage > 1 and index == 0 else 1)
                    for index, name in enumerate(names)]))
            self.fc = nn.Linear(self.layer3[-1].conv2.out_channels, weights["fc.bias"].shape[0])

        def forward(self, x):
            x = functional.relu(self.bn1(self.conv1(x)))
            x = self.layer3(self.layer2(self.layer1(x)))
            return self.fc(functional.adaptive_avg_pool2d(x, 1).flatten(1))

    return Network()


def load(torch, network, weights):
    state = network.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        stored = torch.from_numpy(weights[name])
        if stored.shape != tensor.shape:
            stored = stored.t()
        state[name] = stored.reshape(tensor.shape).clone()
    network.load_state_dict(state)
    return network.eval()


def multiply_accumulates(torch, network, example):
    """Of convolutions and linear layers, as both sides count them here."""
    counts = []

    def hook(layer, inputs, output):
        weight = layer.weight
        counts.append(output[0].numel() * weight[0].numel())

    hooks = [module.register_forward_hook(hook) for module in network.modules()
             if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))]
    with torch.no_grad():
        network(example)
    for each in hooks:
        each.remove()
    return sum(counts)


def renormalized(torch, network, inputs):
    """A copy with exact averages over `inputs` as batch-norm statistics, layer after layer in one batch."""
    result = copy.deepcopy(network)
    for module in result.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    result.train()
    with torch.no_grad():
        result(inputs)
    return result.eval()


def importance_named(tp, name):
    return {
        "magnitude": lambda: tp.importance.GroupMagnitudeImportance(p=2),
        "bn-scale": tp.importance.BNScaleImportance,
        "taylor": tp.importance.GroupTaylorImportance,
        "hessian": tp.importance.GroupHessianImportance,
    }[name]()


def take_gradients(torch, tp, network, importance, inputs, labels):
    from torch.nn import functional

    network.zero_grad()
    if isinstance(importance, tp.importance.GroupHessianImportance):
        importance.zero_grad()
        # One by one: a backward pass for one loss of a batch goes through the whole batch.
        for example, label in zip(inputs.split(1), labels.split(1)):
            network.zero_grad()
            functional.cross_entropy(network(example), label).backward()
            importance.accumulate_grad(network)
    elif isinstance(importance, tp.importance.GroupTaylorImportance):
        functional.cross_entropy(network(inputs), labels).backward()


def main():
    options = arguments()
    # Read when the libraries are loaded.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import numpy as np
    import torch
    import torch_pruning as tp

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    weights = dict(np.load(options.weights))
    calibration = np.load(options.calibration)
    inputs = torch.from_numpy(calibration["x"])
    labels = torch.from_numpy(calibration["y"].astype(np.int64))
    example = inputs[:1]
    dense = load(torch, residual_network(torch.nn, weights, options.blocks), weights)
    all_macs = multiply_accumulates(torch, dense, example)
    found = []

    def write(network, importance, keep, macs):
        for normalization, each in [("as it was", network),
                                    ("taken anew", renormalized(torch, network, inputs))]:
            file = os.path.join(options.out, f"{len(found)}.onnx")
            torch.onnx.export(
                each, example, file, opset_version=13, input_names=["input"],
                output_names=["logits"], dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
                training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
            found.append({"importance": importance, "normalization": normalization, "keep": keep,
                          "macs": macs, "file": file})

    for name in options.importances:
        for isomorphic in [False, True]:
            network = copy.deepcopy(dense)
            importance = importance_named(tp, name)
            pruner = tp.pruner.MetaPruner(
                network, example, importance=importance, global_pruning=True, pruning_ratio=1.0,
                max_pruning_ratio=0.95, iterative_steps=options.steps, isomorphic=isomorphic,
                ignored_layers=[network.fc])
            wanted = sorted(options.keep, reverse=True)
            macs = all_macs
            for step in range(options.steps):
                if name in ("taylor", "hessian"):
                    chosen = torch.randperm(len(inputs))[:options.gradient_examples]
                    take_gradients(torch, tp, network, importance, inputs[chosen], labels[chosen])
                pruner.step()
                macs = multiply_accumulates(torch, network, example)
                while wanted and macs <= wanted[0] * all_macs:
                    network.zero_grad()
                    label = name + (", isomorphic" if isomorphic else "")
                    write(network, label, wanted.pop(0), macs)
                if not wanted:
                    break
    print(json.dumps({"version": f"Torch-Pruning {package_version()}", "macs": all_macs,
                      "networks": found}))


def package_version():
    from importlib import metadata

    return metadata.version("torch-pruning")


if __name__ == "__main__":
    main()
