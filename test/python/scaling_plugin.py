# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A plugin of version 3 in one class: its output is its input times a factor."""

import numpy as np
import tenon as trt


class Scaling(trt.IPluginV3, trt.IPluginV3OneCore, trt.IPluginV3OneBuild, trt.IPluginV3OneRuntime):
    alive = 0

    def __init__(self, factor=2.0, fail_in=""):
        trt.IPluginV3.__init__(self)
        trt.IPluginV3OneCore.__init__(self)
        trt.IPluginV3OneBuild.__init__(self)
        trt.IPluginV3OneRuntime.__init__(self)
        self.plugin_name = "Scaling"
        self.plugin_version = "1"
        self.plugin_namespace = "tests"
        self.num_outputs = 1
        self.factor = factor
        self.fail_in = fail_in
        Scaling.alive += 1

    def __del__(self):
        Scaling.alive -= 1

    def fail_if(self, where):
        if self.fail_in == where:
            raise ValueError(f"{where} was asked to fail")

    def get_capability_interface(self, type):
        return self

    def get_output_data_types(self, input_types):
        self.fail_if("get_output_data_types")
        return [input_types[0]]

    def get_output_shapes(self, inputs, shape_inputs, expr_builder):
        shape = trt.DimsExprs(len(inputs[0]))
        for i in range(len(shape)):
            shape[i] = inputs[0][i]
        return [shape]

    def supports_format_combination(self, pos, in_out, num_inputs):
        self.fail_if("supports_format_combination")
        desc = in_out[pos].desc
        return desc.type == trt.float32 and desc.format == trt.TensorFormat.LINEAR

    def configure_plugin(self, inp, out):
        assert inp[0].max[0] >= inp[0].min[0]

    def on_shape_change(self, inp, out):
        assert tuple(inp[0].dims) == tuple(out[0].dims)

    def get_fields_to_serialize(self):
        factor = np.array([self.factor], np.float32)
        field = trt.PluginField("factor", factor, trt.PluginFieldType.FLOAT32)
        return trt.PluginFieldCollection([field])

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        self.fail_if("enqueue")
        shape = tuple(input_desc[0].dims)
        source = trt.view(inputs[0], shape, input_desc[0].type)
        trt.view(outputs[0], shape, output_desc[0].type)[...] = source * self.factor

    def attach_to_context(self, context):
        self.fail_if("attach_to_context")
        return self.clone()

    def clone(self):
        copy = Scaling()
        copy.__dict__.update(self.__dict__)
        return copy


class ScalingCreator(trt.IPluginCreatorV3One):
    def __init__(self):
        trt.IPluginCreatorV3One.__init__(self)
        self.name = "Scaling"
        self.plugin_version = "1"
        self.plugin_namespace = "tests"
        self.field_names = trt.PluginFieldCollection(
            [trt.PluginField("factor", np.array([]), trt.PluginFieldType.FLOAT32)]
        )
        self.phases = []
        self.fail_in = ""

    def create_plugin(self, name, field_collection, phase):
        self.phases.append(phase)
        fields = {field.name: field.data for field in field_collection}
        return Scaling(float(fields["factor"][0]), self.fail_in)
