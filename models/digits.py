# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Handwritten digits on disk: reads idx files and writes the PGM pictures that the samples read."""

import gzip
import struct
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "mnist"


def read_idx(path):
    """Returns the uint8 array of one idx file, plain or gzip; the file names its own shape."""
    raw = Path(path).read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if len(raw) < 4 or raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an idx file of bytes")
    rank = raw[3]
    shape = struct.unpack_from(f">{rank}I", raw, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def find_pair(folder, prefix):
    """Returns (images, labels) of one set in `folder`, or None: both files begin with `prefix`."""
    folder = Path(folder)
    images = sorted(folder.glob(f"{prefix}-images*idx3*"))
    labels = sorted(folder.glob(f"{prefix}-labels*idx1*"))
    if not images or not labels:
        return None
    pair = read_idx(images[0]), read_idx(labels[0])
    if pair[0].shape[1:] != (28, 28) or len(pair[0]) != len(pair[1]):
        raise ValueError(f"{images[0]} and {labels[0]} do not belong together")
    return pair


def load(folder, prefix):
    """As find_pair, but a missing set is an error that says how to get it."""
    pair = find_pair(folder, prefix)
    if pair is None:
        raise SystemExit(
            f"no {prefix} digits in {folder}: run scripts/fetch_digits or name a folder"
        )
    return pair


def to_input(images):
    """Pictures (uint8, 255 = ink) as network input: float32 [N, 1, 28, 28], ink 1, paper 0."""
    return (images.astype(np.float32) / np.float32(255)).reshape(-1, 1, 28, 28)


def write_pgm(path, image):
    """Writes one 28x28 picture as binary PGM with black ink on white paper: value 255 - ink."""
    Path(path).write_bytes(b"P5\n28 28\n255\n" + (255 - image).astype(np.uint8).tobytes())


def read_pgm(path):
    """Reads such a picture back as ink, uint8 [28, 28]."""
    header, pixels = Path(path).read_bytes().split(b"\n255\n", 1)
    if header != b"P5\n28 28" or len(pixels) != 784:
        raise ValueError(f"{path} is not a 28x28 binary PGM")
    return 255 - np.frombuffer(pixels, np.uint8).reshape(28, 28)
