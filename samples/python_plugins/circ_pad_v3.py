#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Circular padding as one class of the V3 family, with two tactics."""

import sys

import numpy as np
import runner
import tensorrt as trt

TACTICS = {1: runner.wrapped, 2: runner.indexed}


class CircPad(trt.IPluginV3, trt.IPluginV3OneCore, trt.IPluginV3OneBuild, trt.IPluginV3OneRuntime):
    """All faces of the plugin in one class."""

    def __init__(self, pads, phase):
        trt.IPluginV3.__init__(self)
        trt.IPluginV3OneCore.__init__(self)
        trt.IPluginV3OneBuild.__init__(self)
        trt.IPluginV3OneRuntime.__init__(self)
        self.plugin_name, self.plugin_version, self.plugin_namespace = "CircPad", "1", "sample"
        self.num_outputs = 1
        self.timing_cache_id = ""  # times may be kept: name, version, shapes and types tell all
        self.pads, self.phase, self.tactic = pads, phase, 0

    def get_capability_interface(self, type):
        return self

    def clone(self):
        copy = CircPad(self.pads, self.phase)
        copy.__dict__.update(self.__dict__)
        return copy

    # While an engine is built.

    def get_output_data_types(self, input_types):
        return [input_types[0]]

    def get_output_shapes(self, inputs, shape_inputs, expr_builder):
        return [runner.padded_expressions(inputs[0], self.pads, expr_builder)]

    def supports_format_combination(self, pos, in_out, num_inputs):
        desc = in_out[pos].desc
        linear = desc.format == trt.TensorFormat.LINEAR
        return linear and desc.type == (trt.float32 if pos == 0 else in_out[0].desc.type)

    def configure_plugin(self, inp, out):
        pass

    def get_valid_tactics(self):
        return list(TACTICS)

    def get_fields_to_serialize(self):
        pads = np.array(self.pads, np.int32)
        return trt.PluginFieldCollection([trt.PluginField("pads", pads, trt.PluginFieldType.INT32)])

    # While it runs, and while its tactics are timed.

    def attach_to_context(self, context):
        return self.clone()

    def set_tactic(self, tactic):
        self.tactic = tactic

    def on_shape_change(self, inp, out):
        runner.LOG.debug("%s: %s -> %s", self.phase.name, inp[0].dims, out[0].dims)

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        runner.LOG.debug("enqueue: tactic %d", self.tactic)
        (x,), (y,) = runner.arrays(input_desc, inputs), runner.arrays(output_desc, outputs)
        y[...] = TACTICS[self.tactic](x, self.pads)


class CircPadCreator(trt.IPluginCreatorV3One):
    """Makes the plugin from a node's attributes, and from what an engine kept of them."""

    def __init__(self):
        trt.IPluginCreatorV3One.__init__(self)
        self.name, self.plugin_version, self.plugin_namespace = "CircPad", "1", "sample"
        self.field_names = trt.PluginFieldCollection(
            [trt.PluginField("pads", np.array([]), trt.PluginFieldType.INT32)]
        )

    def create_plugin(self, name, field_collection, phase):
        (pads,) = (field.data for field in field_collection if field.name == "pads")
        return CircPad(tuple(int(pad) for pad in pads), phase)


if __name__ == "__main__":
    sys.exit(runner.main(CircPadCreator(), __doc__))
