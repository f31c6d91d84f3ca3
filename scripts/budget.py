#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Holds the size budgets: files at most 500 lines and 150 in the median, functions at most 60."""

import ast
import re
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LIMIT, MEDIAN_LIMIT, FUNCTION_LIMIT = 500, 150, 60
TOPS = (
    "src",
    "hostcuda",
    "plugin_library",
    "tools",
    "samples",
    "test",
    "bench",
    "models",
    "scripts",
    "python",
)

# Path -> why it may be longer. include/ is the published interface and not counted at all.
EXEMPT_FILES = {
    "src/ops/ops.def": "the one list of operators",
}
# "path:function" -> why it may be longer.
EXEMPT_FUNCTIONS = {}

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|\#(?:\\\n|[^\n])*""",
    re.S,
)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^;(){}]*$")
TEMPLATE = re.compile(r"\btemplate\s*<[^<>]*(?:<[^<>]*>[^<>]*)*>")


def blank(match):
    """Takes a comment, string or directive out, line breaks kept."""
    return "\n" * match.group().count("\n")


def function_name(head):
    """The name of the function whose body follows `head`, or None if a scope or a value follows."""
    head = TEMPLATE.sub("", head)
    if "(" not in head or SCOPE.search(head.split("(")[0]):
        return None
    return re.search(r"([\w:~]*)\s*\(", head).group(1)


def cpp_functions(text):
    """Yields (name, first line, lines) of every outermost function, lambdas included."""
    text = TOKEN.sub(blank, text)
    depth, head_start, line, name, start = 0, 0, 1, None, 0
    for position, char in enumerate(text):
        line += char == "\n"
        if char == "{" and depth:
            depth += 1
        elif char == "{":
            head = text[head_start:position]
            name = function_name(head)
            if name is not None:
                depth, start = 1, line - head.lstrip().count("\n")
            else:
                head_start = position + 1
        elif char == "}" and depth:
            depth -= 1
            # `: member_{x} {` is no end yet: the head goes on to the body.
            if depth == 0 and text[position + 1 : position + 80].lstrip()[:1] not in (",", "{"):
                yield name, start, line - start + 1
                head_start = position + 1
        elif char in ";}" and not depth:
            head_start = position + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def own_files():
    for top in TOPS:
        for file in sorted((ROOT / top).rglob("*")):
            python = file.suffix == ".py" or (top == "scripts" and is_python(file))
            if file.is_file() and (
                python or file.suffix in (".cc", ".h", ".cu", ".cuh", ".cpp", ".inl", ".def")
            ):
                yield file, python


def is_python(file):
    return (
        file.is_file()
        and not file.suffix
        and file.read_bytes().startswith(b"#!/usr/bin/env python3")
    )


def main():
    errors, lengths, functions = [], [], 0
    for file, python in own_files():
        name, text = file.relative_to(ROOT).as_posix(), file.read_text()
        lines = text.count("\n")
        lengths.append(lines)
        if lines > FILE_LIMIT and name not in EXEMPT_FILES:
            errors.append(f"{name}: {lines} lines, the limit is {FILE_LIMIT}: split it by subject")
        for function, at, size in python_functions(text) if python else cpp_functions(text):
            functions += 1
            if size > FUNCTION_LIMIT and f"{name}:{function}" not in EXEMPT_FUNCTIONS:
                errors.append(
                    f"{name}:{at}: {function} has {size} lines, the limit is {FUNCTION_LIMIT}"
                )
    median = statistics.median(lengths) if lengths else 0
    if median > MEDIAN_LIMIT:
        errors.append(f"the median file has {median} lines, the limit is {MEDIAN_LIMIT}")
    print(
        "\n".join(
            [
                *errors,
                f"budget: {len(lengths)} files, median {median:.0f} lines, {functions} functions",
            ]
        )
    )
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
