# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The networks that tests and benchmarks run: where they lie and what goes in and comes out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "data" / "models"
OCR = ROOT / "data" / "ocr"


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


def ocr_name(part):
    """PP-OCR's names of input and output, for det, cls and rec."""
    outputs = {"det": "sigmoid_0", "cls": "save_infer_model/scale_0", "rec": "softmax_11"}
    return "x", outputs[part] + (".tmp_1" if part == "cls" else ".tmp_0")


def ocr_output_dims(part, batch, height, width):
    """Extents of the answer to [batch, 3, height, width]."""
    return {
        "det": (batch, 1, height, width),
        "cls": (batch, 2),
        "rec": (batch, width // 8, 6625),
    }[part]


BERT_VOCABULARY, BERT_WIDTH = 30522, 768


def bert_inputs(rng, batch, sequence):
    """Tokens, a mask that ends the last line of the batch early, and two segments."""
    mask = np.ones((batch, sequence), np.int64)
    mask[-1, sequence - sequence // 4 :] = 0
    segments = np.zeros((batch, sequence), np.int64)
    segments[:, sequence // 2 :] = 1
    return {
        "input_ids": rng.integers(0, BERT_VOCABULARY, (batch, sequence)),
        "attention_mask": mask,
        "token_type_ids": segments,
    }


@dataclass(frozen=True)
class Case:
    """A network at one size, as benchmarks run it: `feeds(rng)` makes its inputs by name."""

    name: str
    path: Path
    feeds: callable
    output: str
    output_dims: tuple
    dynamic: bool = False

    def arguments(self):
        """trtexec's flags for an engine of this very size."""
        flags = [f"--onnx={self.path}"]
        if self.dynamic:
            arrays = self.feeds(np.random.default_rng(0))
            sizes = ",".join(f"{k}:{'x'.join(map(str, a.shape))}" for k, a in arrays.items())
            flags += [f"--{which}Shapes={sizes}" for which in ("min", "opt", "max")]
        return flags


def case_of(model):
    def feeds(rng):
        return {model.input: rng.standard_normal((1, *model.input_dims), np.float32)}

    return Case(model.name, model.path(), feeds, model.output, (1, *model.output_dims))


def ocr_case(part, batch, height, width):
    source, output = ocr_name(part)
    shape = (batch, 3, height, width)

    def feeds(rng):
        return {source: rng.uniform(-1, 1, shape).astype(np.float32)}

    name = f"{part}_{batch}x{height}x{width}"
    dims = ocr_output_dims(part, batch, height, width)
    return Case(name, OCR / f"{part}.onnx", feeds, output, dims, True)


def bert_case(sequence):
    def feeds(rng):
        return bert_inputs(rng, 1, sequence)

    dims = (1, sequence, BERT_WIDTH)
    path = MADE / "bert_base.onnx"
    return Case(f"bert_s{sequence}", path, feeds, "last_hidden_state", dims, True)


CASES = (
    *(case_of(model) for model in MODELS),
    ocr_case("det", 1, 640, 640),
    ocr_case("cls", 1, 48, 192),
    ocr_case("rec", 1, 48, 320),
    bert_case(128),
)
