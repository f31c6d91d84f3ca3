# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What each wrong definition of a quick plugin raises, row by row."""

import typing

import numpy as np
import numpy.typing as npt
import pytest
import tenon as trt
from tenon import plugin as trtp
from tenon.plugin import _registry
from tenon.plugin._creator import QuickCreator

Tensor, Desc, Tune = trtp.Tensor, trtp.TensorDesc, trtp.AutoTuneCombination
Ints = npt.NDArray[np.int32]


@pytest.fixture(autouse=True, scope="module")
def scale():
    """The definition that wrong ones are made for."""

    @trtp.register("errors::scale")
    def scale(x: Desc, by: int, pads: Ints) -> Desc:
        return x.like()

    yield
    for plugin_id in [p for p in _registry.QDP_CREATORS if p.startswith("errors::")]:
        trt.get_plugin_registry().deregister_creator(_registry.QDP_CREATORS.pop(plugin_id))
        del _registry.QDP_REGISTRY[plugin_id]
    del trtp.op.errors


def good(x: Desc) -> Desc: ...
def star(x: Desc, *rest) -> Desc: ...
def double_star(x: Desc, **rest) -> Desc: ...
def positional(x: Desc, /) -> Desc: ...
def unannotated(x) -> Desc: ...
def default(x: Desc, by: int = 1) -> Desc: ...
def attribute_first(by: int, x: Desc) -> Desc: ...
def tensor_late(x: Desc, by: int, y: Desc) -> Desc: ...
def named_outputs(x: Desc, outputs: int) -> Desc: ...
def named_tactic(x: Desc, tactic: int) -> Desc: ...
def complex_attribute(x: Desc, by: complex) -> Desc: ...
def complex_array(x: Desc, by: npt.NDArray[np.complex64]) -> Desc: ...
def bare_array(x: Desc, by: np.ndarray) -> Desc: ...
def list_attribute(x: Desc, by: typing.List[int]) -> Desc: ...  # noqa: UP006
def no_return(x: Desc): ...
def wrong_return(x: Desc) -> int: ...
def list_return(x: Desc) -> list[Desc]: ...
def wrong_tuple(x: Desc) -> tuple[Desc, int]: ...


@pytest.mark.parametrize(
    ("plugin_id", "function", "error", "says"),
    [
        ("scale", good, ValueError, "unpack"),
        ("a::b::c", good, ValueError, "unpack"),
        ("a.b::c", good, ValueError, "a.b"),
        ("a::b.c", good, ValueError, "b.c"),
        ("::c", good, ValueError, "reserved"),
        ("trt::c", good, ValueError, "reserved"),
        ("tensorrt::c", good, ValueError, "reserved"),
        ("std::c", good, ValueError, "reserved"),
        ("errors::scale", good, ValueError, "already has a def"),
        ("errors::new", star, ValueError, "neither positional-or-keyword"),
        ("errors::new", double_star, ValueError, "neither positional-or-keyword"),
        ("errors::new", positional, ValueError, "neither positional-or-keyword"),
        ("errors::new", unannotated, ValueError, "annotation"),
        ("errors::new", default, ValueError, "default"),
        ("errors::new", attribute_first, ValueError, "tensors come first"),
        ("errors::new", tensor_late, ValueError, "tensors come first"),
        ("errors::new", named_outputs, ValueError, "outputs"),
        ("errors::new", named_tactic, ValueError, "tactic"),
        ("errors::new", complex_attribute, ValueError, "complex"),
        ("errors::new", complex_array, ValueError, "not supported"),
        ("errors::new", bare_array, ValueError, "tells no type"),
        ("errors::new", list_attribute, TypeError, "class"),
        ("errors::new", no_return, ValueError, "return annotation"),
        ("errors::new", wrong_return, ValueError, "TensorDesc"),
        ("errors::new", list_return, ValueError, "TensorDesc"),
        ("errors::new", wrong_tuple, ValueError, "TensorDesc"),
    ],
)
def test_register(plugin_id, function, error, says):
    with pytest.raises(error, match=says):
        trtp.register(plugin_id)(function)
    assert "errors::new" not in _registry.QDP_REGISTRY


Aot = tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymExprs]


def order(by, x, outputs, stream): ...
def missing_stream(x, outputs): ...
def unknown_name(x, other, outputs, stream): ...
def desc_in_impl(x: Desc, outputs, stream): ...
def other_type(x, by: float, outputs, stream): ...
def impl_outputs(x, outputs: list[Tensor], stream): ...
def impl_desc_outputs(x, outputs: tuple[Desc], stream): ...
def impl_stream(x, outputs, stream: float): ...
def impl_tactic(x, outputs, stream, tactic: str): ...
def impl_return(x, outputs, stream) -> int: ...
def aot_names(x, outputs) -> Aot: ...
def aot_outputs(x, outputs: tuple[Tensor], tactic) -> Aot: ...
def aot_tactic(x, outputs, tactic: str) -> Aot: ...
def aot_no_return(x, outputs, tactic): ...
def aot_no_tuple(x, outputs, tactic) -> str: ...
def aot_three(x, outputs, tactic) -> tuple[str, str, trtp.KernelLaunchParams]: ...
def aot_code(x, outputs, tactic) -> tuple[str, int, trtp.KernelLaunchParams, trtp.SymExprs]: ...
def aot_launch(x, outputs, tactic) -> tuple[str, str, int, trtp.SymExprs]: ...
def aot_extra(x, outputs, tactic) -> tuple[str, str, trtp.KernelLaunchParams, int]: ...
def tune_stream(x, outputs, stream): ...
def tune_outputs(x, outputs: tuple[Tensor]): ...
def tune_return(x, outputs) -> list[int]: ...


