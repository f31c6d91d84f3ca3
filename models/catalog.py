# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The networks that tests and benchmarks run: where they lie and what goes in and comes out."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "data" / "models"


@dataclass(frozen=True)
class Model:
    """One float32 input and one float32 output; dims without the batch, which comes first."""

    name: str
    input: str
    input_dims: tuple
    output: str
    output_dims: tuple

    def path(self, dynamic=False):
        """The file with batch 1, or the one with the symbolic batch N."""
        if dynamic:
            return MADE / f"{self.name}_dynamic.onnx"
        return (
            ROOT / "models" / "mnist.onnx" if self.name == "mnist" else MADE / f"{self.name}.onnx"
        )


MNIST = Model("mnist", "Input3", (1, 28, 28), "Plus214_Output_0", (10,))
MODELS = (
    MNIST,
    Model("lenet", "data", (1, 28, 28), "prob", (10,)),
    Model("chain1000", "x", (16,), "relu499", (16,)),
    Model("resnet50", "data", (3, 224, 224), "fc", (1000,)),
    Model("mobilenetv2", "data", (3, 224, 224), "fc", (1000,)),
)
