#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes chain1000: 1,000 alternating Add and Relu on 16 floats, all overhead and no work."""

import netbuilder
import numpy as np

NODES = 1000
WIDTH = 16


def build(batch, seed):
    net = netbuilder.Net("chain1000", opset=13, seed=seed)
    x = net.input("x", [batch, WIDTH])
    for i in range(NODES // 2):
        step = net.rng.standard_normal(WIDTH, np.float32) * np.float32(0.1)
        step = netbuilder.Value(net.constant(f"step{i}", step), WIDTH, 0.01)
        x = net.relu(net.add(x, step, f"add{i}"), f"relu{i}")
    net.output(x, [batch, WIDTH])
    return net


if __name__ == "__main__":
    netbuilder.main("chain1000", build)
