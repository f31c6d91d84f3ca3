#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes ResNet-50 v1.5 (the stride is on the 3x3 convolution), batch norms unfolded."""

import netbuilder

STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))  # blocks, inner channels
EXPANSION = 4
BRANCH_GAIN = 0.5  # keeps the sum of many residual branches near unit size


def conv_norm(net, x, name, channels, kernel, stride=1, gain=1.0):
    x = net.conv(x, name, channels, kernel, stride, kernel // 2, bias=False)
    return net.batch_norm(x, f"{name}.norm", gain)


def bottleneck(net, x, name, inner, stride):
    """1x1, 3x3, 1x1 around a shortcut, which is a convolution where the shape changes."""
    wide = inner * EXPANSION
    y = net.relu(conv_norm(net, x, f"{name}.conv1", inner, 1), f"{name}.relu1")
    y = net.relu(conv_norm(net, y, f"{name}.conv2", inner, 3, stride), f"{name}.relu2")
    y = conv_norm(net, y, f"{name}.conv3", wide, 1, gain=BRANCH_GAIN)
    kept = 1.0  # an identity shortcut is never negative, so the last ReLU cuts little off
    if x.channels != wide:
        x, kept = conv_norm(net, x, f"{name}.shortcut", wide, 1, stride), 0.5
    return net.relu(net.add(y, x, f"{name}.add"), f"{name}.relu3", kept)


def build(batch, seed):
    net = netbuilder.Net("resnet50", opset=13, seed=seed)
    x = net.input("data", [batch, 3, 224, 224])
    x = net.relu(conv_norm(net, x, "stem", 64, 7, 2), "stem.relu")
    x = net.max_pool(x, "stem.pool", 3, 2, 1)
    for stage, (blocks, inner) in enumerate(STAGES, 1):
        for block in range(blocks):
            stride = 2 if stage > 1 and block == 0 else 1
            x = bottleneck(net, x, f"stage{stage}.{block}", inner, stride)
    x = net.flatten(net.global_average_pool(x, "pool"), "flatten", x.channels)
    net.output(net.dense(x, "fc", 1000), [batch, 1000])
    return net


if __name__ == "__main__":
    netbuilder.main("resnet50", build)
