# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""PP-OCR's three networks and BERT-base against ONNX Runtime, at many sizes of one engine each."""

import functools
import os

import catalog
import digits
import numpy as np
import onnxruntime
import pytest
import served

THREADS = [t for t in (1, 2) if t <= (os.cpu_count() or 1)]
TOLERANCE = 1e-3  # max|a - b| / max|b|

# least, usual and greatest extents of the engine; the sizes it is run at
OCR = {
    "det": (
        ((1, 320, 320), (1, 320, 320), (2, 640, 736)),
        ((1, 320, 320), (1, 640, 640), (1, 480, 736), (2, 352, 416)),
    ),
    "rec": (
        ((1, 48, 160), (1, 48, 320), (4, 48, 640)),
        ((1, 48, 160), (1, 48, 320), (1, 48, 640), (4, 48, 160), (4, 48, 328)),
    ),
    "cls": (((1, 48, 192), (1, 48, 192), (4, 48, 192)), ((1, 48, 192), (4, 48, 192))),
}
BERT = (((1, 16), (1, 128), (2, 160)), ((1, 128), (1, 16), (1, 77), (2, 160)))
BERT_FILES = ("bert_base", "bert_base_decomposed")


@functools.cache
def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def profile(names, sizes):
    """trtexec's flags for three sizes of inputs that share their extents."""
    texts = ["x".join(map(str, size)) for size in sizes]
    return [
        f"--{which}Shapes={','.join(f'{name}:{text}' for name in names)}"
        for which, text in zip(("min", "opt", "max"), texts, strict=True)
    ]


def error(engine, path, inputs, output, threads):
    expected = session(path).run([output], inputs)[0]
    io = (inputs, output, expected.shape)
    with served.Served("tenon_bench", engine, *io, threads) as side:
        return served.error(side.result(), expected)


def picture(rng, batch, height, width):
    """Lines of digits on paper, between -1 and 1: on noise det would answer 0, and 0 is easy."""
    digits_of_ten = [digits.read_pgm(catalog.ROOT / "models" / f"{d}.pgm") for d in range(10)]
    paper = rng.uniform(-0.1, 0.1, (batch, 3, height, width)).astype(np.float32) + 0.8
    for top in range(10, height - 28, 60):
        for left in range(10, width - 28, 24):
            strokes = digits_of_ten[rng.integers(10)].reshape(28, 28) / np.float32(128)
            paper[:, :, top : top + 28, left : left + 28] -= strokes
    return paper.clip(-1, 1)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("part", OCR)
def test_ocr(part, threads, engines, rng):
    path = catalog.OCR / f"{part}.onnx"
    if not path.exists():
        pytest.skip("no PP-OCR networks: scripts/fetch_ocr_models could not download them")
    sizes, runs = OCR[part]
    source, output = catalog.ocr_name(part)
    shapes = profile([source], [(n, 3, h, w) for n, h, w in sizes])
    engine = engines.build(f"--onnx={path}", *shapes, threads=threads)
    for size in runs:
        inputs = {source: picture(rng, *size)}
        assert error(engine, path, inputs, output, threads) <= TOLERANCE, f"size {size}"


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("name", BERT_FILES)
def test_bert(name, threads, engines, rng):
    path = catalog.MADE / f"{name}.onnx"
    sizes, runs = BERT
    names = catalog.bert_inputs(rng, 1, 16)
    arguments = (f"--onnx={path}", *profile(names, sizes), "--builderOptimizationLevel=1")
    engine = engines.build(*arguments, threads=threads)
    for size in runs[: 2 if threads > 1 else None]:
        inputs = catalog.bert_inputs(rng, *size)
        worst = error(engine, path, inputs, "last_hidden_state", threads)
        assert worst <= TOLERANCE, f"size {size}"
