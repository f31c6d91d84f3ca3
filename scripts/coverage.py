#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes docs/coverage.md: what of the interface is there, and what is absent by name.

Read are the declarations in include/, and in the sources the classes that implement them, the marks
`absent("Class::member")` of members that only report themselves as missing, the rows of the ONNX
importer `{"OpType", first, last, …}` and the rows of the flag table of trtexec `{"--flag", …}`, in
which `Refused{` and `Noted{` say that the flag is only known.
With --check nothing is written and a stale document is an error; --names prints every public name.
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"

# Implemented by users, not by us, although they derive from nothing that says so.
USERS = {"IPluginV2", "ILogger", "IProfiler", "ISafeMemAllocator", "IPluginChecker", "ISymExpr"}
# Implemented by us, although they derive from IVersionedInterface or look like it.
OURS = {"ILoggerFinder", "IPluginResourceContext", "ISafePluginResourceContext"}
# Templates around a class of ours that do not implement it.
HOLDERS = {"unique_ptr", "shared_ptr", "vector", "static_cast", "reinterpret_cast", "EnumMaxImpl"}

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
MACRO = re.compile(r"\b(?:TRT_DEPRECATED(?:_ENUM|_API)?|TRT_NODISCARD|TENSORRTAPI)\b ?")


@dataclass
class Klass:
    """A class of the interface: its bases by plain name, and its public methods."""

    name: str
    bases: list
    methods: list = field(default_factory=list)  # (name, declaration)


@dataclass
class Interface:
    classes: dict = field(default_factory=dict)  # plain name -> Klass, its versions in one
    functions: list = field(default_factory=list)  # names of functions with C linkage
    names: list = field(default_factory=list)  # every public declaration, qualified


class HeaderReader:
    """Walks one header of include/, which are plain enough for a scanner without a grammar."""

    def __init__(self, text, interface):
        text = DIRECTIVE.sub("", COMMENT.sub("", text))
        self.text = MACRO.sub("", text)
        self.at = 0
        self.scopes = []  # (kind, name, access)
        self.interface = interface

    def note(self, declaration):
        """Adds a public declaration to the list of names, behind the scope it stands in."""
        scope = "::".join(name for _, name, _ in self.scopes if name)
        self.interface.names.append(f"{scope}: {declaration}" if scope else declaration)

    def read(self):
        head = ""
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char == ";":
                self.declare(head)
                head = ""
            elif char == "}":
                self.scopes.pop()
                head = ""
            elif char == "{":
                head = self.open(self.unlabelled(head))
            else:
                head += char

    def unlabelled(self, head):
        """Takes access labels off the head, remembering the last."""
        while label := re.match(r"\s*(public|protected|private)\s*:(?!:)", head):
            kind, name, _ = self.scopes[-1]
            self.scopes[-1] = (kind, name, label.group(1))
            head = head[label.end() :]
        return re.sub(r"\s+", " ", head).strip()

    def open(self, head):
        """Enters the scope that `head` opens; returns what is left of an unfinished declaration."""
        if space := re.fullmatch(r"(?:inline )?namespace ?([\w:]*)", head):
            self.scopes.append(("namespace", space.group(1), "public"))
        elif head == 'extern "C"':
            self.scopes.append(("c", "", "public"))
        elif enum := re.fullmatch(r"enum class (\w+) : .*", head):
            self.enumerators(enum.group(1))
        elif klass := re.fullmatch(
            r"(template <.*?> ?)?(class|struct) ([\w<>:]+)(?: final)?(?: : (.*))?", head
        ):
            self.enter_class(klass)
        else:
            self.skip_braces()
            following = self.text[self.at :].lstrip()[:1]
            if following in (";", ",", "{") or "(" not in head:
                return head
            self.declare(head)
        return ""

    def enter_class(self, match):
        name = match.group(3)
        bases = re.findall(r"public ([\w:]+)", match.group(4) or "")
        special = "<" in name
        if not special and self.accessible():
            self.note(" : ".join([f"class {name}", *bases]))
            klass = self.interface.classes.setdefault(name, Klass(name, []))
            plain = [base.split("::")[-1] for base in bases]
            klass.bases += [base for base in plain if base != name]
        access = "public" if match.group(2) == "struct" else "private"
        self.scopes.append(("special" if special else "class", name, access))

    def enumerators(self, name):
        start = self.at
        self.skip_braces()
        for entry in self.text[start : self.at - 1].split(","):
            if words := re.sub(r"\s+", " ", entry).strip():
                self.note(f"{name}::{words}")

    def skip_braces(self):
        depth = 1
        while depth:
            char = self.text[self.at]
            depth += (char == "{") - (char == "}")
            self.at += 1

    def accessible(self):
        return all(kind != "special" and access != "private" for kind, _, access in self.scopes)

    def declare(self, head):
        head = self.unlabelled(head)
        if (
            not head
            or not self.accessible()
            or re.match(r"(class|struct|enum class) [\w:]+$", head)
        ):
            return
        head = re.sub(r"\( ", "(", head)
        c_linkage = head.startswith("extern")
        head = head.removeprefix('extern "C" ')
        self.note(head)
        function = re.search(r"(~?\w+) ?\(", head)
        kind, name, access = self.scopes[-1] if self.scopes else ("", "", "public")
        if function is None:
            return
        if kind == "class" and access == "public" and function.group(1).strip("~") != name:
            self.interface.classes[name].methods.append((function.group(1), head))
        elif kind == "c" or c_linkage:
            self.interface.functions.append(function.group(1))


