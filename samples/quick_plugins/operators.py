# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Four custom operators as decorated functions; NumPy computes."""

import logging

import numpy as np
import numpy.typing as npt
import tensorrt as trt
import tensorrt.plugin as trtp

LOG = logging.getLogger("quick_plugins")


def define_add(autotune):
    @trtp.register("sample::elemwise_add")
    def add(x: trtp.TensorDesc, by: int) -> trtp.TensorDesc:
        return x.like()

    if autotune:

        @trtp.autotune("sample::elemwise_add")
        def add_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
            return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR*HWC")]

    @trtp.impl("sample::elemwise_add")
    def add_impl(x: trtp.Tensor, by: int, outputs: tuple[trtp.Tensor], stream: int) -> None:
        LOG.debug("add: %s %s", x.format, x.shape)
        np.add(np.asarray(x), by, out=np.asarray(outputs[0]))


def define_inplace_add():
    @trtp.register("sample::inplace_add")
    def inplace_add(x: trtp.TensorDesc, delta: int) -> trtp.TensorDesc:
        return x.aliased()

    @trtp.impl("sample::inplace_add")
    def inplace_add_impl(x: trtp.Tensor, delta: int, outputs: tuple[trtp.Tensor], stream: int):
        LOG.debug("inplace_add: at %#x and %#x", x.data_ptr, outputs[0].data_ptr)
        array = np.asarray(outputs[0])
        array += delta


def define_non_zero():
    @trtp.register("sample::non_zero")
    def non_zero(x: trtp.TensorDesc) -> tuple[trtp.TensorDesc, trtp.TensorDesc]:
        upper = x.shape_expr.numel()
        count = trtp.size_tensor(opt=upper // 2, upper_bound=upper)
        count.dtype = trt.int64
        return trtp.from_shape_expr((count.expr(), x.ndim), dtype=trt.int32), count

    @trtp.impl("sample::non_zero")
    def non_zero_impl(x: trtp.Tensor, outputs: tuple[trtp.Tensor, trtp.Tensor], stream: int):
        found = np.argwhere(np.asarray(x)).astype(np.int32)
        LOG.debug("non_zero: %d elements", len(found))
        np.asarray(outputs[0].aliased((len(found), x.ndim)))[...] = found
        np.asarray(outputs[1])[...] = len(found)


def wrapped(x, pads):
    """Circular padding: `pads` are (before, after) of the last dimension, then of those before."""
    width = [(0, 0)] * x.ndim
    for i in range(len(pads) // 2):
        width[x.ndim - 1 - i] = (int(pads[2 * i]), int(pads[2 * i + 1]))
    return np.pad(x, width, "wrap")


def indexed(x, pads):
    """The same, by the index of the element that each one comes from."""
    indices = []
    for axis, extent in enumerate(x.shape):
        i = x.ndim - 1 - axis
        before, after = (pads[2 * i], pads[2 * i + 1]) if 2 * i < len(pads) else (0, 0)
        indices.append(np.arange(-int(before), extent + int(after)) % extent)
    return x[np.ix_(*indices)]


def define_circ_pad(multi_tactic):
    @trtp.register("sample::circ_pad")
    def circ_pad(x: trtp.TensorDesc, pads: npt.NDArray[np.int32]) -> trtp.TensorDesc:
        padded = x.like()
        for i in range(len(pads) // 2):
            padded.shape_expr[padded.ndim - 1 - i] += int(pads[i * 2] + pads[i * 2 + 1])
        return padded

    if not multi_tactic:

        @trtp.impl("sample::circ_pad")
        def circ_pad_impl(x, pads: npt.NDArray[np.int32], outputs, stream: int) -> None:
            LOG.debug("circ_pad: %s", x.shape)
            np.asarray(outputs[0])[...] = wrapped(np.asarray(x), pads)

        return

    @trtp.autotune("sample::circ_pad")
    def circ_pad_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
        combination = trtp.AutoTuneCombination()
        combination.pos([0, 1], "FP32|FP16")
        combination.tactics([1, 2])
        return [combination]

    @trtp.impl("sample::circ_pad")
    def circ_pad_tactics(x, pads: npt.NDArray[np.int32], outputs, stream: int, tactic: int) -> None:
        LOG.debug("circ_pad: %s by tactic %d", x.shape, tactic)
        compute = wrapped if tactic == 1 else indexed
        np.asarray(outputs[0])[...] = compute(np.asarray(x), pads)
