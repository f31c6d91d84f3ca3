# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The plugins behind a definition: the engine asks, and the decorated functions answer."""

from tenon import _core
from tenon.plugin import _attributes
from tenon.plugin._autotune import united
from tenon.plugin._expressions import (
    ShapeExpr,
    ShapeExprs,
    SizeTensorShapeExpr,
    SymExprs,
    SymInt32,
    building_with,
)
from tenon.plugin._launch import FIELDS, KernelLaunchParams
from tenon.plugin._tensor import Tensor, TensorDesc

_LINEAR = _core.TensorFormat.LINEAR


class _Built:
    """What both forms of a plugin answer while an engine is built."""

    def _set_up(self, definition, attributes):
        self.plugin_name = definition.name
        self.plugin_namespace = definition.namespace
        self.plugin_version = "1"
        self.num_outputs = definition.num_outputs
        self.definition, self.attributes = definition, attributes
        self.aliases = {}  # output -> input
        self.network_types = self.output_types = None
        self.combinations, self.chosen, self.tactic = {}, None, 0

    def get_capability_interface(self, type):
        return self

    def clone(self):
        copy = type(self)(self.definition, self.attributes)
        copy.__dict__.update(self.__dict__)
        return copy

    def _wanted(self, names):
        return {name: self.attributes[name] for name in names}

    def _registered(self, inputs):
        """What the registered function returns for these descriptions, as a checked list."""
        outputs = self.definition.register_func(*inputs, **self.attributes)
        outputs = outputs if isinstance(outputs, (tuple, list)) else [outputs]
        for output in outputs:
            if not isinstance(output, TensorDesc):
                raise TypeError(
                    f"{self.definition.plugin_id} returned {output!r}, which is no TensorDesc"
                )
        if len(outputs) != self.num_outputs:
            raise ValueError(
                f"{self.definition.plugin_id} returned {len(outputs)} outputs, its annotation says "
                f"{self.num_outputs}"
            )
        self.aliases = _aliases(inputs, outputs, self.definition.plugin_id)
        if len(set(self.aliases.values())) < len(self.aliases):
            raise ValueError(f"{self.definition.plugin_id} lays several outputs on one input")
        for i, output in enumerate(outputs):
            if output.is_size_tensor:
                output.index = i
        return outputs

    def get_output_data_types(self, input_types, ranks):
        shapes = [ShapeExprs(rank, _fake=True) for rank in ranks]
        outputs = self._registered(_described(shapes, input_types))
        self.network_types = list(input_types)
        self.output_types = [output.dtype for output in outputs]
        return self.output_types

    def get_output_shapes(self, inputs, shape_inputs, expr_builder):
        assert not shape_inputs, "quick plugins have no shape inputs"
        with building_with(expr_builder):
            outputs = self._registered(_described(_symbolic(inputs), self.network_types))
            return [
                _core.DimsExprs([_extent(e, expr_builder) for e in o.shape_expr]) for o in outputs
            ]

    def get_aliased_input(self, output_index):
        return self.aliases.get(output_index, -1)

    def get_supported_format_combinations(self, in_out, num_inputs):
        network = (*self.network_types, *self.output_types)
        self.combinations = {(network, (_LINEAR,) * len(in_out)): [0]}
        if self.definition.autotune_func is not None:
            descs = [TensorDesc.described(desc) for desc in in_out]
            offered = united(
                self.definition.autotune_func(
                    *(desc.freeze() for desc in descs[:num_inputs]),
                    **self._wanted(self.definition.autotune_attributes),
                    outputs=tuple(descs[num_inputs:]),
                )
            )
            self.combinations = offered or self.combinations
        for types, _ in self.combinations:
            if len(types) != len(in_out):
                raise ValueError(
                    f"autotune of {self.definition.plugin_id} tells types of {len(types)} tensors, "
                    f"there are {len(in_out)}"
                )
        return [
            _plain_desc(shown.desc, dtype, format)
            for types, formats in self.combinations
            for shown, dtype, format in zip(in_out, types, formats)
        ]

    def configure_plugin(self, inp, out):
        descs = [x.desc for x in (*inp, *out)]
        self.chosen = (tuple(d.type for d in descs), tuple(d.format for d in descs))

    def get_valid_tactics(self):
        return [tactic for tactic in self.combinations.get(self.chosen, []) if tactic > 0]

    def set_tactic(self, tactic):
        self.tactic = tactic


