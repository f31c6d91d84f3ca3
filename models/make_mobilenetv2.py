#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes MobileNetV2 (width 1.0): depthwise convolutions, Clip(0, 6), batch norms unfolded."""

import netbuilder

# expansion, channels, repeats, first stride
BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
BRANCH_GAIN = 0.5  # keeps the sum of residual branches near unit size


def conv_norm(net, x, name, channels, kernel, stride=1, group=1, clip=True, gain=1.0):
    x = net.conv(x, name, channels, kernel, stride, kernel // 2, group, bias=False)
    x = net.batch_norm(x, f"{name}.norm", gain)
    return net.relu6(x, f"{name}.clip") if clip else x


def inverted_residual(net, x, name, expansion, channels, stride):
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1; a shortcut where shapes agree."""
    wide, y = x.channels * expansion, x
    if expansion != 1:
        y = conv_norm(net, y, f"{name}.expand", wide, 1)
    y = conv_norm(net, y, f"{name}.depthwise", wide, 3, stride, group=wide)
    shortcut = stride == 1 and x.channels == channels
    gain = BRANCH_GAIN if shortcut else 1.0
    y = conv_norm(net, y, f"{name}.project", channels, 1, clip=False, gain=gain)
    return net.add(x, y, f"{name}.add") if shortcut else y


def build(batch, seed):
    net = netbuilder.Net("mobilenetv2", opset=13, seed=seed)
    x = net.input("data", [batch, 3, 224, 224])
    x = conv_norm(net, x, "stem", 32, 3, 2)
    number = 0
    for expansion, channels, repeats, stride in BLOCKS:
        for repeat in range(repeats):
            x = inverted_residual(
                net, x, f"block{number}", expansion, channels, stride if repeat == 0 else 1
            )
            number += 1
    x = conv_norm(net, x, "head", 1280, 1)
    x = net.flatten(net.global_average_pool(x, "pool"), "flatten", x.channels)
    net.output(net.dense(x, "fc", 1000), [batch, 1000])
    return net


if __name__ == "__main__":
    netbuilder.main("mobilenetv2", build)
