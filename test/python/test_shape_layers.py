# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Layers of the network interface that take a network input as their shape."""

import numpy as np
import pytest
from workshop import Heard, Workshop, tenon

X = np.arange(24, dtype=np.float32)


class Told:
    """A network of one layer over `x` whose input `s` tells it something, as an engine."""

    def __init__(self, shape, count, values, add, others=None):
        self.heard = Heard()
        shop = Workshop(self.heard)
        x = shop.network.add_input("x", tenon.float32, shape)
        s = shop.network.add_input("s", tenon.int32, (count,))
        layer = add(shop.network, x, s)
        layer.get_output(0).name = "y"
        shop.network.mark_output(layer.get_output(0))
        assert s.is_shape_tensor
        profile = shop.builder.create_optimization_profile()
        if -1 in shape:
            profile.set_shape("x", *others)
        profile.set_shape_input("s", *values)
        shop.config.add_optimization_profile(profile)
        plan = shop.build()
        assert plan is not None, self.heard.text()
        self.engine = shop.load(plan)
        self.context = self.engine.create_execution_context()

    def run(self, x, values):
        """The output, or None with the reason in `heard`."""
        self.heard.said.clear()
        x, s = np.array(x, np.float32), np.array(values, np.int32)
        y = np.full(4096, np.nan, np.float32)
        assert self.context.set_input_shape("x", x.shape)
        for name, array in (("x", x), ("s", s), ("y", y)):
            assert self.context.set_tensor_address(name, tenon.address_of(array))
        if not self.context.execute_async_v3(0):
            return None
        shape = tuple(self.context.get_tensor_shape("y"))
        return y[: int(np.prod(shape))].reshape(shape)


def shuffle(placeholder):
    def add(network, x, s):
        layer = network.add_shuffle(x)
        layer.zero_is_placeholder = placeholder
        layer.set_input(1, s)
        return layer

    return add


def test_a_shuffle_selects_in_each_run():
    values, extents = ((-1, -1), (2, 12), (24, 24)), ((1, 4), (6, 4), (6, 4))
    told = Told((-1, 4), 2, values, shuffle(True), extents)
    x = X.reshape(6, 4)
    for wanted in [(2, 12), (-1, 3), (0, -1), (0, 0), (8, 3)]:
        shape = tuple(x.shape[i] if n == 0 else n for i, n in enumerate(wanted))
        np.testing.assert_array_equal(told.run(x, wanted), x.reshape(shape))
    np.testing.assert_array_equal(told.run(x[:1], (-1, 2)), x[:1].reshape(2, 2))
    assert told.run(x, (5, 5)) is None
    assert "tensor 'y': 25 elements are asked for, but there are 24" in told.heard.text()
    np.testing.assert_array_equal(told.run(x, (3, 8)), x.reshape(3, 8))


def test_a_zero_is_zero_where_it_holds_no_place():
    values, extents = ((0, 0), (2, 12), (24, 24)), ((0, 4), (6, 4), (6, 4))
    told = Told((-1, 4), 2, values, shuffle(False), extents)
    assert told.run(X.reshape(6, 4), (0, 4)) is None
    assert "0 elements are asked for, but there are 24" in told.heard.text()
    assert told.run(np.zeros((0, 4)), (0, 7)).shape == (0, 7)


def test_a_shuffle_turns_what_it_reshapes():
    def add(network, x, s):
        layer = network.add_shuffle(x)
        layer.first_transpose = (1, 0)
        layer.set_input(1, s)
        layer.second_transpose = (2, 0, 1)
        return layer

    told = Told((6, 4), 3, ((1, 1, 1), (2, 3, 4), (12, 12, 12)), add)
    x = X.reshape(6, 4)
    for wanted in [(2, 3, 4), (4, 6, 1)]:
        expected = x.T.reshape(wanted).transpose(2, 0, 1)
        np.testing.assert_array_equal(told.run(x, wanted), expected)


def test_a_shuffle_refuses_at_once_what_cannot_be():
    heard = Heard()
    shop = Workshop(heard)
    x = shop.network.add_input("x", tenon.float32, (2, 3))
    layer = shop.network.add_shuffle(x)
    layer.reshape_dims = (-1, -1)
    assert "holds -1 twice" in heard.text()
    layer.reshape_dims = (4, -1)
    assert "no number in place of -1" in heard.text()
    layer.reshape_dims = (3, -1)
    assert tuple(layer.get_output(0).shape) == (3, 2)


def test_a_resize_to_told_extents():
    def add(network, x, s):
        layer = network.add_resize(x)
        layer.set_input(1, s)
        return layer

    told = Told((1, 1, 4, 6), 4, ((1, 1, 1, 1), (1, 1, 8, 6), (1, 1, 16, 24)), add)
    x = X.reshape(1, 1, 4, 6)
    for times in [(1, 1), (2, 3), (4, 2)]:
        expected = x.repeat(times[0], 2).repeat(times[1], 3)
        np.testing.assert_array_equal(told.run(x, expected.shape), expected)


@pytest.mark.parametrize(("place", "told_part"), [(1, "start"), (2, "size")])
def test_a_slice_by_told_numbers(place, told_part):
    def add(network, x, s):
        layer = network.add_slice(x, (1, 1), (2, 2), (1, 1))
        layer.set_input(place, s)
        return layer

    told = Told((6, 4), 2, ((0, 0), (1, 1), (4, 2)), add)
    x = X.reshape(6, 4)
    for a, b in [(0, 0), (1, 2), (4, 1)]:
        expected = x[a : a + 2, b : b + 2] if told_part == "start" else x[1 : 1 + a, 1 : 1 + b]
        np.testing.assert_array_equal(told.run(x, (a, b)), expected)
