# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Polygraphy's CUDA wrapper, as its package is, on a machine without a GPU."""

import host_cuda
import numpy as np
import pytest
from polygraphy import cuda
from polygraphy.exception import PolygraphyException


@pytest.fixture(autouse=True)
def cuda_on_the_cpu():
    host_cuda.installed()


def test_stream_has_a_handle_and_synchronizes():
    with cuda.Stream() as stream:
        assert stream.ptr
        stream.synchronize()


def test_arrays_go_there_and_back(normal):
    there = normal((3, 5))
    with cuda.DeviceArray(shape=there.shape, dtype=there.dtype) as array:
        array.copy_from(there)
        assert array.ptr
        assert array.shape == (3, 5)
        np.testing.assert_array_equal(array.numpy(), there)


def test_copies_on_a_stream(normal):
    there = normal((1 << 20,))
    back = np.zeros_like(there)
    with cuda.Stream() as stream, cuda.DeviceArray(shape=there.shape, dtype=there.dtype) as array:
        array.copy_from(there, stream=stream)
        array.copy_to(back, stream=stream)
        stream.synchronize()
    np.testing.assert_array_equal(back, there)


def test_arrays_resize_and_may_be_empty(normal):
    with cuda.DeviceArray(dtype=np.float32) as array:
        array.resize((2, 3))
        small = normal((2, 3))
        array.copy_from(small)
        array.resize((400, 300))
        large = normal((400, 300))
        array.copy_from(large)
        np.testing.assert_array_equal(array.numpy(), large)
        array.resize((0,))
        assert array.numpy().size == 0


def test_views_share_memory(normal):
    there = normal((4, 4))
    with cuda.DeviceArray(shape=there.shape, dtype=there.dtype) as array:
        array.copy_from(there)
        view = array.view(shape=(16,))
        assert view.ptr == array.ptr
        np.testing.assert_array_equal(view.numpy(), there.reshape(16))


def test_misuse_raises():
    wrapper = cuda.wrapper()
    memory = wrapper.malloc(64)
    wrapper.free(memory)
    with pytest.raises(PolygraphyException):
        wrapper.free(memory)
