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

    @trtp.register("errors::lazy", lazy_register=True)
    def lazy(x: Desc, table: np.ndarray) -> Desc:
        return x.like()

    for name in ("both", "called", "kernel"):
        trtp.register(f"errors::{name}")(like)
        if name != "kernel":
            trtp.impl(f"errors::{name}")(lambda x, outputs, stream: None)
        if name != "called":
            trtp.aot_impl(f"errors::{name}")(kernel("k", b"", LAUNCH, NO_EXTRA))

    yield
    for plugin_id in [p for p in _registry.QDP_REGISTRY if p.startswith("errors::")]:
        forget(plugin_id)
    del trtp.op.errors


def forget(plugin_id):
    if _registry.QDP_REGISTRY.pop(plugin_id, None) is None:
        return
    creator = _registry.QDP_CREATORS.pop(plugin_id, None)
    if creator is not None:
        trt.get_plugin_registry().deregister_creator(creator)
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
def byte_array(x: Desc, by: npt.NDArray[np.uint8]) -> Desc: ...
def list_attribute(x: Desc, by: typing.List[int]) -> Desc: ...  # noqa: UP006
def optional_attribute(x: Desc, by: int | None) -> Desc: ...
def unknown_text(x: Desc, by: "Nothing") -> Desc: ...  # noqa: F821
def no_return(x: Desc): ...
def wrong_return(x: Desc) -> int: ...
def list_return(x: Desc) -> list[Desc]: ...
def wrong_tuple(x: Desc) -> tuple[Desc, int]: ...
def open_tuple(x: Desc) -> tuple[Desc, ...]: ...


Aot = tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymExprs]


def order(by, x, outputs, stream): ...
def attribute_order(x, pads, by, outputs, stream): ...
def rest_in_impl(x, outputs, stream, *rest): ...
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
def aot_order(x, pads, by, outputs, tactic) -> Aot: ...
def aot_stream(x, outputs, stream, tactic) -> Aot: ...
def aot_tensor(x: Tensor, outputs, tactic) -> Aot: ...
def aot_outputs(x, outputs: tuple[Tensor], tactic) -> Aot: ...
def aot_tactic(x, outputs, tactic: str) -> Aot: ...
def aot_no_return(x, outputs, tactic): ...
def aot_no_tuple(x, outputs, tactic) -> str: ...
def aot_list(x, outputs, tactic) -> list[str]: ...
def aot_name(x, outputs, tactic) -> tuple[int, str, trtp.KernelLaunchParams, trtp.SymExprs]: ...
def aot_union(
    x, outputs, tactic
) -> tuple[str, str | int, trtp.KernelLaunchParams, trtp.SymExprs]: ...
def aot_three(x, outputs, tactic) -> tuple[str, str, trtp.KernelLaunchParams]: ...
def aot_code(x, outputs, tactic) -> tuple[str, int, trtp.KernelLaunchParams, trtp.SymExprs]: ...
def aot_launch(x, outputs, tactic) -> tuple[str, str, int, trtp.SymExprs]: ...
def aot_extra(x, outputs, tactic) -> tuple[str, str, trtp.KernelLaunchParams, int]: ...
def aot_type(x, by: float, outputs, tactic) -> Aot: ...
def tune_type(x, by: float, outputs): ...
def tune_order(x, pads, by, outputs): ...
def tune_tensor(x: Tensor, outputs): ...
def tune_tactic(x, outputs, tactic): ...
def tune_stream(x, outputs, stream): ...
def tune_outputs(x, outputs: tuple[Tensor]): ...
def tune_return(x, outputs) -> list[int]: ...
def tune_int(x, outputs) -> int: ...
def tune_tuple(x, outputs) -> tuple[Tune]: ...


def registered(plugin_id, function):
    return lambda workshop: trtp.register(plugin_id)(function)


def defined(decorator, function, plugin_id="errors::scale"):
    return lambda workshop: decorator(plugin_id)(function)


NOTHING = "errors::nothing"
PADS = np.zeros(2, np.int32)


def called(arguments):
    """op.errors.scale with `arguments` made of a tensor: positional and named ones."""

    def call(workshop):
        tensors, named = arguments(workshop.network.add_input("x", trt.float32, (2,)))
        trtp.op.errors.scale(*tensors, **named)

    return call


def called_with(name, **attributes):
    """Another one of the definitions."""

    def call(workshop):
        x = workshop.network.add_input("x", trt.float32, (2,))
        getattr(trtp.op.errors, name)(x, **attributes)

    return call


