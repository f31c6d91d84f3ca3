# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Creators of quick plugins, for the network, the ONNX parser and engine files."""

from tenon import _core
from tenon.plugin import _attributes
from tenon.plugin._plugin_class import AotPlugin, QuickPlugin

_Request = _core.QuickPluginCreationRequest


class QuickCreator(_core.IPluginCreatorV3Quick):
    """Makes plugins of one definition. Lives as long as the registry."""

    def __init__(self, definition, values):
        _core.IPluginCreatorV3Quick.__init__(self)
        self.definition = definition
        self.name = definition.name
        self.plugin_namespace = definition.namespace
        self.plugin_version = "1"
        self.meet(values)
        self.field_names = _core.PluginFieldCollection(
            [
                _attributes.advertised(name, annotation, values.get(name))
                for name, annotation in definition.attributes.items()
            ]
        )

    def meet(self, values):
        """Remembers of which types the arrays among these values are: annotations of lazily
        registered plugins may not tell."""
        self.kinds = {name: getattr(value, "dtype", None) for name, value in values.items()}

    def create_plugin(
        self, name, namespace, field_collection, phase, quick_plugin_creation_request=None
    ):
        """Without a request: the form that is called while running, if there is one."""
        definition = self.definition
        attributes = {}
        for field in field_collection:
            assert field.name in definition.attributes, (
                f"{field.name} is no attribute of {definition.plugin_id}"
            )
            annotation = definition.attributes[field.name]
            attributes[field.name] = _attributes.decoded(
                field, annotation, self.kinds.get(field.name)
            )
        if phase != _core.TensorRTPhase.BUILD:
            if definition.impl_func is None:
                raise ValueError(f"{definition.plugin_id} has no impl in this process to run with")
            return QuickPlugin(definition, attributes)
        if _ahead_of_time(definition, quick_plugin_creation_request):
            return AotPlugin(definition, attributes)
        return QuickPlugin(definition, attributes)


def _ahead_of_time(definition, request):
    """Whether the engine keeps a kernel; raises where the request and what is defined do not
    fit."""
    plugin_id, jit = definition.plugin_id, definition.impl_func is not None
    aot = definition.aot_impl_func is not None
    if request == _Request.STRICT_AOT and not aot:
        raise ValueError(f"{plugin_id} is asked for ahead of time, but has no aot_impl")
    if request == _Request.STRICT_JIT and not jit:
        raise ValueError(f"{plugin_id} is asked for just in time, but has no impl")
    if not jit and not aot:
        raise ValueError(f"{plugin_id} has neither impl nor aot_impl")
    if jit and aot and request == _Request.UNKNOWN:
        raise ValueError(
            f"{plugin_id} has both impl and aot_impl: make the network with the flag "
            "PREFER_JIT_PYTHON_PLUGINS or PREFER_AOT_PYTHON_PLUGINS"
        )
    if request == _Request.STRICT_AOT or not jit:
        return True
    return aot and request == _Request.PREFER_AOT


def add_plugin(network, *arguments, aot=None):
    """network.add_plugin(func), (func, aot) or ((inputs, shape_inputs, plugin)).

    `func` is what `op.<namespace>.<name>(…)` gave. Answers the layer.
    """
    func, aot = arguments if len(arguments) == 2 else (*arguments, aot)
    if isinstance(func, tuple):
        return network.add_plugin_v3(*func)
    if aot is not None:
        request = _Request.STRICT_AOT if aot else _Request.STRICT_JIT
    else:
        flags = _core.NetworkDefinitionCreationFlag
        jit = network.get_flag(flags.PREFER_JIT_PYTHON_PLUGINS)
        ahead = network.get_flag(flags.PREFER_AOT_PYTHON_PLUGINS)
        if jit and ahead:
            raise ValueError("the network has both PREFER_JIT and PREFER_AOT: choose one")
        wish = _Request.PREFER_AOT if ahead else _Request.UNKNOWN
        request = _Request.PREFER_JIT if jit else wish
    return network.add_plugin_v3(*func(request))
