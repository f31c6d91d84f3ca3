# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The plugin behind a definition: what the engine asks becomes calls of the decorated functions."""

from tenon import _core
from tenon.plugin import _attributes
from tenon.plugin._autotune import united
from tenon.plugin._expressions import ShapeExpr, ShapeExprs, SizeTensorShapeExpr, building_with
from tenon.plugin._tensor import Tensor, TensorDesc

_LINEAR = _core.TensorFormat.LINEAR
# Ranks to try where nobody told them: types hardly ever depend on them.
_RANKS = (4, 3, 2, 1, 5, 0, 6, 7, 8)


class QuickPlugin(
    _core.IPluginV3, _core.IPluginV3OneCore, _core.IPluginV3OneBuildV2, _core.IPluginV3OneRuntime
):
    """One plugin of a network, engine or context."""

    def __init__(self, definition, attributes):
        _core.IPluginV3.__init__(self)
        _core.IPluginV3OneCore.__init__(self)
        _core.IPluginV3OneBuildV2.__init__(self)
        _core.IPluginV3OneRuntime.__init__(self)
        self.plugin_name = definition.name
        self.plugin_namespace = definition.namespace
        self.plugin_version = "1"
        self.num_outputs = definition.num_outputs
        self.definition, self.attributes = definition, attributes
        self.ranks = None
        self.aliases = {}  # output -> input
        self.network_types = self.output_types = None
        self.combinations, self.combinations_of = {}, None
        self.chosen, self.tactic = None, 0

    def get_capability_interface(self, type):
        return self

    def clone(self):
        copy = QuickPlugin(self.definition, self.attributes)
        copy.__dict__.update(self.__dict__)
        return copy

    def _wanted(self, names):
        return {name: self.attributes[name] for name in names}

    def _registered(self, types, shapes):
        """What the registered function returns, as a list; output descriptions are checked."""
        inputs = [TensorDesc(shape, dtype).freeze() for shape, dtype in zip(shapes, types)]
        outputs = self.definition.register_func(*inputs, **self.attributes)
        outputs = [outputs] if isinstance(outputs, TensorDesc) else list(outputs)
        if len(outputs) != self.num_outputs:
            raise ValueError(
                f"{self.definition.plugin_id} returned {len(outputs)} outputs, its annotation says "
                f"{self.num_outputs}"
            )
        places = {id(desc): i for i, desc in enumerate(inputs)}
        self.aliases = {
            i: places[id(output.get_aliased())]
            for i, output in enumerate(outputs)
            if output.is_aliased
        }
        return outputs

    def get_output_data_types(self, input_types):
        self.network_types = list(input_types)
        error = None
        for rank in [None] if self.ranks is not None else _RANKS:
            ranks = self.ranks if rank is None else [rank] * len(input_types)
            try:
                outputs = self._registered(
                    input_types, [ShapeExprs(rank, _fake=True) for rank in ranks]
                )
            except Exception as failure:
                error = error or failure
                continue
            self.output_types = [output.dtype for output in outputs]
            return self.output_types
        raise error

    def get_output_shapes(self, inputs, shape_inputs, expr_builder):
        assert not shape_inputs, "quick plugins have no shape inputs"
        self.ranks = [len(shape) for shape in inputs]
        with building_with(expr_builder):
            shapes = [ShapeExprs.from_tuple(ShapeExpr(extent) for extent in s) for s in inputs]
            outputs = self._registered(self.network_types, shapes)
            for i, output in enumerate(outputs):
                if output.is_size_tensor:
                    output.index = i
            return [
                _core.DimsExprs([_extent(e, expr_builder) for e in o.shape_expr]) for o in outputs
            ]

    def get_aliased_input(self, output_index):
        return self.aliases.get(output_index, -1)

    def _all_combinations(self, in_out, num_inputs):
        """{(types, formats): tactics} for these shapes; the same shapes are asked once."""
        key = tuple(tuple(tuple(d) for d in (x.desc.dims, x.min, x.max)) for x in in_out)
        if self.combinations_of == key:
            return self.combinations
        network = (*self.network_types, *self.output_types)
        self.combinations = {(network, (_LINEAR,) * len(in_out)): [0]}
        if self.definition.autotune_func is not None:
            descs = [TensorDesc.described(desc) for desc in in_out]
            for desc, dtype in zip(descs, network):
                desc.dtype = dtype
            offered = united(
                self.definition.autotune_func(
                    *(desc.freeze() for desc in descs[:num_inputs]),
                    **self._wanted(self.definition.autotune_attributes),
                    outputs=tuple(descs[num_inputs:]),
                )
            )
            self.combinations = offered or self.combinations
        self.combinations_of = key
        return self.combinations

    def supports_format_combination(self, pos, in_out, num_inputs):
        types = tuple(x.desc.type for x in in_out[: pos + 1])
        formats = tuple(x.desc.format for x in in_out[: pos + 1])
        return any(
            offered_types[: pos + 1] == types and offered_formats[: pos + 1] == formats
            for offered_types, offered_formats in self._all_combinations(in_out, num_inputs)
        )

    def configure_plugin(self, inp, out):
        descs = [x.desc for x in (*inp, *out)]
        self.chosen = (tuple(d.type for d in descs), tuple(d.format for d in descs))

    def get_valid_tactics(self):
        return [tactic for tactic in self.combinations.get(self.chosen, []) if tactic > 0]

    def set_tactic(self, tactic):
        self.tactic = tactic

    def on_shape_change(self, inp, out):
        pass

    def get_fields_to_serialize(self):
        definition = self.definition
        return _core.PluginFieldCollection(
            [
                _attributes.encoded(name, definition.attributes[name], self.attributes[name])
                for name in definition.impl_attributes
            ]
        )

    def attach_to_context(self, context):
        return self.clone()

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        sources = [Tensor.of(d, p, stream) for d, p in zip(input_desc, inputs)]
        results = [Tensor.of(d, p, stream) for d, p in zip(output_desc, outputs)]
        for result in results:  # a loaded plugin knows its aliases by their addresses alone
            if result.data_ptr in inputs:
                source = sources[inputs.index(result.data_ptr)]
                result.__dict__["_partner"], source.__dict__["_partner"] = source, result
        definition = self.definition
        named = {name: self.attributes[name] for name in definition.impl_attributes}
        if definition.expects_tactic:
            named["tactic"] = self.tactic
        definition.impl_func(*sources, outputs=results, stream=stream, **named)


def _extent(extent, builder):
    if isinstance(extent, SizeTensorShapeExpr):
        desc = extent._desc
        if desc.index is None:
            raise ValueError("a size tensor is used in a shape but is no output")
        return builder.declare_size_tensor(
            desc.index, ShapeExpr(desc.opt)._expr, ShapeExpr(desc.upper_bound)._expr
        )
    return extent._expr


def _shape(extents, builder):
    return _core.DimsExprs([_extent(extent, builder) for extent in extents])
