# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What each wrong definition and use of a quick plugin raises: one table, one test."""

import typing

import numpy as np
import numpy.typing as npt
import pytest
import tenon as trt
from tenon import plugin as trtp
from tenon.plugin import _registry
from tenon.plugin._creator import QuickCreator
from workshop import run

Tensor, Desc, Tune = trtp.Tensor, trtp.TensorDesc, trtp.AutoTuneCombination
Ints = npt.NDArray[np.int32]


@pytest.fixture(autouse=True, scope="module")
def scale():
    """The definition that wrong ones are made for."""

    @trtp.register("errors::scale")
    def scale(x: Desc, by: int, pads: Ints) -> Desc:
        return x.like()

    @trtp.register("errors::real")
    def real(x: Desc, by: float) -> Desc:
        return x.like()

    @trtp.register("errors::both")
    def both(x: Desc) -> Desc:
        return x.like()

    trtp.impl("errors::both")(lambda x, outputs, stream: None)

    @trtp.aot_impl("errors::both")
    def both_kernel(x, outputs, tactic) -> Aot: ...

    yield
    for plugin_id in [p for p in _registry.QDP_CREATORS if p.startswith("errors::")]:
        forget(plugin_id)
    del trtp.op.errors


def forget(plugin_id):
    if _registry.QDP_REGISTRY.pop(plugin_id, None) is None:
        return
    trt.get_plugin_registry().deregister_creator(_registry.QDP_CREATORS.pop(plugin_id))
    delattr(trtp.op.errors, plugin_id.split("::")[1])


def good(x: Desc) -> Desc: ...
def star(x: Desc, *rest) -> Desc: ...
def double_star(x: Desc, **rest) -> Desc: ...
def positional(x: Desc, /) -> Desc: ...
def unannotated(x) -> Desc: ...
def default(x: Desc, by: int = 1) -> Desc: ...
def attribute_first(by: int, x: Desc) -> Desc: ...
def tensor_late(x: Desc, by: int, y: Desc) -> Desc: ...
def named_outputs(x: Desc, outputs: int) -> Desc: ...
def named_stream(x: Desc, stream: int) -> Desc: ...
def named_tactic(x: Desc, tactic: int) -> Desc: ...
def complex_attribute(x: Desc, by: complex) -> Desc: ...
def complex_array(x: Desc, by: npt.NDArray[np.complex64]) -> Desc: ...
def bare_array(x: Desc, by: np.ndarray) -> Desc: ...
def list_attribute(x: Desc, by: typing.List[int]) -> Desc: ...  # noqa: UP006
def no_return(x: Desc): ...
def wrong_return(x: Desc) -> int: ...
def list_return(x: Desc) -> list[Desc]: ...
def wrong_tuple(x: Desc) -> tuple[Desc, int]: ...


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
def aot_type(x, by: float, outputs, tactic) -> Aot: ...
def tune_type(x, by: float, outputs): ...
def tune_stream(x, outputs, stream): ...
def tune_outputs(x, outputs: tuple[Tensor]): ...
def tune_return(x, outputs) -> list[int]: ...


def registered(plugin_id, function):
    return lambda workshop: trtp.register(plugin_id)(function)


def defined(decorator, function, plugin_id="errors::scale"):
    return lambda workshop: decorator(plugin_id)(function)


PADS = np.zeros(2, np.int32)


def called(arguments):
    """op.errors.scale with `arguments` made of a tensor: positional and named ones."""

    def call(workshop):
        tensors, named = arguments(workshop.network.add_input("x", trt.float32, (2,)))
        trtp.op.errors.scale(*tensors, **named)

    return call


def called_real(value):
    def call(workshop):
        trtp.op.errors.real(workshop.network.add_input("x", trt.float32, (2,)), by=value)

    return call


def made(name, request, fields=()):
    def create(workshop):
        creator = QuickCreator(_registry.QDP_REGISTRY[f"errors::{name}"], {})
        wish = trt.QuickPluginCreationRequest.__members__[request]
        given = trt.PluginFieldCollection(list(fields))
        creator.create_plugin(name, "errors", given, trt.TensorRTPhase.BUILD, wish)

    return create


def built(shapes, compute=None, aot=None):
    """A network with a plugin of these functions, built and run."""

    def build(workshop):
        plugin_id = "errors::built"
        try:
            trtp.register(plugin_id)(shapes)
            if aot is None:
                trtp.impl(plugin_id)(compute or (lambda x, outputs, stream: None))
            else:
                trtp.aot_impl(plugin_id)(aot)
            x = workshop.network.add_input("x", trt.float32, (2,))
            layer = workshop.network.add_plugin(trtp.op.errors.built(x))
            layer.get_output(0).name = "y"
            workshop.network.mark_output(layer.get_output(0))
            run(workshop.engine(), x=np.zeros(2, np.float32))
        finally:
            forget(plugin_id)

    return build


