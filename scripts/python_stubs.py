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
from collections.abc import Buffer, Iterable, Iterator
from typing import Any, ClassVar, overload

class Enumeration(enum.Enum):
    def __int__(self) -> int: ...
    def __index__(self) -> int: ...
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
    text = text.replace("*args)", "*args: Any)").replace("numpy.ndarray", "Any")
    return re.sub(r"\biterable\b", "Iterable[Any]", text)


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
        found.append((typed(head.strip()), inspect.cleandoc(text)))
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


def property_lines(name, member):
    answer = "Any"
    if member.fget is not None and "->" in (member.fget.__doc__ or ""):
        answer = typed(member.fget.__doc__.strip().splitlines()[0].split("->")[-1].strip())
    text = inspect.cleandoc((member.fget.__doc__ or "").partition("\n")[2]) if member.fget else ""
    lines = ["    @property", f"    def {name}(self) -> {answer}:", *document(text, "    ")]
    if member.fset is not None:
        lines += [f"    @{name}.setter", f"    def {name}(self, value: Any) -> None: ..."]
    return lines


def class_lines(cls):
    if issubclass(cls, enum.Enum):
        first = cls.__doc__.partition("\n")[0]
        members = [f"    {name} = {item.value}" for name, item in cls.__members__.items()]
        extra = [
            f"    def {n}(self) -> Any: ..."
            for n, v in vars(cls).items()
            if isinstance(v, property) and n == "itemsize"
        ]
        return [f"class {cls.__name__}(Enumeration):", f'    """{first}"""', *members, *extra]
    bases = [b.__name__ for b in cls.__bases__ if b.__name__ not in ("pybind11_object", "object")]
    lines = [f"class {cls.__name__}" + (f"({', '.join(bases)}):" if bases else ":")]
    if cls.__doc__:
        lines += document(inspect.cleandoc(cls.__doc__), "")
    for name, member in vars(cls).items():
        if name.startswith("_pybind11") or inspect.isfunction(member):
            continue
        if isinstance(member, property):
            lines += property_lines(name, member)
        elif isinstance(member, staticmethod):
            lines += function(member.__func__, "    ", static=True)
        elif isinstance(member, type) and not name.startswith("_"):
            lines += ["    " + line for line in class_lines(member)]
        elif type(member).__name__ in ("instancemethod", "builtin_function_or_method"):
            lines += function(member, "    ")
        elif not name.startswith("_"):
            kind = "Any" if isinstance(member, tuple) else type(member).__name__
            lines.append(f"    {name}: ClassVar[{kind}]")
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
