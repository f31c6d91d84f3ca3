# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Calibrators written in Python."""

import numpy as np
import pytest
import tenon as trt
from workshop import run


class Recorded:
    """Shows `batches` one after the other, and keeps what is written."""

    def __init__(self, batches, cache=None):
        super().__init__()
        self.rest, self.cache, self.written = list(batches), cache, None

    def get_batch_size(self):
        return 1

    def get_batch(self, names):
        if not self.rest:
            return None
        assert names == ["x"]
        self.shown = self.rest.pop(0)
        return [trt.address_of(self.shown)]

    def read_calibration_cache(self):
        return self.cache

    def write_calibration_cache(self, cache):
        self.written = cache.tobytes()


class MinMax(Recorded, trt.IInt8MinMaxCalibrator):
    pass


class Entropy(Recorded, trt.IInt8EntropyCalibrator2):
    pass


@pytest.fixture
def convolution(workshop):
    """Its weights, and the workshop with a network of one convolution."""
    weights = np.random.default_rng(1).uniform(-1, 1, (4, 3, 3, 3)).astype(np.float32)
    x = workshop.network.add_input("x", trt.float32, (1, 3, 8, 8))
    y = workshop.network.add_convolution_nd(x, 4, (3, 3), weights).get_output(0)
    y.name = "y"
    workshop.network.mark_output(y)
    return workshop


def batches():
    numbers = np.random.default_rng(2)
    return [numbers.uniform(-1, 1, (1, 3, 8, 8)).astype(np.float32) for _ in range(4)]


@pytest.mark.parametrize(
    ("kind", "head"), [(MinMax, b"MinMaxCalibration"), (Entropy, b"EntropyCalibration2")]
)
def test_batches_give_ranges_and_a_cache(convolution, kind, head):
    exact = run(convolution.engine(), x=batches()[0])["y"]
    convolution.config.set_flag(trt.BuilderFlag.INT8)
    calibrator = kind(batches())
    assert convolution.config.int8_calibrator is None
    convolution.config.int8_calibrator = calibrator
    assert convolution.config.int8_calibrator is calibrator
    rough = run(convolution.engine(), x=batches()[0])["y"]
    assert not calibrator.rest
    assert head in calibrator.written.splitlines()[0]
    assert b"\nx: " in calibrator.written
    assert 0 < np.abs(rough - exact).max() < 0.05 * np.abs(exact).max()


def test_a_cache_needs_no_batches(convolution):
    convolution.config.set_flag(trt.BuilderFlag.INT8)
    first = MinMax(batches())
    convolution.config.int8_calibrator = first
    convolution.build()
    second = MinMax(batches(), first.written)
    convolution.config.int8_calibrator = second
    assert convolution.build() is not None
    assert len(second.rest) == 4
