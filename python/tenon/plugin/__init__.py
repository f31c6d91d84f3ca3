# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins: a custom operator of two decorated functions.

    @register("demo::double")
    def double(x: TensorDesc) -> TensorDesc:
        return x.like()

    @impl("demo::double")
    def double_impl(x: Tensor, outputs: tuple[Tensor], stream: int) -> None:
        np.multiply(x, 2, out=np.asarray(outputs[0]))

    layer = network.add_plugin(op.demo.double(tensor))

Importing this module adds `add_plugin` to networks.
"""

from tenon import _core
from tenon.plugin._autotune import AutoTuneCombination
from tenon.plugin._creator import add_plugin as _add_plugin
from tenon.plugin._expressions import (
    ShapeExpr,
    ShapeExprs,
    SizeTensorShapeExpr,
    SymExprs,
    SymInt8,
    SymInt16,
    SymInt32,
    SymIntExprs,
    cdiv,
    max,
    min,
)
from tenon.plugin._host_kernel import HostKernel as HostKernel  # of this package alone
from tenon.plugin._host_kernel import host_kernel as host_kernel
from tenon.plugin._launch import KernelLaunchParams
from tenon.plugin._registry import aot_impl, autotune, impl, op, register
from tenon.plugin._tensor import (
    Shape,
    SizeTensorDesc,
    Tensor,
    TensorDesc,
    from_shape_expr,
    size_tensor,
)

_core.INetworkDefinition.add_plugin = _add_plugin

__all__ = [
    "AutoTuneCombination",
    "KernelLaunchParams",
    "Shape",
    "ShapeExpr",
    "ShapeExprs",
    "SizeTensorDesc",
    "SizeTensorShapeExpr",
    "SymExprs",
    "SymInt8",
    "SymInt16",
    "SymInt32",
    "SymIntExprs",
    "Tensor",
    "TensorDesc",
    "aot_impl",
    "autotune",
    "cdiv",
    "from_shape_expr",
    "impl",
    "max",
    "min",
    "op",
    "register",
    "size_tensor",
]
