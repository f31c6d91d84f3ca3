#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Circular padding as a class of the V2DynamicExt family."""

import json
import sys

import numpy as np
import runner
import tensorrt as trt


class CircPad(trt.IPluginV2DynamicExt):
    """What an engine keeps of it are the bytes that serialize() gives."""

    def __init__(self, pads):
        trt.IPluginV2DynamicExt.__init__(self)
        self.plugin_type, self.plugin_version, self.plugin_namespace = "CircPadV2", "1", "sample"
        self.num_outputs = 1
        self.pads = pads

    def get_output_datatype(self, index, input_types):
        return input_types[0]

    def get_output_dimensions(self, index, inputs, expr_builder):
        return runner.padded_expressions(inputs[0], self.pads, expr_builder)

    def supports_format_combination(self, pos, in_out, num_inputs):
        desc = in_out[pos]
        linear = desc.format == trt.TensorFormat.LINEAR
        return linear and desc.type == (trt.float32 if pos == 0 else in_out[0].type)

    def configure_plugin(self, inp, out):
        pass

    def serialize(self):
        return json.dumps({"pads": self.pads})

    def clone(self):
        copy = CircPad(self.pads)
        copy.__dict__.update(self.__dict__)
        return copy

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        runner.LOG.debug("enqueue: %s", input_desc[0].dims)
        (x,), (y,) = runner.arrays(input_desc, inputs), runner.arrays(output_desc, outputs)
        y[...] = runner.wrapped(x, self.pads)
        return 0


class CircPadCreator(trt.IPluginCreator):
    """Makes the plugin from a node's attributes, or from the bytes that an engine kept."""

    def __init__(self):
        trt.IPluginCreator.__init__(self)
        self.name, self.plugin_version, self.plugin_namespace = "CircPadV2", "1", "sample"
        self.field_names = trt.PluginFieldCollection(
            [trt.PluginField("pads", np.array([]), trt.PluginFieldType.INT32)]
        )

    def create_plugin(self, name, field_collection):
        (pads,) = (field.data for field in field_collection if field.name == "pads")
        return CircPad(tuple(int(pad) for pad in pads))

    def deserialize_plugin(self, name, data):
        return CircPad(tuple(json.loads(data)["pads"]))


if __name__ == "__main__":
    sys.exit(runner.main(CircPadCreator(), __doc__))
