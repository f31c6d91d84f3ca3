#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Makes torch_brighten.onnx with torch.onnx.export: a module that calls all three plugins.

In an exported model the operator's domain, as in "acme::Brighten", serves as the namespace of the
plugin, so only the version is an attribute. Needs PyTorch; the model is kept beside this script.
"""

from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent


class AcmeDouble(torch.autograd.Function):
    """Version 1 of acme's Brighten."""

    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def symbolic(g, x):
        return g.op("acme::Brighten", x, plugin_version_s="1").setType(x.type())


class AcmeGain(torch.autograd.Function):
    """Version 2 of acme's Brighten, which takes the factor."""

    @staticmethod
    def forward(ctx, x, gain):
        return x * gain

    @staticmethod
    def symbolic(g, x, gain):
        return g.op("acme::Brighten", x, plugin_version_s="2", gain_f=gain).setType(x.type())


class ZenithLift(torch.autograd.Function):
    """Version 1 of zenith's Brighten."""

    @staticmethod
    def forward(ctx, x):
        return x + 10

    @staticmethod
    def symbolic(g, x):
        return g.op("zenith::Brighten", x, plugin_version_s="1").setType(x.type())


class Brighter(torch.nn.Module):
    def forward(self, x):
        return ZenithLift.apply(AcmeGain.apply(AcmeDouble.apply(x), 3.0))


def main():
    torch.onnx.export(
        Brighter(),
        torch.zeros(1, 4),
        str(HERE / "torch_brighten.onnx"),
        input_names=["x"],
        output_names=["y"],
        opset_version=13,
        custom_opsets={"acme": 1, "zenith": 1},
    )


if __name__ == "__main__":
    main()
