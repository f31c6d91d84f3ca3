# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""How a kernel that was compiled ahead of time is launched."""

from tenon.plugin._expressions import SymInt32

FIELDS = ("grid_x", "grid_y", "grid_z", "block_x", "block_y", "block_z", "shared_mem")


class KernelLaunchParams:
    """Blocks of a grid, threads of a block, and dynamic shared memory in bytes; all symbolic."""

    def __init__(self, grid_x=1, grid_y=1, grid_z=1, block_x=1, block_y=1, block_z=1, shared_mem=0):
        values = (grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_mem)
        for name, value in zip(FIELDS, values):
            setattr(self, name, value)

    def __setattr__(self, name, value):
        if name not in FIELDS:
            raise AttributeError(f"KernelLaunchParams has no '{name}'")
        object.__setattr__(self, name, SymInt32(value))
