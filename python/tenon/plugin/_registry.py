# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Definitions of quick plugins: the decorators, and `op`, which makes plugins of them."""

import numpy as np

from tenon import _core
from tenon.plugin import _attributes, _validate

QDP_REGISTRY: dict = {}
QDP_CREATORS: dict = {}


class PluginDef:
    """What is known of one plugin. Calling it with tensors and attributes gives what
    `network.add_plugin` takes."""

    def __init__(self, plugin_id, register_func, lazy_register):
        self.plugin_id = plugin_id
        self.namespace, self.name = _validate.split_id(plugin_id)
        self.register_func = register_func
        self.tensors, self.attributes, self.num_outputs = _validate.registration(
            register_func, lazy_register
        )
        self.impl_func = self.aot_impl_func = self.autotune_func = None
        self.impl_attributes, self.aot_attributes, self.autotune_attributes = [], [], []
        self.expects_tactic = False

    def _check_value(self, name, value):
        annotation = self.attributes[name]
        if isinstance(value, np.ndarray):
            element = _validate.array_dtype(annotation)
            if element is not None and value.dtype != np.dtype(element):
                raise ValueError(f"'{name}' holds {value.dtype}, registered is {element!r}")
            if annotation is np.ndarray and not _attributes.arrays_have(value.dtype):
                raise ValueError(f"'{name}' holds {value.dtype}: such arrays are not supported")
            if element is not None or annotation is np.ndarray:
                return
        if type(value) is not annotation:
            raise ValueError(f"'{name}' is {type(value).__name__}, registered is {annotation!r}")

    def _check_call(self, tensors, attributes):
        for i, tensor in enumerate(tensors):
            if not isinstance(tensor, _core.ITensor):
                raise ValueError(f"argument {i} is no ITensor: attributes are named")
        for name, value in attributes.items():
            if name not in self.attributes:
                raise ValueError(f"{self.plugin_id} has no attribute '{name}'")
            self._check_value(name, value)
        if len(tensors) != len(self.tensors) or list(attributes) != list(self.attributes):
            expected = ", ".join([*self.tensors, *(f"{name}=" for name in self.attributes)])
            raise ValueError(
                f"{self.plugin_id} takes ({expected}) in this order, given are {len(tensors)} "
                f"tensors and ({', '.join(attributes)})"
            )

    def __call__(self, *tensors, **attributes):
        self._check_call(tensors, attributes)
        creator = creator_of(self, attributes)

        def add(request=None):
            fields = [
                _attributes.encoded(name, self.attributes[name], value)
                for name, value in attributes.items()
            ]
            creator.meet(attributes)
            plugin = creator.create_plugin(
                self.name,
                self.namespace,
                _core.PluginFieldCollection(fields),
                _core.TensorRTPhase.BUILD,
                request,
            )
            return list(tensors), [], plugin

        return add


class _PluginNamespace:
    def __init__(self, namespace):
        self._namespace = namespace

    def __getattr__(self, name):
        raise AttributeError(f"no plugin '{self._namespace}::{name}' is registered")


class _Op:
    """`op.<namespace>.<name>(…)`."""

    def __getattr__(self, name):
        raise AttributeError(f"no plugin of namespace '{name}' is registered")


op = _Op()


def creator_of(definition, values=None):
    """The registered creator of a definition; made now if it waited for its first use."""
    from tenon.plugin._creator import QuickCreator  # noqa: PLC0415

    plugin_id = definition.plugin_id
    if plugin_id not in QDP_CREATORS:
        creator = QuickCreator(definition, values or {})
        if not _core.get_plugin_registry().register_creator(creator, definition.namespace):
            raise RuntimeError(f"another creator of {plugin_id} is registered already")
        QDP_CREATORS[plugin_id] = creator
    return QDP_CREATORS[plugin_id]


def _definition(plugin_id):
    if plugin_id not in QDP_REGISTRY:
        raise ValueError(f"plugin {plugin_id} is not registered: decorate with register first")
    return QDP_REGISTRY[plugin_id]


def register(plugin_id, lazy_register=False):
    """Decorates the function that tells a plugin's output types and shapes.

    Its parameters are the inputs as TensorDesc, then the attributes; it returns TensorDesc or a
    tuple of them. Lazily: the creator is registered with the first use of `op.<ns>.<name>`.
    """

    def decorate(func):
        definition = PluginDef(plugin_id, func, lazy_register)
        if plugin_id in QDP_REGISTRY:
            raise ValueError(f"{type(op).__name__} already has a def of {plugin_id}")
        if definition.namespace not in vars(op):
            setattr(op, definition.namespace, _PluginNamespace(definition.namespace))
        setattr(getattr(op, definition.namespace), definition.name, definition)
        QDP_REGISTRY[plugin_id] = definition
        if not lazy_register:
            creator_of(definition)
        return func

    return decorate


def impl(plugin_id):
    """Decorates the function that computes: inputs, attributes, `outputs`, `stream`, `tactic`."""

    def decorate(func):
        definition = _definition(plugin_id)
        attributes, tactic = _validate.implementation(func, definition)
        definition.impl_func, definition.impl_attributes = func, attributes
        definition.expects_tactic = tactic
        return func

    return decorate


def aot_impl(plugin_id):
    """Decorates the function that compiles a kernel while an engine is built."""

    def decorate(func):
        definition = _definition(plugin_id)
        definition.aot_attributes = _validate.ahead_of_time(func, definition)
        definition.aot_impl_func = func
        return func

    return decorate


def autotune(plugin_id):
    """Decorates the function that lists the combinations of types, formats and tactics to try."""

    def decorate(func):
        definition = _definition(plugin_id)
        definition.autotune_attributes = _validate.tuning(func, definition)
        definition.autotune_func = func
        return func

    return decorate