def alias_of_copy(x: Desc) -> Desc:
    return x.like().aliased()


def alias_twice(x: Desc) -> tuple[Desc, Desc]:
    return x.aliased(), x.aliased()


def too_many(x: Desc) -> Desc:
    return x.like(), x.like()


def too_few(x: Desc) -> tuple[Desc, Desc]:
    return x.like()


def like(x: Desc) -> Desc:
    return x.like()


def raising(x, outputs, stream):
    raise LookupError("nothing to compute with")


def kernel(*answer):
    """An aot_impl that answers so."""

    def give(x, outputs, tactic) -> Aot:
        return answer

    return give


def unwrapped(x, outputs, tactic) -> Aot:
    extra = trtp.SymIntExprs.from_tuple([trtp.SymInt32(1) + 1])
    return "k", b"", trtp.KernelLaunchParams(), extra


def both_flags(workshop):
    flags = trt.NetworkDefinitionCreationFlag
    both = 1 << int(flags.PREFER_JIT_PYTHON_PLUGINS) | 1 << int(flags.PREFER_AOT_PYTHON_PLUGINS)
    network = workshop.builder.create_network(both)
    network.add_plugin(trtp.op.errors.both(network.add_input("x", trt.float32, (2,))))


LAUNCH, NO_EXTRA = trtp.KernelLaunchParams(), trtp.SymIntExprs(0)
OTHER = trt.PluginField("other", PADS, trt.PluginFieldType.INT32)
ROWS = [
    ("register", registered("scale", good), ValueError, "unpack"),
    ("register", registered("a::b::c", good), ValueError, "unpack"),
    ("register", registered("a.b::c", good), ValueError, "a.b"),
    ("register", registered("a::b.c", good), ValueError, "b.c"),
    ("register", registered("::c", good), ValueError, "reserved"),
    ("register", registered("trt::c", good), ValueError, "reserved"),
    ("register", registered("tensorrt::c", good), ValueError, "reserved"),
    ("register", registered("std::c", good), ValueError, "reserved"),
    ("register", registered("errors::scale", good), ValueError, "already has a def"),
    ("register", registered("errors::new", star), ValueError, "neither positional-or-keyword"),
    (
        "register",
        registered("errors::new", double_star),
        ValueError,
        "neither positional-or-keyword",
    ),
    (
        "register",
        registered("errors::new", positional),
        ValueError,
        "neither positional-or-keyword",
    ),
    ("register", registered("errors::new", unannotated), ValueError, "annotation"),
    ("register", registered("errors::new", default), ValueError, "default"),
    ("register", registered("errors::new", attribute_first), ValueError, "tensors come first"),
    ("register", registered("errors::new", tensor_late), ValueError, "tensors come first"),
    ("register", registered("errors::new", named_outputs), ValueError, "outputs"),
    ("register", registered("errors::new", named_stream), ValueError, "stream"),
    ("register", registered("errors::new", named_tactic), ValueError, "tactic"),
    ("register", registered("errors::new", complex_attribute), ValueError, "complex"),
    ("register", registered("errors::new", complex_array), ValueError, "not supported"),
    ("register", registered("errors::new", bare_array), ValueError, "tells no type"),
    ("register", registered("errors::new", list_attribute), TypeError, "class"),
    ("register", registered("errors::new", no_return), ValueError, "return annotation"),
    ("register", registered("errors::new", wrong_return), ValueError, "TensorDesc"),
    ("register", registered("errors::new", list_return), ValueError, "TensorDesc"),
    ("register", registered("errors::new", wrong_tuple), ValueError, "TensorDesc"),
    ("impl", defined(trtp.impl, order), ValueError, "parameters are"),
    ("impl", defined(trtp.impl, missing_stream), ValueError, "parameters are"),
    ("impl", defined(trtp.impl, unknown_name), ValueError, "parameters are"),
    ("impl", defined(trtp.impl, desc_in_impl), ValueError, "no attribute"),
    ("impl", defined(trtp.impl, other_type), ValueError, "in the registration"),
    ("impl", defined(trtp.impl, impl_outputs), ValueError, "tuple of Tensor"),
    ("impl", defined(trtp.impl, impl_desc_outputs), ValueError, "tuple of Tensor"),
    ("impl", defined(trtp.impl, impl_stream), ValueError, "'stream' is an int"),
    ("impl", defined(trtp.impl, impl_tactic), ValueError, "'tactic' is an int"),
    ("impl", defined(trtp.impl, impl_return), ValueError, "returns nothing"),
    ("aot_impl", defined(trtp.aot_impl, aot_names), ValueError, "parameters are"),
    ("aot_impl", defined(trtp.aot_impl, aot_outputs), ValueError, "tuple of TensorDesc"),
    ("aot_impl", defined(trtp.aot_impl, aot_tactic), ValueError, "'tactic' is an int"),
    ("aot_impl", defined(trtp.aot_impl, aot_no_return), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_no_tuple), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_three), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_code), ValueError, "str or bytes"),
    ("aot_impl", defined(trtp.aot_impl, aot_launch), ValueError, "KernelLaunchParams"),
    ("aot_impl", defined(trtp.aot_impl, aot_extra), ValueError, "SymExprs"),
    ("aot_impl", defined(trtp.aot_impl, aot_type), ValueError, "in the registration"),
    ("autotune", defined(trtp.autotune, tune_type), ValueError, "in the registration"),
    ("autotune", defined(trtp.autotune, tune_stream), ValueError, "parameters are"),
    ("autotune", defined(trtp.autotune, tune_outputs), ValueError, "tuple of TensorDesc"),
    ("autotune", defined(trtp.autotune, tune_return), ValueError, "AutoTuneCombination"),
    ("impl", defined(trtp.impl, order, "errors::nothing"), ValueError, "not registered"),
    ("aot_impl", defined(trtp.aot_impl, order, "errors::nothing"), ValueError, "not registered"),
    ("autotune", defined(trtp.autotune, order, "errors::nothing"), ValueError, "not registered"),
    ("op", called(lambda x: ((1,), {"by": 1, "pads": PADS})), ValueError, "no ITensor"),
    (
        "op",
        called(lambda x: ((x,), {"by": 1, "pads": PADS, "more": 1})),
        ValueError,
        "no attribute 'more'",
    ),
    ("op", called(lambda x: ((x,), {"by": True, "pads": PADS})), ValueError, "'by' is bool"),
    (
        "op",
        called(lambda x: ((x,), {"by": np.int64(1), "pads": PADS})),
        ValueError,
        "'by' is int64",
    ),
    ("op", called(lambda x: ((x,), {"by": 1.0, "pads": PADS})), ValueError, "'by' is float"),
    (
        "op",
        called(lambda x: ((x,), {"by": 1, "pads": PADS.astype(np.int64)})),
        ValueError,
        "holds int64",
    ),
    ("op", called(lambda x: ((x,), {"by": 1})), ValueError, "takes"),
    ("op", called(lambda x: ((x, x), {"by": 1, "pads": PADS})), ValueError, "takes"),
    ("op", called(lambda x: ((), {"by": 1, "pads": PADS})), ValueError, "takes"),
    ("op", called(lambda x: ((x,), {"pads": PADS, "by": 1})), ValueError, "in this order"),
    ("op", called_real(np.float64(1)), ValueError, "'by' is float64"),
    ("op", called_real(1), ValueError, "'by' is int"),
    ("op", lambda workshop: trtp.op.nowhere, AttributeError, "nowhere"),
    ("op", lambda workshop: trtp.op.errors.nothing, AttributeError, "errors::nothing"),
    ("create", made("scale", "UNKNOWN", [OTHER]), AssertionError, "other"),
    ("create", made("scale", "STRICT_AOT"), ValueError, "no aot_impl"),
    ("create", made("scale", "STRICT_JIT"), ValueError, "no impl"),
    ("create", made("scale", "UNKNOWN"), ValueError, "neither"),
    ("create", made("both", "UNKNOWN"), ValueError, "PREFER_JIT_PYTHON_PLUGINS or PREFER_AOT"),
    ("create", both_flags, ValueError, "choose one"),
    ("aot", built(like, aot=kernel("k", b"")), TypeError, "a tuple of name, code"),
    ("aot", built(like, aot=kernel(5, b"", LAUNCH, NO_EXTRA)), TypeError, "name is str or bytes"),
    ("aot", built(like, aot=kernel("k", 5, LAUNCH, NO_EXTRA)), TypeError, "code is str or bytes"),
    ("aot", built(like, aot=kernel("k", b"", 5, NO_EXTRA)), TypeError, "KernelLaunchParams"),
    ("aot", built(like, aot=kernel("k", b"", LAUNCH, [1])), TypeError, "is SymExprs, not list"),
    ("aot", built(like, aot=unwrapped), TypeError, "extra argument 0 is SymInt32"),
    ("shapes", built(alias_of_copy), KeyError, r"\d+"),
    ("shapes", built(alias_twice), ValueError, "several outputs on one input"),
    ("shapes", built(too_many), ValueError, "returned 2 outputs, its annotation says 1"),
    ("shapes", built(too_few), ValueError, "returned 1 outputs, its annotation says 2"),
    ("run", built(like, raising), LookupError, "nothing to compute with"),
]
NAMES = [f"{where}-{number}" for number, (where, *_) in enumerate(ROWS)]


@pytest.mark.parametrize(("action", "error", "says"), [row[1:] for row in ROWS], ids=NAMES)
def test_every_row(workshop, action, error, says):
    with pytest.raises(error, match=says):
        action(workshop)
    assert "errors::new" not in _registry.QDP_REGISTRY
