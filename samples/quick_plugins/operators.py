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


def define_inplace_add(autotune):
    @trtp.register("sample::inplace_add")
    def inplace_add(x: trtp.TensorDesc, delta: int) -> trtp.TensorDesc:
        return x.aliased()

    if autotune:

        @trtp.autotune("sample::inplace_add")
        def inplace_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
            return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR")]

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


# One block a row, or one block for 256 elements: x is `planes` planes of height x width.
CIRC_PAD_C = """
#include <stdint.h>
static int32_t wrapped(int32_t index, int32_t extent) {{
  index %= extent;
  return index < 0 ? index + extent : index;
}}
static void row(const {element}* x, int32_t height, int32_t width, uint32_t y, {element}* out,
                int32_t first, int32_t last) {{
  const int32_t rows = height + {top} + {bottom};
  const int32_t from = wrapped((int32_t)(y % rows) - {top}, height);
  const {element}* line = x + ((int64_t)(y / rows) * height + from) * width;
  for (int32_t i = first; i < last; ++i) out[i] = line[wrapped(i - {left}, width)];
}}
void circ_pad_rows(const {element}* x, int32_t planes, int32_t height, int32_t width, {element}* y,
                   uint32_t block_x) {{
  const int32_t columns = width + {left} + {right};
  (void)planes;
  row(x, height, width, block_x, y + (int64_t)block_x * columns, 0, columns);
}}
void circ_pad_flat(const {element}* x, int32_t planes, int32_t height, int32_t width, {element}* y,
                   uint32_t block_x) {{
  const int32_t columns = width + {left} + {right};
  const int64_t total = (int64_t)planes * (height + {top} + {bottom}) * columns;
  for (int64_t i = (int64_t)block_x * 256; i < total && i < ((int64_t)block_x + 1) * 256; ++i) {{
    const int32_t column = (int32_t)(i % columns);
    row(x, height, width, (uint32_t)(i / columns), y + i - column, column, column + 1);
  }}
}}
"""
Kernel = tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymExprs]


def define_circ_pad(multi_tactic, aot):
    @trtp.register("sample::circ_pad")
    def circ_pad(x: trtp.TensorDesc, pads: npt.NDArray[np.int32]) -> trtp.TensorDesc:
        padded = x.like()
        for i in range(len(pads) // 2):
            padded.shape_expr[padded.ndim - 1 - i] += int(pads[i * 2] + pads[i * 2 + 1])
        return padded

    if multi_tactic:

        @trtp.autotune("sample::circ_pad")
        def circ_pad_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
            combination = trtp.AutoTuneCombination()
            combination.pos([0, 1], "FP32|FP16")
            combination.tactics([1, 2])
            return [combination]

    if aot:
        define_circ_pad_kernel()
    elif multi_tactic:

        @trtp.impl("sample::circ_pad")
        def circ_pad_tactics(
            x, pads: npt.NDArray[np.int32], outputs, stream: int, tactic: int
        ) -> None:
            LOG.debug("circ_pad: %s by tactic %d", x.shape, tactic)
            compute = wrapped if tactic == 1 else indexed
            np.asarray(outputs[0])[...] = compute(np.asarray(x), pads)

    else:

        @trtp.impl("sample::circ_pad")
        def circ_pad_impl(x, pads: npt.NDArray[np.int32], outputs, stream: int) -> None:
            LOG.debug("circ_pad: %s", x.shape)
            np.asarray(outputs[0])[...] = wrapped(np.asarray(x), pads)


def define_circ_pad_kernel():
    """Two kernels in C, one a tactic; the engine keeps the one that is faster."""

    @trtp.aot_impl("sample::circ_pad")
    def circ_pad_aot(
        x: trtp.TensorDesc, pads: npt.NDArray[np.int32], outputs, tactic: int
    ) -> Kernel:
        LOG.debug("circ_pad: compiled for %s, tactic %d", x.dtype, tactic)
        left, right, top, bottom = (int(pad) for pad in pads)
        element = "uint16_t" if x.dtype == trt.float16 else "uint32_t"
        source = CIRC_PAD_C.format(element=element, left=left, right=right, top=top, bottom=bottom)
        *before, height, width = x.shape_expr
        planes = trtp.ShapeExpr(1)
        for extent in before:
            planes = planes * extent
        rows = planes * (height + top + bottom)
        if tactic == 2:
            kernel = trtp.host_kernel(source, "circ_pad_flat")
            launch = trtp.KernelLaunchParams(
                grid_x=trtp.cdiv(rows * (width + left + right), 256), block_x=256
            )
        else:
            kernel = trtp.host_kernel(source, "circ_pad_rows")
            launch = trtp.KernelLaunchParams(grid_x=rows)
        return *kernel, launch, trtp.SymIntExprs.from_tuple([planes, height, width])
