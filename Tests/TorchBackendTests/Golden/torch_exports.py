"""Exports small networks with Debian's PyTorch; run by /usr/bin/python3, which has no onnx package.

Usage: torch_exports.py FOLDER
"""

import sys
import warnings
from pathlib import Path

import torch
from torch import nn

warnings.filterwarnings("ignore")


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.layer = kind(4, 6, batch_first=True, **options)
        self.head = nn.Linear(12 if options.get("bidirectional") else 6, 3)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8))
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.first(x)
        x = torch.relu(x + self.second(x))
        return self.head(x.mean((2, 3)))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.layer(x)[:, 0])


class Shapes(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.head = nn.Linear(4 * 16, 5)

    def forward(self, x):
        x = self.conv(x)
        return self.head(torch.flatten(x.view(x.size(0), 2, 2, x.size(2), -1).transpose(1, 2), 1))


NETWORKS = {
    "mlp": (nn.Sequential(nn.Flatten(), nn.Linear(12, 9), nn.GELU(), nn.Linear(9, 4)), (3, 2, 2)),
    "residual": (Residual(), (3, 8, 8)),
    "lstm": (Recurrent(nn.LSTM), (5, 4)),
    "lstm_two_layers": (Recurrent(nn.LSTM, num_layers=2, bidirectional=True), (5, 4)),
    "gru": (Recurrent(nn.GRU, bidirectional=True), (5, 4)),
    "rnn": (Recurrent(nn.RNN, nonlinearity="relu"), (5, 4)),
    "attention": (Attention(), (5, 8)),
    "shapes": (Shapes(), (3, 6, 6)),
    "upsampling": (nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.ConvTranspose2d(3, 2, 3, stride=2, output_padding=1), nn.InstanceNorm2d(2)), (2, 5, 5)),
    "pixel_shuffle": (nn.Sequential(
        nn.Conv2d(2, 8, 3), nn.PixelShuffle(2), nn.Hardswish(), nn.GroupNorm(2, 2)), (2, 5, 5)),
}


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    for name, (network, shape) in NETWORKS.items():
        network.eval()
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        for opset in (9, 11, 13, 16):
            for dynamic in (False, True):
                axes = {"x": {0: "batch"}, "y": {0: "batch"}} if dynamic else None
                path = folder / f"{name}_{opset}_{'dynamic' if dynamic else 'fixed'}.onnx"
                try:
                    torch.onnx.export(
                        network, torch.randn(1, *shape), str(path), opset_version=opset,
                        input_names=["x"], output_names=["y"], dynamic_axes=axes)
                except Exception as error:  # the exporter refuses some layers at old opsets
                    print(f"not exported: {path.name}: {str(error).splitlines()[0]}")
                    path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1])
