"""Measures PyTorch's training speed; prints one line of JSON.

SGD with momentum 0.9 on one fixed random batch, cross-entropy, steps per second as the median over blocks. PyTorch
gets the thread setting that is fastest for it: N OpenMP threads and one OpenBLAS thread (--blas-threads changes it).
"""

import argparse
import json
import os
import statistics
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=["lenet5", "resnet20"], required=True)
    parser.add_argument("--shortcut", choices=["pad", "conv"], default="conv",
                        help="resnet20: option A of the paper, or 1x1 convolutions (option B)")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--blas-threads", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20, help="steps per block")
    return parser.parse_args()


def lenet5(nn):
    """20-50-500 on 1x28x28: Caffe's variant of LeNet-5."""
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def resnet20(nn, shortcut):
    """He et al., Deep Residual Learning for Image Recognition, 2015, arXiv:1512.03385, section 4.2."""
    from torch.nn import functional

    def convolution(inputs, outputs, stride):
        return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.body = nn.Sequential(
                convolution(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.ReLU(),
                convolution(outputs, outputs, 1), nn.BatchNorm2d(outputs))
            self.stride = stride
            self.padding = (outputs - inputs) // 2
            self.projection = None
            if stride != 1 and shortcut == "conv":
                self.projection = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def skip(self, x):
            if self.projection is not None:
                return self.projection(x)
            if self.stride == 1:
                return x
            return functional.pad(
                x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))

        def forward(self, x):
            return functional.relu(self.body(x) + self.skip(x))

    blocks = [Block(inputs, outputs, stride)
              for width, first in [(16, 1), (32, 2), (64, 2)]
              for inputs, outputs, stride in
              [(width // first, width, first), (width, width, 1), (width, width, 1)]]
    return nn.Sequential(
        convolution(3, 16, 1), nn.BatchNorm2d(16), nn.ReLU(), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    options = arguments()
    # Read when the libraries are loaded.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    os.environ["OPENBLAS_NUM_THREADS"] = str(options.blas_threads)
    import torch

    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    if options.network == "lenet5":
        model, shape = lenet5(torch.nn), (1, 28, 28)
    else:
        model, shape = resnet20(torch.nn, options.shortcut), (3, 32, 32)
    inputs = torch.rand(options.batch, *shape) - 0.5
    labels = torch.arange(options.batch) % 10
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(5):
        step()
    speeds = []
    for _ in range(options.blocks):
        start = time.perf_counter()
        for _ in range(options.steps):
            loss = step()
        speeds.append(options.steps / (time.perf_counter() - start))
    print(json.dumps({
        "network": options.network,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "batch": options.batch, "threads": options.threads, "blas_threads": options.blas_threads,
        "steps_per_second": statistics.median(speeds),
        "block_steps_per_second": speeds, "final_loss": loss,
        "version": torch.__version__}))


if __name__ == "__main__":
    main()