@pytest.mark.parametrize(
    ("decorator", "function", "says"),
    [
        (trtp.impl, order, "parameters are"),
        (trtp.impl, missing_stream, "parameters are"),
        (trtp.impl, unknown_name, "parameters are"),
        (trtp.impl, desc_in_impl, "no attribute"),
        (trtp.impl, other_type, "in the registration"),
        (trtp.impl, impl_outputs, "tuple of Tensor"),
        (trtp.impl, impl_desc_outputs, "tuple of Tensor"),
        (trtp.impl, impl_stream, "'stream' is an int"),
        (trtp.impl, impl_tactic, "'tactic' is an int"),
        (trtp.impl, impl_return, "returns nothing"),
        (trtp.aot_impl, aot_names, "parameters are"),
        (trtp.aot_impl, aot_outputs, "tuple of TensorDesc"),
        (trtp.aot_impl, aot_tactic, "'tactic' is an int"),
        (trtp.aot_impl, aot_no_return, "return annotation"),
        (trtp.aot_impl, aot_no_tuple, "return annotation"),
        (trtp.aot_impl, aot_three, "return annotation"),
        (trtp.aot_impl, aot_code, "str or bytes"),
        (trtp.aot_impl, aot_launch, "KernelLaunchParams"),
        (trtp.aot_impl, aot_extra, "SymExprs"),
        (trtp.autotune, tune_stream, "parameters are"),
        (trtp.autotune, tune_outputs, "tuple of TensorDesc"),
        (trtp.autotune, tune_return, "AutoTuneCombination"),
    ],
)
def test_definitions(decorator, function, says):
    with pytest.raises(ValueError, match=says):
        decorator("errors::scale")(function)


@pytest.mark.parametrize("decorator", [trtp.impl, trtp.aot_impl, trtp.autotune])
def test_definitions_of_nothing(decorator):
    with pytest.raises(ValueError, match="not registered"):
        decorator("errors::nothing")(order)


PADS = np.zeros(2, np.int32)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (lambda x: ((1,), {"by": 1, "pads": PADS}), "no ITensor"),
        (lambda x: ((x,), {"by": 1, "pads": PADS, "more": 1}), "no attribute 'more'"),
        (lambda x: ((x,), {"by": True, "pads": PADS}), "'by' is bool"),
        (lambda x: ((x,), {"by": np.int64(1), "pads": PADS}), "'by' is int64"),
        (lambda x: ((x,), {"by": 1.0, "pads": PADS}), "'by' is float"),
        (lambda x: ((x,), {"by": 1, "pads": PADS.astype(np.int64)}), "holds int64"),
        (lambda x: ((x,), {"by": 1}), "takes"),
        (lambda x: ((x, x), {"by": 1, "pads": PADS}), "takes"),
        (lambda x: ((), {"by": 1, "pads": PADS}), "takes"),
        (lambda x: ((x,), {"pads": PADS, "by": 1}), "in this order"),
    ],
)
def test_calls(workshop, arguments, says):
    positional_arguments, named = arguments(workshop.network.add_input("x", trt.float32, (2,)))
    with pytest.raises(ValueError, match=says):
        trtp.op.errors.scale(*positional_arguments, **named)


def test_what_is_not_registered_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nowhere"):
        _ = trtp.op.nowhere
    with pytest.raises(AttributeError, match="errors::nothing"):
        _ = trtp.op.errors.nothing


@pytest.mark.parametrize(
    ("request_name", "says"),
    [("STRICT_AOT", "aot_impl"), ("STRICT_JIT", "impl"), ("UNKNOWN", "neither")],
)
def test_creation_without_an_implementation(request_name, says):
    creator = QuickCreator(_registry.QDP_REGISTRY["errors::scale"], {})
    request = trt.QuickPluginCreationRequest.__members__[request_name]
    with pytest.raises(ValueError, match=says):
        creator.create_plugin("p", "errors", [], trt.TensorRTPhase.BUILD, request)


def test_creation_from_unknown_fields():
    creator = QuickCreator(_registry.QDP_REGISTRY["errors::scale"], {})
    field = trt.PluginField("other", PADS, trt.PluginFieldType.INT32)
    with pytest.raises(AssertionError, match="other"):
        creator.create_plugin(
            "p", "errors", trt.PluginFieldCollection([field]), trt.TensorRTPhase.BUILD
        )


def test_a_network_with_both_wishes_is_asked_to_choose(logger):
    flags = trt.NetworkDefinitionCreationFlag
    both = 1 << int(flags.PREFER_JIT_PYTHON_PLUGINS) | 1 << int(flags.PREFER_AOT_PYTHON_PLUGINS)
    network = trt.Builder(logger).create_network(both)
    x = network.add_input("x", trt.float32, (2,))
    with pytest.raises(ValueError, match="choose one"):
        network.add_plugin(trtp.op.errors.scale(x, by=1, pads=PADS))
