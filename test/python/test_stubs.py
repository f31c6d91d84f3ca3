# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The typed stub says what the bindings are."""

import ast
import enum
import inspect
import re
import sys

import tenon as trt
from tenon import _core
from workshop import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import python_stubs


def test_the_stub_is_up_to_date():
    assert python_stubs.STUB.read_text() == python_stubs.stub(), "run scripts/python_stubs.py"


def test_the_stub_is_python_and_complete():
    tree = ast.parse(python_stubs.STUB.read_text())
    named = {node.name for node in tree.body if hasattr(node, "name")}
    named |= {node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)}
    bound = {n for n, v in vars(_core).items() if isinstance(v, type) and not n.startswith("_")}
    assert bound <= named


def test_classes_are_documented():
    silent = [
        name for name, cls in vars(trt).items() if inspect.isclass(cls) and not inspect.getdoc(cls)
    ]
    assert silent == []


def stub_classes(body, outer=""):
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield outer + node.name, node
            yield from stub_classes(node.body, f"{outer}{node.name}.")


def bound_classes():
    """(name, class) of all classes of the bindings, those in other classes too."""

    def within(space, outer):
        for name, member in vars(space).items():
            if isinstance(member, type) and not name.startswith("_") and member.__name__ == name:
                yield outer + name, member
                yield from within(member, f"{outer}{name}.")

    return dict(within(_core, ""))


def stub_members(node):
    """{name: its definitions} of a class of the stub."""
    members = {}
    for part in node.body:
        if isinstance(part, ast.Assign):
            members.setdefault(part.targets[0].id, []).append(part)
        elif isinstance(part, ast.AnnAssign):
            members.setdefault(part.target.id, []).append(part)
        elif hasattr(part, "name"):
            members.setdefault(part.name, []).append(part)
    return members


def documented_parameters(function):
    """[names] of each overload, from the signatures that a bound function carries."""
    found = []
    for line in (function.__doc__ or "").splitlines():
        told = re.match(rf"(?:\d+\. )?{re.escape(function.__name__)}\((.*)\) -> ", line)
        if told is None:
            continue
        text, depth, names = told[1], 0, [""]
        for letter in text:
            depth += (letter in "[(<") - (letter in "])>")
            if letter == "," and depth == 0:
                names.append("")
            else:
                names[-1] += letter
        found.append([re.split(r"[:=]", name)[0].strip() for name in names if name.strip()])
    return found


def stub_parameters(definition):
    given = definition.args
    names = [a.arg for a in (*given.posonlyargs, *given.args)]
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [a.arg for a in given.kwonlyargs]
    return names + ([f"**{given.kwarg.arg}"] if given.kwarg else [])


def is_function(member):
    return type(member).__name__ in ("instancemethod", "builtin_function_or_method")


def test_every_member_stands_in_the_stub_and_nothing_else():
    classes = dict(stub_classes(ast.parse(python_stubs.STUB.read_text()).body))
    bound = bound_classes()
    assert len(bound) > 200
    assert {name for name in classes if not name.startswith("_")} == set(bound)
    for name, cls in bound.items():
        told = set(stub_members(classes[name]))
        there = {
            member
            for member, value in vars(cls).items()
            if not member.startswith("_") and not inspect.isfunction(value)
        }
        added = {
            word
            for line in python_stubs.ADDED.get(name, [])
            for word in re.findall(r"def (\w+)", line)
        }
        assert there <= told, name
        assert all(hasattr(cls, member) for member in told - added), name


def test_parameters_stand_in_the_stub_as_the_bindings_have_them():
    tree = ast.parse(python_stubs.STUB.read_text())
    spaces = [(vars(_core), stub_members(tree))]
    classes = dict(stub_classes(tree.body))
    spaces += [
        (vars(cls), stub_members(classes[name]))
        for name, cls in bound_classes().items()
        if not issubclass(cls, enum.Enum)
    ]
    compared = 0
    for members, told in spaces:
        for name, member in members.items():
            function = member.__func__ if isinstance(member, staticmethod) else member
            if not is_function(function) or name.startswith("_pybind11"):
                continue
            expected = documented_parameters(function)
            assert expected, f"{name} carries no signature"
            assert [stub_parameters(one) for one in told[name]] == expected, name
            compared += 1
    assert compared > 400


def test_parameters_say_what_the_bindings_convert(workshop):
    """Shapes are told by tuples and lists, weights by arrays: the types allow both."""
    classes = dict(stub_classes(ast.parse(python_stubs.STUB.read_text()).body))
    (add_input,) = stub_members(classes["INetworkDefinition"])["add_input"]
    assert ast.unparse(add_input.args.args[3].annotation) == "Dims | Iterable[int]"
    for number, shape in enumerate([(2, 3), [2, 3], range(2, 4), trt.Dims((2, 3))]):
        x = workshop.network.add_input(f"x{number}", trt.float32, shape)
        assert x.shape == (2, 3)
    assert "__buffer__" in stub_members(classes["IHostMemory"])
    workshop.network.mark_output(workshop.network.add_identity(x).get_output(0))
    assert memoryview(workshop.build()).nbytes > 0
