# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Rules for the functions that define quick plugins, checked when they are decorated."""

import inspect
import types
import typing

import numpy as np

from tenon.plugin._autotune import AutoTuneCombination
from tenon.plugin._expressions import SymExprs
from tenon.plugin._launch import KernelLaunchParams
from tenon.plugin._tensor import Tensor, TensorDesc

RESERVED_NAMESPACES = ("", "trt", "tensorrt", "std")
FORBIDDEN_ATTRIBUTES = ("outputs", "stream", "tactic")
SCALARS = (int, float, bytes, bool, str)
ARRAY_TYPES = (
    np.int8,
    np.int16,
    np.int32,
    np.int64,
    np.float16,
    np.float32,
    np.float64,
    bool,
    np.bool_,
)


def split_id(plugin_id):
    """(namespace, name) of "namespace::name"."""
    if plugin_id.count("::") != 1:
        raise ValueError(f"a plugin's id is namespace::name, which '{plugin_id}' is not")
    namespace, name = plugin_id.split("::")
    for what, text in (("namespace", namespace), ("name", name)):
        if "." in text:
            raise ValueError(f"the {what} '{text}' of a plugin must have no dot")
    if namespace in RESERVED_NAMESPACES:
        raise ValueError(f"the namespace '{namespace}' is reserved: choose another")
    return namespace, name


def _spelled_out(annotation):
    """What an alias of a type stands for: NDArray[np.int32] is one from NumPy 2.5 on."""
    origin = typing.get_origin(annotation)
    if hasattr(origin, "__value__"):
        return _spelled_out(origin.__value__[typing.get_args(annotation)])
    return _spelled_out(annotation.__value__) if hasattr(annotation, "__value__") else annotation


def array_dtype(annotation):
    """The element type of NDArray[dtype], or None for other annotations."""
    if typing.get_origin(annotation) is not np.ndarray:
        return None
    element = typing.get_args(annotation)[-1]
    return typing.get_args(element)[0] if typing.get_args(element) else None


def _parameters(func):
    """The signature of a function of named parameters; annotations that are text are evaluated,
    where the names in it are known."""
    try:
        signature = inspect.signature(func, eval_str=True)
    except NameError:
        signature = inspect.signature(func)
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ValueError(
                f"parameter '{parameter.name}' is neither positional-or-keyword nor keyword-only"
            )
        parameters.append(parameter.replace(annotation=_spelled_out(parameter.annotation)))
    return signature.replace(parameters=parameters)


def _is_desc(annotation, what):
    """Whether this is TensorDesc or derived from it; TypeError where it is no class at all."""
    if not inspect.isclass(annotation):
        raise TypeError(
            f"{what} is annotated {annotation!r}, which is no class: tensors are TensorDesc, "
            "attributes int, float, bytes, bool, str or NDArray[dtype]"
        )
    return issubclass(annotation, TensorDesc)


def _check_attribute(name, annotation, lazy):
    if name in FORBIDDEN_ATTRIBUTES:
        raise ValueError(f"an attribute may not have the name '{name}'")
    if annotation is np.ndarray:
        if not lazy:
            raise ValueError(
                f"attribute '{name}': np.ndarray tells no type; write NDArray[np.int32], say, or "
                "register lazily"
            )
    elif typing.get_origin(annotation) is np.ndarray:
        if array_dtype(annotation) not in ARRAY_TYPES:
            raise ValueError(f"attribute '{name}': arrays of this type are not supported")
    elif annotation not in SCALARS:
        raise ValueError(f"attribute '{name}': {annotation!r} is no type of an attribute")


def registration(func, lazy):
    """(tensor names, {attribute: annotation}, output count) of a function for register."""
    signature = _parameters(func)
    tensors, attributes = [], {}
    for name, parameter in signature.parameters.items():
        annotation = parameter.annotation
        if annotation is inspect.Parameter.empty:
            raise ValueError(f"parameter '{name}' has no annotation")
        if parameter.default is not inspect.Parameter.empty:
            raise ValueError(f"parameter '{name}' has a default, which is not supported")
        generic = typing.get_origin(annotation) is np.ndarray
        if not generic and _is_desc(annotation, f"parameter '{name}'"):
            if attributes:
                raise ValueError(f"tensor '{name}' comes after an attribute: tensors come first")
            tensors.append(name)
            continue
        if not tensors:
            raise ValueError(f"attribute '{name}' comes first: tensors come first")
        _check_attribute(name, annotation, lazy)
        attributes[name] = annotation
    return tensors, attributes, _output_count(signature.return_annotation)