def made(name, request, fields=(), phase=trt.TensorRTPhase.BUILD):
    def create(workshop):
        creator = QuickCreator(_registry.QDP_REGISTRY[f"errors::{name}"], {})
        wish = trt.QuickPluginCreationRequest.__members__[request]
        given = trt.PluginFieldCollection(list(fields))
        creator.create_plugin(name, "errors", given, phase, wish)

    return create


def added(name, aot):
    """What add_plugin says where it insists on a form."""

    def add(workshop):
        x = workshop.network.add_input("x", trt.float32, (2,))
        workshop.network.add_plugin(getattr(trtp.op.errors, name)(x), aot)

    return add


def built(shapes, compute=None, aot=None, tune=None):
    """A network with a plugin of these functions, built and run."""

    def build(workshop):
        plugin_id = "errors::built"
        try:
            trtp.register(plugin_id)(shapes)
            if aot is None:
                trtp.impl(plugin_id)(compute or (lambda x, outputs, stream: None))
            else:
                trtp.aot_impl(plugin_id)(aot)
            if tune is not None:
                trtp.autotune(plugin_id)(tune)
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


def returns_nothing(x: Desc) -> Desc: ...


def returns_numbers(x: Desc) -> tuple[Desc, Desc]:
    return x.like(), 2


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


def narrow(x, outputs, tactic) -> Aot:
    return "k", b"", LAUNCH, trtp.SymIntExprs.from_tuple([trtp.SymInt16(1)])


def both_flags(workshop):
    flags = trt.NetworkDefinitionCreationFlag
    both = 1 << int(flags.PREFER_JIT_PYTHON_PLUGINS) | 1 << int(flags.PREFER_AOT_PYTHON_PLUGINS)
    network = workshop.builder.create_network(both)
    network.add_plugin(trtp.op.errors.both(network.add_input("x", trt.float32, (2,))))