class QuickPlugin(
    _Built,
    _core.IPluginV3,
    _core.IPluginV3QuickCore,
    _core.IPluginV3QuickBuild,
    _core.IPluginV3QuickRuntime,
):
    """A plugin of a network, engine or context that is called while running."""

    def __init__(self, definition, attributes):
        _core.IPluginV3.__init__(self)
        _core.IPluginV3QuickCore.__init__(self)
        _core.IPluginV3QuickBuild.__init__(self)
        _core.IPluginV3QuickRuntime.__init__(self)
        self._set_up(definition, attributes)

    def get_fields_to_serialize(self):
        definition = self.definition
        return _core.PluginFieldCollection(
            [
                _attributes.encoded(name, definition.attributes[name], self.attributes[name])
                for name in definition.impl_attributes
            ]
        )

    def enqueue(self, input_desc, output_desc, inputs, outputs, in_strides, out_strides, stream):
        made = Tensor.of
        sources = [made(d, p, s, stream) for d, p, s in zip(input_desc, inputs, in_strides)]
        results = [made(d, p, s, stream) for d, p, s in zip(output_desc, outputs, out_strides)]
        for result in results:  # a loaded plugin knows its aliases by their addresses alone
            if result.data_ptr in inputs:
                source = sources[inputs.index(result.data_ptr)]
                result.__dict__["_partner"], source.__dict__["_partner"] = source, result
        definition = self.definition
        named = self._wanted(definition.impl_attributes) if definition.impl_attributes else {}
        if definition.expects_tactic:
            named["tactic"] = self.tactic
        definition.impl_func(*sources, outputs=results, stream=stream, **named)


class AotPlugin(_Built, _core.IPluginV3, _core.IPluginV3QuickCore, _core.IPluginV3QuickAOTBuild):
    """A plugin of a network whose kernel the engine keeps."""

    def __init__(self, definition, attributes):
        _core.IPluginV3.__init__(self)
        _core.IPluginV3QuickCore.__init__(self)
        _core.IPluginV3QuickAOTBuild.__init__(self)
        self._set_up(definition, attributes)
        self.kernel = None

    def get_timing_cache_id(self):
        return ""

    def get_launch_params(
        self, inputs, in_out, num_inputs, launch_params, extra_args, expr_builder
    ):
        definition = self.definition
        with building_with(expr_builder):
            shapes = _symbolic(inputs)
            sources = [
                TensorDesc.described(desc, shape).freeze() for desc, shape in zip(in_out, shapes)
            ]
            results = self._registered(_described(_symbolic(inputs), self.network_types))
            told = [
                TensorDesc.described(desc, result.shape_expr)
                for desc, result in zip(in_out[num_inputs:], results)
            ]
            answer = definition.aot_impl_func(
                *sources,
                **self._wanted(definition.aot_attributes),
                outputs=tuple(told),
                tactic=self.tactic,
            )
            self.kernel = _checked_kernel(answer, definition.plugin_id)
            _, _, launch, extra = answer
            for name in FIELDS:
                setattr(launch_params, name, getattr(launch, name)())
            extra_args.nbSymExprs = len(extra)
            for i, argument in enumerate(extra):
                extra_args[i] = argument()

    def get_kernel(self, inp, out):
        return self.kernel


def _checked_kernel(answer, plugin_id):
    """(name, code) of what aot_impl returned, as bytes; TypeError where something is of another
    type than its annotation promised."""

    def refuse(what, wanted, given):
        raise TypeError(f"aot_impl of {plugin_id}: {what} is {wanted}, not {type(given).__name__}")

    if not isinstance(answer, tuple) or len(answer) != 4:
        refuse("what it returns", "a tuple of name, code, launch and arguments", answer)
    name, code, launch, extra = answer
    for what, text in (("the kernel's name", name), ("the kernel's code", code)):
        if not isinstance(text, (str, bytes)):
            refuse(what, "str or bytes", text)
    if not isinstance(launch, KernelLaunchParams):
        refuse("the third value", "KernelLaunchParams", launch)
    if not isinstance(extra, SymExprs):
        refuse("the fourth value", "SymExprs", extra)
    for i, argument in enumerate(extra):
        if not isinstance(argument, SymInt32):
            refuse(f"extra argument {i}", "SymInt32 (wrap it: SymInt32(value))", argument)
    return tuple(text.encode() if isinstance(text, str) else text for text in (name, code))


def _aliases(inputs, outputs, plugin_id):
    """{output: the input it lies on}."""
    places = {id(desc): i for i, desc in enumerate(inputs)}
    aliases = {}
    for i, output in enumerate(outputs):
        partner = output.get_aliased()
        if partner is None:
            continue
        if id(partner) not in places:
            raise KeyError(
                f"output {i} of {plugin_id} is aliased to {id(partner)}, which is none of the "
                "inputs' descriptions: call aliased() of an input itself"
            )
        aliases[i] = places[id(partner)]
    return aliases


def _described(shapes, types):
    return [TensorDesc(shape, dtype).freeze() for shape, dtype in zip(shapes, types)]


def _symbolic(shapes):
    return [ShapeExprs.from_tuple(ShapeExpr(extent) for extent in shape) for shape in shapes]


def _plain_desc(shown, dtype, format):
    desc = _core.PluginTensorDesc()
    desc.dims, desc.type, desc.format, desc.scale = shown.dims, dtype, format, shown.scale
    return desc


def _extent(extent, builder):
    if isinstance(extent, SizeTensorShapeExpr):
        desc = extent._desc
        if desc.index is None:
            raise ValueError("a size tensor is used in a shape but is no output")
        return builder.declare_size_tensor(
            desc.index, ShapeExpr(desc.opt)._expr, ShapeExpr(desc.upper_bound)._expr
        )
    return extent._expr
