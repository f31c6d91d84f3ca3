# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""How many of the 10,000 digits of the test set the engines for a processor and for a GPU read:
accuracy.py MODEL FOLDER. The model's batch is open; the folder holds the set's two idx files."""

import sys
from pathlib import Path

import numpy as np
import torch
from engines import DEVICE, ask, build, exit_with, say

BATCH = 1000


def digits(folder):
    pictures = np.fromfile(folder / "t10k-images.idx3-ubyte", np.uint8)[16:].reshape(-1, 1, 28, 28)
    labels = np.fromfile(folder / "t10k-labels.idx1-ubyte", np.uint8)[8:]
    assert len(pictures) == len(labels) == 10000
    return torch.from_numpy(pictures), torch.from_numpy(labels.astype(np.int64))


def scores(engine, name, pictures, device):
    x = torch.empty((BATCH, 1, 28, 28), dtype=torch.float32, device=device)
    context = engine.create_execution_context()
    assert context.set_input_shape(name, tuple(x.shape))
    output = engine.get_tensor_name(1)
    y = torch.empty(tuple(context.get_tensor_shape(output)), device=device)
    assert context.set_tensor_address(name, x.data_ptr())
    assert context.set_tensor_address(output, y.data_ptr())
    all_scores = []
    for first in range(0, len(pictures), BATCH):
        x.copy_(pictures[first : first + BATCH].float() / 255)  # ink 1, paper 0
        stream = torch.cuda.current_stream().cuda_stream if device == "cuda" else 0
        assert context.execute_async_v3(stream)
        all_scores.append(y.cpu().clone())
    return torch.cat(all_scores)


def main(model, folder):
    pictures, labels = digits(Path(folder))
    # Every engine of this model has input 0 and output 1.
    profile = {"Input3": ((1, 1, 28, 28), (BATCH, 1, 28, 28), (BATCH, 1, 28, 28))}
    told, good = {}, True

    def count(name, device, half, tf32):
        engine, _ = build(model, device, half=half, tf32=tf32, profiles=profile)
        told[name] = scores(engine, "Input3", pictures, device.split(":")[0])
        right = int((told[name].argmax(1) == labels).sum())
        reference = int((told["processor"].argmax(1) == labels).sum())
        say(
            {
                "section": "accuracy",
                "engine": name,
                "right": right,
                "of": len(labels),
                "unlike the processor's": int(
                    (told[name].argmax(1) != told["processor"].argmax(1)).sum()
                ),
                "ok": right == reference if not half else abs(right - reference) <= 10,
            }
        )

    for name, device, half, tf32 in (
        ("processor", "cpu", False, False),
        ("GPU f32", DEVICE, False, False),
        ("GPU tf32", DEVICE, False, True),
        ("GPU f16", DEVICE, True, True),
    ):
        good &= ask("accuracy", name, lambda c=(name, device, half, tf32): count(*c))
    exit_with(good)


if __name__ == "__main__":
    main(*sys.argv[1:3])