LAUNCH, NO_EXTRA = trtp.KernelLaunchParams(), trtp.SymIntExprs(0)
OTHER = trt.PluginField("other", PADS, trt.PluginFieldType.INT32)
ROWS = [
    ("register", registered("scale", good), ValueError, "'scale' is not"),
    ("register", registered("a::b::c", good), ValueError, "'a::b::c' is not"),
    ("register", registered("a.b::c", good), ValueError, r"namespace 'a\.b'"),
    ("register", registered("a::b.c", good), ValueError, r"name 'b\.c'"),
    ("register", registered("::c", good), ValueError, "'' is reserved"),
    ("register", registered("trt::c", good), ValueError, "'trt' is reserved"),
    ("register", registered("tensorrt::c", good), ValueError, "'tensorrt' is reserved"),
    ("register", registered("std::c", good), ValueError, "'std' is reserved"),
    ("register", registered("errors::scale", good), ValueError, "_Op already has a def of"),
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
    ("register", registered("errors::new", unannotated), ValueError, "'x' has no annotation"),
    ("register", registered("errors::new", default), ValueError, "'by' has a default"),
    (
        "register",
        registered("errors::new", attribute_first),
        ValueError,
        "attribute 'by' comes first",
    ),
    (
        "register",
        registered("errors::new", tensor_late),
        ValueError,
        "'y' comes after an attribute",
    ),
    (
        "register",
        registered("errors::new", named_outputs),
        ValueError,
        "not have the name 'outputs'",
    ),
    ("register", registered("errors::new", named_stream), ValueError, "not have the name 'stream'"),
    ("register", registered("errors::new", named_tactic), ValueError, "not have the name 'tactic'"),
    ("register", registered("errors::new", complex_attribute), ValueError, "complex.* is no type"),
    ("register", registered("errors::new", complex_array), ValueError, "not supported"),
    ("register", registered("errors::new", bare_array), ValueError, "tells no type"),
    ("register", registered("errors::new", byte_array), ValueError, "not supported"),
    ("register", registered("errors::new", list_attribute), TypeError, "List.* is no class"),
    ("register", registered("errors::new", optional_attribute), TypeError, "None, which is no"),
    ("register", registered("errors::new", unknown_text), TypeError, "'Nothing', which is no"),
    ("register", registered("errors::new", no_return), ValueError, "no return annotation"),
    ("register", registered("errors::new", wrong_return), ValueError, "int.*, not TensorDesc"),
    ("register", registered("errors::new", list_return), ValueError, "list.*, not TensorDesc"),
    ("register", registered("errors::new", wrong_tuple), ValueError, "that is no TensorDesc"),
    ("register", registered("errors::new", open_tuple), TypeError, "Ellipsis, which is no class"),
    (
        "impl",
        defined(trtp.impl, order),
        ValueError,
        r"\(by, x, outputs, stream\), not \(x, by, outputs, stream\)",
    ),
    ("impl", defined(trtp.impl, attribute_order), ValueError, r"not \(x, by, pads, outputs, str"),
    ("impl", defined(trtp.impl, rest_in_impl), ValueError, "'rest' is neither positional"),
    ("impl", defined(trtp.impl, missing_stream), ValueError, r"not \(x, outputs, stream\)"),
    ("impl", defined(trtp.impl, unknown_name), ValueError, r"not \(x, outputs, stream\)"),
    ("impl", defined(trtp.impl, desc_in_impl), ValueError, "'x' is annotated but is no attr"),
    ("impl", defined(trtp.impl, other_type), ValueError, "in the registration"),
    ("impl", defined(trtp.impl, impl_outputs), ValueError, "tuple of Tensor"),
    ("impl", defined(trtp.impl, impl_desc_outputs), ValueError, "tuple of Tensor"),
    ("impl", defined(trtp.impl, impl_stream), ValueError, "'stream' is an int"),
    ("impl", defined(trtp.impl, impl_tactic), ValueError, "'tactic' is an int"),
    ("impl", defined(trtp.impl, impl_return), ValueError, "returns nothing"),
    ("aot_impl", defined(trtp.aot_impl, aot_names), ValueError, r"not \(x, outputs, tactic\)"),
    ("aot_impl", defined(trtp.aot_impl, aot_order), ValueError, r"not \(x, by, pads, outputs"),
    ("aot_impl", defined(trtp.aot_impl, aot_stream), ValueError, r"not \(x, outputs, tactic\)"),
    ("aot_impl", defined(trtp.aot_impl, aot_tensor), ValueError, "'x' is annotated but is no"),
    ("aot_impl", defined(trtp.aot_impl, aot_outputs), ValueError, "tuple of TensorDesc"),
    ("aot_impl", defined(trtp.aot_impl, aot_tactic), ValueError, "'tactic' is an int"),
    ("aot_impl", defined(trtp.aot_impl, aot_no_return), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_no_tuple), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_list), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_three), ValueError, "return annotation"),
    ("aot_impl", defined(trtp.aot_impl, aot_name), ValueError, "name and code are str or bytes"),
    ("aot_impl", defined(trtp.aot_impl, aot_union), ValueError, "name and code are str or bytes"),
    ("aot_impl", defined(trtp.aot_impl, aot_code), ValueError, "str or bytes"),
    ("aot_impl", defined(trtp.aot_impl, aot_launch), ValueError, "third .* KernelLaunchParams"),
    ("aot_impl", defined(trtp.aot_impl, aot_extra), ValueError, "fourth .* SymExprs"),
    ("aot_impl", defined(trtp.aot_impl, aot_type), ValueError, "in the registration"),
    ("autotune", defined(trtp.autotune, tune_type), ValueError, "in the registration"),
    ("autotune", defined(trtp.autotune, tune_order), ValueError, r"not \(x, by, pads, outputs\)"),
    ("autotune", defined(trtp.autotune, tune_tensor), ValueError, "'x' is annotated but is no"),
    ("autotune", defined(trtp.autotune, tune_tactic), ValueError, r"not \(x, outputs\)"),
    ("autotune", defined(trtp.autotune, tune_stream), ValueError, r"not \(x, outputs\)"),
    ("autotune", defined(trtp.autotune, tune_outputs), ValueError, "tuple of TensorDesc"),
    ("autotune", defined(trtp.autotune, tune_return), ValueError, "list of AutoTuneCombination"),
    ("autotune", defined(trtp.autotune, tune_int), ValueError, "list of AutoTuneCombination"),
    ("autotune", defined(trtp.autotune, tune_tuple), ValueError, "list of AutoTuneCombination"),
    ("impl", defined(trtp.impl, order, NOTHING), ValueError, f"{NOTHING} is not registered"),
    (
        "aot_impl",
        defined(trtp.aot_impl, order, NOTHING),
        ValueError,
        f"{NOTHING} is not registered",
    ),
    (
        "autotune",
        defined(trtp.autotune, order, NOTHING),
        ValueError,
        f"{NOTHING} is not registered",
    ),
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
    ("op", called(lambda x: ((x,), {"by": PADS, "pads": PADS})), ValueError, "'by' is ndarray"),
    ("op", called(lambda x: ((x,), {"by": 1, "pads": [1, 2]})), ValueError, "'pads' is list"),
    ("op", called(lambda x: ((x,), {"by": 1})), ValueError, r"1 tensors and \(by\)"),
    ("op", called(lambda x: ((x, x), {"by": 1, "pads": PADS})), ValueError, "2 tensors"),
    ("op", called(lambda x: ((), {"by": 1, "pads": PADS})), ValueError, "given are 0 tensors"),
    ("op", called(lambda x: ((x,), {"pads": PADS, "by": 1})), ValueError, "in this order"),
    ("op", called_with("real", by=np.float64(1)), ValueError, "'by' is float64"),
    ("op", called_with("real", by=1), ValueError, "'by' is int"),
    ("op", called_with("lazy", table=[1]), ValueError, "'table' is list"),
    ("op", called_with("lazy", table=np.zeros(2, complex)), ValueError, "such arrays are not"),
    ("op", lambda workshop: trtp.op.nowhere, AttributeError, "nowhere"),
    ("op", lambda workshop: trtp.op.errors.nothing, AttributeError, "errors::nothing"),
    ("create", made("scale", "UNKNOWN", [OTHER]), AssertionError, "other is no attribute"),
    ("create", made("called", "STRICT_AOT"), ValueError, "errors::called .* has no aot_impl"),
    ("create", made("kernel", "STRICT_JIT"), ValueError, "errors::kernel .* has no impl"),
    ("create", added("called", True), ValueError, "errors::called .* has no aot_impl"),
    ("create", added("kernel", False), ValueError, "errors::kernel .* has no impl"),
    *(
        ("create", made("scale", wish), ValueError, "errors::scale has neither")
        for wish in ("UNKNOWN", "PREFER_JIT", "PREFER_AOT")
    ),
    (
        "create",
        made("kernel", "UNKNOWN", phase=trt.TensorRTPhase.RUNTIME),
        ValueError,
        "no impl in this process",
    ),
    ("create", made("both", "UNKNOWN"), ValueError, "PREFER_JIT_PYTHON_PLUGINS or PREFER_AOT"),
    ("create", both_flags, ValueError, "choose one"),
    ("aot", built(like, aot=kernel("k", b"")), TypeError, "a tuple of name, code"),
    ("aot", built(like, aot=kernel(5, b"", LAUNCH, NO_EXTRA)), TypeError, "name is str or bytes"),
    ("aot", built(like, aot=kernel("k", 5, LAUNCH, NO_EXTRA)), TypeError, "code is str or bytes"),
    ("aot", built(like, aot=kernel("k", b"", 5, NO_EXTRA)), TypeError, "KernelLaunchParams"),
    ("aot", built(like, aot=kernel("k", b"", LAUNCH, [1])), TypeError, "is SymExprs, not list"),
    ("aot", built(like, aot=unwrapped), TypeError, "extra argument 0 is SymInt32"),
    ("aot", built(like, aot=narrow), TypeError, "extra argument 0 is SymInt32"),
    ("tune", built(like, tune=lambda x, outputs: None), TypeError, "autotune returned None"),
    ("tune", built(like, tune=lambda x, outputs: ["FP32"]), TypeError, "returned 'FP32' in its"),
    ("shapes", built(alias_of_copy), KeyError, r"aliased to \d+, which is none of the inputs"),
    ("shapes", built(returns_nothing), TypeError, "errors::built returned None"),
    ("shapes", built(returns_numbers), TypeError, "errors::built returned 2"),
    ("shapes", built(alias_twice), ValueError, "several outputs on one input"),
    ("shapes", built(too_many), ValueError, "returned 2 outputs, its annotation says 1"),
    ("shapes", built(too_few), ValueError, "returned 1 outputs, its annotation says 2"),
    ("run", built(like, raising), LookupError, "nothing to compute with"),
]
NAMES = [f"{where}-{number}" for number, (where, *_) in enumerate(ROWS)]


@pytest.mark.parametrize(("action", "error", "says"), [row[1:] for row in ROWS], ids=NAMES)
def test_every_row(workshop, action, error, says):
    with pytest.raises(error, match=says) as caught:
        action(workshop)
    assert caught.type is error
    assert "errors::new" not in _registry.QDP_REGISTRY
    assert trt.get_plugin_registry().get_creator("new", "1", "errors") is None
