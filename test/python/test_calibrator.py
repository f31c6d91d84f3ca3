# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Calibrators written in Python."""

import numpy as np
import pytest
import tenon as trt
from workshop import Heard, Workshop, run


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


@pytest.fixture
def two():
    """Two convolutions, x -> between -> y, and what is said."""
    heard = Heard()
    workshop = Workshop(heard)
    workshop.config.set_flag(trt.BuilderFlag.INT8)
    weights = np.ones((3, 3, 1, 1), np.float32)
    tensor = workshop.network.add_input("x", trt.float32, (1, 3, 8, 8))
    for name in ("between", "y"):
        layer = workshop.network.add_convolution_nd(tensor, 3, (1, 1), weights)
        layer.name = "to " + name
        tensor = layer.get_output(0)
        tensor.name = name
    workshop.network.mark_output(tensor)
    return workshop, heard


def test_a_tensor_without_range_is_named_with_its_layer(two):
    workshop, heard = two
    workshop.network.get_input(0).set_dynamic_range(-1, 1)
    assert workshop.build() is not None
    assert "layer 'to y' is not quantised, for its input 'between' has no range" in heard.warnings()
    assert "layer 'to between'" not in heard.warnings()


def test_no_range_at_all_is_said_once(two):
    workshop, heard = two
    assert workshop.build() is not None
    assert heard.warnings().count("nothing is quantised, for no tensor has a range") == 1


def test_a_calibrator_with_nothing_is_refused(two):
    workshop, heard = two
    workshop.config.int8_calibrator = Entropy([])
    assert workshop.build() is None
    assert "the calibrator has neither a cache nor a batch" in heard.warnings()


@pytest.mark.parametrize(
    ("cache", "said"),
    [
        (b"hello\n", 'begins with "hello"'),
        (
            b"TRT-8601-EntropyCalibration2\nx: 3c0\nbetween\n",
            'line 3 of the calibration cache is "b',
        ),
        (b"TRT-8601-EntropyCalibration2\nx: 7fc00000\n", "line 2"),
    ],
)
def test_broken_caches_are_refused(two, cache, said):
    workshop, heard = two
    workshop.config.int8_calibrator = Entropy([], cache)
    assert workshop.build() is None
    assert said in heard.warnings() and "calibrate anew" in heard.warnings()


def test_a_cache_of_another_network_is_told_from_a_broken_one(two):
    workshop, heard = two
    workshop.config.int8_calibrator = Entropy([], b"TRT-8601-EntropyCalibration2\nz: 3c010a14\n")
    assert workshop.build() is not None
    assert "scales of 1 tensors, 'z' among them, but of none of this network" in heard.warnings()