def read_interface():
    interface = Interface()
    for header in sorted((ROOT / "include").rglob("*.h")):
        if "compat7" in header.parts:
            continue  # The 7.x set: a translation of this interface, not a part of it.
        HeaderReader(header.read_text(), interface).read()
    return interface


def root_of(interface, name):
    """All classes `name` derives from, itself included."""
    found = {name}
    for base in interface.classes[name].bases if name in interface.classes else []:
        found |= root_of(interface, base)
    return found


def ours(interface):
    """The classes with methods, of their own or not, that are for us to implement."""
    for name, klass in sorted(interface.classes.items()):
        line = root_of(interface, name)
        abstract = any("virtual" in head or "INoCopy" in line for _, head in klass.methods)
        is_user = ("IVersionedInterface" in line or line & USERS) and name not in OURS
        interface_like = name.startswith("I") and not name.endswith("Impl")
        if interface_like and not is_user and (abstract or "ILayer" in line):
            yield klass


def sources(*tops):
    for top in tops:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cc") and not path.stem.endswith("_test"):
                yield path, COMMENT.sub("", path.read_text())


def implemented_classes(interface, texts):
    """Classes named among the bases of a class in src/, or filled into a template of one."""
    found = set()
    for text in texts:
        for bases in re.findall(r"\b(?:class|struct) \w+(?: final)?\s*:\s*([^;{(]+)\{", text):
            found |= set(re.findall(r"\w+", bases))
        for template, arguments in re.findall(r"(\w+)<([\w:,\s]+)>", text):
            if template not in HOLDERS:
                found |= set(re.findall(r"\w+", arguments))
    direct = found & set(interface.classes)
    return {base for name in direct for base in root_of(interface, name)}


def absent_marks(texts):
    return sorted({m for text in texts for m in re.findall(r'\babsent\(\s*"([^"]+)"', text)})


def verdict(marks, klass, method):
    """Whether a method is absent, and which cases of it are when only some.

    A mark is `Class::member`, `Class::Class` for the whole class, `Class::member(types)` for one
    overload, or `Class::member(cases)` for some cases of a member that is there otherwise.
    """
    name, head = method
    absent, cases = f"{klass.name}::{klass.name}" in marks, []
    for mark in marks:
        member, _, detail = mark.removesuffix(")").partition("(")
        if member != f"{klass.name}::{name}":
            continue
        if detail.replace(" ", "") in head.replace(" ", ""):
            absent = True
        else:
            cases.append(detail)
    return absent, cases


def stray_marks(interface, marks):
    """Marks that name no member of the interface: a typing error, or a leftover."""
    known = {f"{k.name}::{name}" for k in interface.classes.values() for name, _ in k.methods}
    known |= {f"{name}::{name}" for name in interface.classes} | set(interface.functions)
    return [mark for mark in marks if mark.split("(")[0] not in known]


def table_rows(folder, pattern):
    """The names that begin the rows of tables in the sources."""
    return {name for _, text in sources(folder) for name in re.findall(pattern, text)}


def listing(path):
    """The names in a file, one a line."""
    return [w for w in path.read_text().splitlines() if w and not w.startswith("#")]


def state(there, absent, unborn):
    parts = [f"{there} there"]
    parts += [f"{absent} absent by name"] if absent else []
    parts += [f"{unborn} without an implementation"] if unborn else []
    return ", ".join(parts)


def class_section(interface, texts, marks):
    lines, counts = ["| class | there | absent by name |", "|---|---|---|"], [0, 0, 0]
    born = implemented_classes(interface, texts)
    for klass in ours(interface):
        total = len(klass.methods)
        verdicts = [(name, *verdict(marks, klass, (name, head))) for name, head in klass.methods]
        missing = [name for name, absent, _ in verdicts if absent]
        if klass.name not in born and f"{klass.name}::{klass.name}" not in marks:
            counts[2] += total
            lines.append(f"| {klass.name} | no implementation yet | {total} methods |")
            continue
        counts[0] += total - len(missing)
        counts[1] += len(missing)
        names = set(missing) if len(missing) < total else {"all"} if total else set()
        names |= {
            f"{name} ({case})" for name, absent, cases in verdicts for case in cases if not absent
        }
        absent = ", ".join(sorted(names)) or "-"
        lines.append(f"| {klass.name} | {total - len(missing)} of {total} | {absent} |")
    return lines, counts


