#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes LeNet (20-50-500-10) for 28x28 pictures, with random weights."""

import netbuilder


def build(batch, seed):
    net = netbuilder.Net("lenet", opset=13, seed=seed)
    x = net.input("data", [batch, 1, 28, 28])
    x = net.max_pool(net.conv(x, "conv1", 20, 5), "pool1", 2, 2)
    x = net.max_pool(net.conv(x, "conv2", 50, 5), "pool2", 2, 2)
    x = net.flatten(x, "flatten", 50 * 4 * 4)
    x = net.relu(net.dense(x, "ip1", 500), "relu1")
    x = net.dense(x, "ip2", 10)
    net.output(net.node("Softmax", [x.name], "prob", axis=1), [batch, 10])
    return net


if __name__ == "__main__":
    netbuilder.main("lenet", build)
