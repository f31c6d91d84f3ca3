#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes python/tenon/_core.pyi, the types of the bindings, from the signatures they carry.

Needs the built package: PYTHONPATH=build/release/python. With --check nothing is written
and a stale file is an error.
"""

import argparse
import enum
import inspect
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "python" / "tenon" / "_core.pyi"
HEAD = '''# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The types of the bindings; written by scripts/python_stubs.py."""

import enum
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, overload

from typing_extensions import Buffer

class _Enumeration(enum.Enum):  # type: ignore[misc]
    def __int__(self) -> int: ...
    def __index__(self) -> int: ...

class _OrderedEnumeration(_Enumeration):  # type: ignore[misc]
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __lt__(self, other: int | _Enumeration) -> bool: ...
    def __le__(self, other: int | _Enumeration) -> bool: ...
    def __gt__(self, other: int | _Enumeration) -> bool: ...
    def __ge__(self, other: int | _Enumeration) -> bool: ...
'''

# Names that differ between the languages.
OWN = {
    "IBuilder": "Builder",
    "IRuntime": "Runtime",
    "IEngineInspector": "EngineInspector",
    "IRefitter": "Refitter",
    "IParser": "OnnxParser",
    "IParserError": "ParserError",
    "Dims64": "Dims",
    "PluginFieldCollection": "PluginFieldCollection",
}
# What parameters of a type take besides: the bindings convert it.
TAKEN = {
    "Dims": "Iterable[int]",
    "Permutation": "Iterable[int]",
    "Weights": "Any",  # arrays: those of NumPy are known as buffers from Python 3.12 on
    "DimsExprs": "list[IDimensionExpr]",
    "PluginFieldCollection": "list[PluginField]",
}
BUFFER = ["    def __buffer__(self, flags: int, /) -> memoryview: ..."]
# What signatures do not tell: buffers, and what modules of Python add to classes of the bindings.
ADDED = {
    "IHostMemory": BUFFER,
    "Weights": BUFFER,
    "INetworkDefinition": [
        "    def add_plugin(self, *arguments: Any, aot: bool | None = None) -> IPluginV3Layer:",
        '        """(func), (func, aot) or ((inputs, shape_inputs, plugin)), by tenon.plugin."""',
    ],
}
FOREIGN = re.compile(r"(nvinfer1|nvonnxparser|tenon::python)::(?:v_\d_0::)?([\w:]+)")


def plain(match):
    space, name = match.groups()
    if name == "ErrorCode":
        return "ErrorCode" if space == "nvonnxparser" else "ErrorCodeTRT"
    return OWN.get(name, name.replace("::", "."))


def typed(text):
    """A signature of pybind11 in the words of Python."""
    text = FOREIGN.sub(plain, text.replace("tenon._core.", ""))
    text = re.sub(r"\(self: [\w.]+", "(self", text)
    text = re.sub(r": (\w+) = None", r": \1 | None = None", text)
    text = re.sub(r"detail::accessor<[^>]*>+", "Any", text)
    text = re.sub(r"<([\w.]+): -?\d+>", r"\1", text)  # members of enumerations as defaults
    text = text.replace("= Severity.", "= ILogger.Severity.")
    text = re.sub(r"<[^<>]* object at 0x[0-9a-f]+>", "...", text)
    text = re.sub(r"\b(capsule|function)\b", "Any", text)
    text = re.sub(r"-> object\b", "-> Any", text)
    text = text.replace("*args)", "*args: Any)").replace("numpy.ndarray", "Any")
    return re.sub(r"\biterable\b", "Iterable[Any]", text)


def taken(signature):
    """A signature whose parameters say all that they take."""
    parameters, arrow, result = signature.rpartition(" -> ")
    parameters = re.sub(r": list\[([\w.]+)\]", r": Sequence[\1]", parameters)
    for name, other in TAKEN.items():
        parameters = re.sub(rf": {name}\b", f": {name} | {other}", parameters)
    return parameters + arrow + result


def signatures(member):
    """[(parameters and result, text)] of a bound function, one an overload."""
    doc = (member.__doc__ or "").strip()
    name = member.__name__
    if "Overloaded function." in doc:
        parts = re.split(rf"^\d+\. {re.escape(name)}", doc, flags=re.M)[1:]
    else:
        parts = [doc.removeprefix(name)]
    found = []
    for part in parts:
        head, _, text = part.partition("\n")
        found.append((taken(typed(head.strip())), inspect.cleandoc(text)))
    return found


def document(text, indent):
    if not text:
        return [f"{indent}    ..."]
    lines = text.replace("\\", "\\\\").splitlines()
    if len(lines) == 1 and len(text) < 88 - len(indent):
        return [f'{indent}    """{text}"""']
    return [
        f'{indent}    """{lines[0]}',
        *(indent + "    " + x for x in lines[1:]),
        f'{indent}    """',
    ]


def function(member, indent, static=False):
    lines, overloads = [], signatures(member)
    for signature, text in overloads:
        if len(overloads) > 1:
            lines.append(f"{indent}@overload")
        if static:
            lines.append(f"{indent}@staticmethod")
        lines.append(f"{indent}def {member.__name__}{signature}:")
        lines += document(text, indent)
    return lines


def property_type(member):
    if member.fget is None or "->" not in (member.fget.__doc__ or ""):
        return "Any"
    return typed("->" + member.fget.__doc__.strip().splitlines()[0].split("->")[-1])[2:].strip()


def property_lines(name, member, bases):
    answer = property_type(member)
    inherited = {property_type(vars(base)[name]) for base in bases if name in vars(base)}
    other = "  # type: ignore[override]" if inherited - {answer, "Any"} and answer != "Any" else ""
    text = inspect.cleandoc((member.fget.__doc__ or "").partition("\n")[2]) if member.fget else ""
    lines = [f"    @property{other}", f"    def {name}(self) -> {answer}:", *document(text, "    ")]
    if member.fset is not None:
        lines += [f"    @{name}.setter", f"    def {name}(self, value: Any) -> None: ..."]
    return lines


def class_lines(cls):
    if issubclass(cls, enum.Enum):
        first = cls.__doc__.partition("\n")[0]
        members = [f"    {name} = {item.value}" for name, item in cls.__members__.items()]
        extra = [
            f"    @property\n    def {n}(self) -> Any: ..."
            for n, v in vars(cls).items()
            if isinstance(v, property)
        ]
        return [
            f"class {cls.__name__}(_{cls.__base__.__name__}):",
            f'    """{first}"""',
            *members,
            *extra,
        ]
    bases = [b.__name__ for b in cls.__bases__ if b.__name__ not in ("pybind11_object", "object")]
    lines = [f"class {cls.__name__}" + (f"({', '.join(bases)}):" if bases else ":")]
    if cls.__doc__:
        lines += document(inspect.cleandoc(cls.__doc__), "")
    for name, member in vars(cls).items():
        if name.startswith("_pybind11") or inspect.isfunction(member):
            continue
        if isinstance(member, property):
            lines += property_lines(name, member, cls.__mro__[1:])
        elif isinstance(member, staticmethod):
            lines += function(member.__func__, "    ", static=True)
        elif isinstance(member, type) and not name.startswith("_"):
            lines += ["    " + line for line in class_lines(member)]
        elif type(member).__name__ in ("instancemethod", "builtin_function_or_method"):
            lines += function(member, "    ")
        elif not name.startswith("_"):
            kind = "Any" if isinstance(member, tuple) else type(member).__name__
            lines.append(f"    {name}: ClassVar[{kind}]")
    lines += ADDED.get(cls.__name__, [])
    return lines if len(lines) > 1 else [*lines, "    ..."]


def stub():
    from tenon import _core  # noqa: PLC0415

    lines = [HEAD]
    for name, member in vars(_core).items():
        if name.startswith("_") and name != "__version__":
            continue
        if isinstance(member, type) and member.__name__ == name:
            lines += ["", *class_lines(member)]
        elif isinstance(member, type):
            lines.append(f"{name} = {member.__name__}")
        elif callable(member):
            lines += ["", *function(member, "")]
        else:
            lines.append(f"{name}: {type(member).__name__}")
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(STUB), "-"]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    args = parser.parse_args()
    text = stub()
    if args.check:
        stale = not STUB.exists() or STUB.read_text() != text
        print(f"python stubs: {'stale: run scripts/python_stubs.py' if stale else 'up to date'}")
        return stale
    STUB.write_text(text)
    print(
        f"{STUB.relative_to(ROOT)}: {text.count('class ')} classes, {text.count('def ')} functions"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