def function_section(interface, texts, marks):
    body = "\n".join(texts)
    there, absent, unborn = [], [], []
    for name in sorted(set(interface.functions)):
        if name in marks:
            absent.append(name)
        elif re.search(rf"\b{name}\([^;]*?\)\s*(?:noexcept)?\s*(?:try\s*)?\{{", body):
            there.append(name)
        else:
            unborn.append(name)
    lines = [f"There: {', '.join(there) or 'none'}."]
    lines += [f"Absent by name: {', '.join(absent)}."] if absent else []
    lines += [f"No implementation yet: {', '.join(unborn)}."] if unborn else []
    return lines, [len(there), len(absent), len(unborn)]


def flag_section(wanted):
    """The known flags by what becomes of them; a flag without a row would be refused unnamed."""
    groups = {"There": [], "Accepted without effect": [], "Refused by name": [], "Unknown": []}
    rows = {}
    for _, text in sources("tools"):
        for row in re.split(r'\{\s*"--(?=\w)', text)[1:]:
            rows[re.match(r"\w+", row).group()] = row
    for name in wanted:
        row = rows.get(name)
        kind = "Refused by name" if row and "Refused{" in row else "There"
        kind = "Accepted without effect" if row and "Noted{" in row else kind
        groups[kind if row else "Unknown"].append(name)
    lines = [f"{kind}: {', '.join(names)}." for kind, names in groups.items() if names]
    extra = sorted(rows.keys() - set(wanted))
    lines += [f"Beyond the known flags: {', '.join(extra)}."] if extra else []
    there, noted, refused, unknown = map(len, groups.values())
    return "\n\n".join(lines).split("\n"), [there, noted + refused, unknown]


def row_section(wanted, rows, what):
    """A list of names against the rows of a table in the sources."""
    there = [name for name in wanted if name in rows]
    missing = [name for name in wanted if name not in rows]
    extra = sorted(rows - set(wanted))
    lines = [f"There: {', '.join(there) or 'none'}.", ""]
    lines += [f"Absent: {', '.join(missing) or 'none'}."]
    lines += ["", f"Beyond the {what}: {', '.join(extra)}."] if extra else []
    return lines, [len(there), len(missing), 0]


def page(interface):
    texts = [text for _, text in sources("src", "plugin_library")]
    marks = absent_marks(texts)
    if stray := stray_marks(interface, marks):
        raise SystemExit(
            f"coverage: absent() names what include/ does not have: {', '.join(stray)}"
        )
    onnx = table_rows("src/importers/onnx", r'\{\s*"([A-Z]\w*)",\s*\d+,\s*\w+,')
    users = [
        name
        for name in sorted(interface.classes)
        if ("IVersionedInterface" in root_of(interface, name) or root_of(interface, name) & USERS)
        and name not in OURS | {"IVersionedInterface"}
    ]
    sections = [
        ("Classes that Tenon implements", *class_section(interface, texts, marks)),
        ("Functions with C linkage", *function_section(interface, texts, marks)),
        (
            "ONNX operators",
            *row_section(listing(ROOT / "scripts/onnx_operators.txt"), onnx, "default domain"),
        ),
        ("Flags of trtexec", *flag_section(listing(ROOT / "scripts/trtexec_flags.txt"))),
    ]
    lines = [
        "# What of the interface is there",
        "",
        "Written by `scripts/coverage.py` from declarations and sources. *There* means that a",
        "member does its work; *absent by name* that it can be called and reports itself missing.",
        "",
        "| part | state |",
        "|---|---|",
        *[f"| {title} | {state(*counts)} |" for title, _, counts in sections],
    ]
    for title, body, _ in sections:
        lines += ["", f"## {title}", "", *body]
    lines += ["", "## Classes that users implement", "", f"{', '.join(users)}."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--names", action="store_true")
    args = parser.parse_args()
    interface = read_interface()
    if args.names:
        print("\n".join(sorted(set(interface.names))))
        return 0
    text = page(interface)
    if args.check:
        fresh = PAGE.exists() and PAGE.read_text() == text
        stale = "docs/coverage.md is stale: run scripts/coverage.py"
        print(f"coverage: {'up to date' if fresh else stale}")
        return int(not fresh)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