def _output_count(annotation):
    if annotation is inspect.Signature.empty:
        raise ValueError("the function has no return annotation: TensorDesc, or a tuple of them")
    if typing.get_origin(annotation) is tuple:
        elements = typing.get_args(annotation)
    else:
        elements = (annotation,)
        if not inspect.isclass(annotation) or not issubclass(annotation, TensorDesc):
            raise ValueError(f"the function returns {annotation!r}, not TensorDesc")
    if not all(_is_desc(element, "an output") for element in elements):
        raise ValueError("the function returns something that is no TensorDesc")
    return len(elements)


def _match(func, definition, element, tail, optional=()):
    """Checks names and annotations of a definition's parameters, tensors being of type `element`;
    the attributes it wants, and the signature."""
    signature = _parameters(func)
    names = list(signature.parameters)
    attributes = [name for name in definition.attributes if name in names]
    expected = definition.tensors + attributes + list(tail)
    expected += [name for name in optional if name in names]
    if names != expected:
        raise ValueError(f"the parameters are ({', '.join(names)}), not ({', '.join(expected)})")
    own = (*tail, *optional)
    for name, parameter in signature.parameters.items():
        if parameter.annotation is inspect.Parameter.empty or name in own:
            continue
        if inspect.isclass(parameter.annotation) and issubclass(parameter.annotation, element):
            continue
        if name not in definition.attributes:
            raise ValueError(f"'{name}' is annotated but is no attribute of {definition.plugin_id}")
        if parameter.annotation != definition.attributes[name]:
            raise ValueError(
                f"attribute '{name}' is {parameter.annotation!r} here and "
                f"{definition.attributes[name]!r} in the registration"
            )
    return attributes, signature


def _check_outputs(signature, element):
    annotation = signature.parameters["outputs"].annotation
    if annotation is inspect.Parameter.empty:
        return
    elements = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else ()
    if not elements or not all(inspect.isclass(e) and issubclass(e, element) for e in elements):
        raise ValueError(f"'outputs' is a tuple of {element.__name__}")


def _check_int(signature, name):
    parameter = signature.parameters.get(name)
    if parameter is not None and parameter.annotation not in (inspect.Parameter.empty, int):
        raise ValueError(f"'{name}' is an int")


def implementation(func, definition):
    """(attributes it wants, whether it wants the tactic) of a function for impl."""
    attributes, signature = _match(func, definition, Tensor, ("outputs", "stream"), ("tactic",))
    _check_outputs(signature, Tensor)
    _check_int(signature, "stream")
    _check_int(signature, "tactic")
    if signature.return_annotation not in (inspect.Signature.empty, None):
        raise ValueError("an implementation returns nothing")
    return attributes, "tactic" in signature.parameters


def ahead_of_time(func, definition):
    attributes, signature = _match(func, definition, TensorDesc, ("outputs", "tactic"))
    _check_outputs(signature, TensorDesc)
    _check_int(signature, "tactic")
    annotation = signature.return_annotation
    elements = typing.get_args(annotation) if typing.get_origin(annotation) is tuple else ()
    if len(elements) != 4:
        raise ValueError("the return annotation is a tuple of name, code, launch and arguments")
    for element in elements[:2]:
        union = typing.get_origin(element) in (typing.Union, types.UnionType)
        kinds = typing.get_args(element) if union else (element,)
        if not set(kinds) <= {str, bytes}:
            raise ValueError("name and code are str or bytes")
    if elements[2] is not KernelLaunchParams:
        raise ValueError("the third that is returned is KernelLaunchParams")
    if not inspect.isclass(elements[3]) or not issubclass(elements[3], SymExprs):
        raise ValueError("the fourth that is returned is SymExprs")
    return attributes


def tuning(func, definition):
    """The attributes that a function for autotune wants."""
    attributes, signature = _match(func, definition, TensorDesc, ("outputs",))
    _check_outputs(signature, TensorDesc)
    annotation = signature.return_annotation
    known = (inspect.Signature.empty, AutoTuneCombination, list[AutoTuneCombination])
    if annotation not in (*known, typing.List[AutoTuneCombination]):  # noqa: UP006
        raise ValueError("autotune returns a list of AutoTuneCombination")
    return attributes
