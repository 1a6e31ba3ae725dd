"""Exports of PyTorch networks, by the exporter of TorchScript and by the newer one (dynamo)."""

import pathlib
import tempfile

import numpy as np
import torch

from export_case import Case
from export_data import WIDTH, X, golden_rows

torch.manual_seed(20251206)

HEADS = {
    "sigmoid": torch.sigmoid,
    "vector": lambda z: torch.sigmoid(z).squeeze(1),
    "softmax": lambda z: torch.softmax(z, 1),
    "over-rows": lambda z: torch.softmax(z, 0),
    "logits": lambda z: z,
}


class Net(torch.nn.Module):
    """A small network; `fills` puts zeros in the place of missing values, as live rows need."""

    def __init__(self, head="sigmoid", fills=True):
        super().__init__()
        self.head, self.fills = HEADS[head], fills
        last = torch.nn.Linear(8, 2 if head == "softmax" else 1)
        self.layers = torch.nn.Sequential(torch.nn.Linear(WIDTH, 8), torch.nn.ReLU(), last)

    def forward(self, x):
        if self.fills:
            x = torch.where(torch.isnan(x), torch.zeros_like(x), x)
        return self.head(self.layers(x))


NAMES = {"input_names": ["x"], "output_names": ["p"]}
SCRIPT = {"dynamo": False, **NAMES}
DYNAMO = {"dynamo": True, **NAMES}
FREE = {"dynamic_axes": {"x": {0: "n"}, "p": {0: "n"}}}
FREE_DIM = {"dynamic_shapes": ({0: torch.export.Dim("n")},)}


def case(name, options, net, dtype=torch.float32, column=None, rows=None, **arguments):
    net = net.to(dtype).eval()

    def export():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            sample = torch.tensor(X[:2]).to(dtype)
            if arguments["dynamo"]:
                arguments["external_data"] = False
            torch.onnx.export(net, (sample,), str(path), verbose=False, **arguments)
            return path.read_bytes()

    def predict(rows):
        with torch.no_grad():
            return net(torch.tensor(rows).to(dtype)).numpy().reshape(len(rows), -1)[:, -1]

    rows = golden_rows() if rows is None else rows
    exporter = "torch.onnx (dynamo)" if arguments["dynamo"] else "torch.onnx (TorchScript)"
    return Case(f"torch-{name}", exporter, "MLP", options, export, predict, rows, column)


def cases():
    for opset in (9, 11, 13, 15, 17, 18, 20):
        yield case(f"script-opset-{opset}", f"opset {opset}", Net(), opset_version=opset, **SCRIPT, **FREE)
    for opset in (18, 20, 21):
        yield case(f"dynamo-opset-{opset}", f"opset {opset}", Net(), opset_version=opset, **DYNAMO, **FREE_DIM)
    seventeen = {"opset_version": 17, **SCRIPT}
    yield case("script-vector", "output [N]", Net("vector"), **seventeen, **FREE)
    yield case("dynamo-vector", "output [N]", Net("vector"), **DYNAMO, **FREE_DIM)
    yield case("script-softmax", "softmax, --column 1", Net("softmax"), column=1, **seventeen, **FREE)
    yield case("script-softmax-unnamed", "softmax, no --column", Net("softmax"), **seventeen, **FREE)
    yield case("script-over-rows", "softmax over the rows", Net("over-rows"), **seventeen, **FREE)
    yield case("script-logits", "logits", Net("logits"), **seventeen, **FREE)
    yield case("script-no-fill", "missing values not filled", Net(fills=False), rows=X[:60], **seventeen, **FREE)
    yield case("script-fixed", "fixed number of rows", Net(), **seventeen)
    yield case("dynamo-fixed", "fixed number of rows", Net(), **DYNAMO)
    yield case("script-double", "double", Net(), torch.float64, **seventeen, **FREE)
    yield case("script-half", "half", Net(), torch.float16, **seventeen, **FREE)
