# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Kernels for CPU engines from C or Numba, ahead of time."""

import functools
import inspect
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_FUNCTION = re.compile(r"^[ \t]*(?:extern\s+)?void\s+(\w+)\s*\(([^)]*)\)\s*\{", re.MULTILINE)
_AXES = ("x", "y", "z")
_NUMBERS = tuple(f"{what}_{axis}" for what in ("grid", "block") for axis in _AXES)


class HostKernel(NamedTuple):
    """What aot_impl returns first: the name of the entry, and a shared object."""

    name: str
    code: bytes


def _parameters(text, source):
    """[(declared type, name)] of a parameter list."""
    result = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(.*?[\s*])\s*(?:restrict\s+|__restrict\s+)?(\w+)", part, re.DOTALL)
        if found is None:
            raise ValueError(f"parameter '{part}' of the kernel '{source}' has no name")
        result.append((found[1].replace("restrict", "").replace("__", "").strip(), found[2]))
    return result


def _find(source, name):
    """(name, parameters) of the kernel: the function called `name`, or the last one that is not
    static."""
    plain = _COMMENT.sub(" ", source)
    functions = {found[1]: found[2] for found in _FUNCTION.finditer(plain)}
    if name is None and functions:
        name = list(functions)[-1]
    if name not in functions:
        what = f"void {name or 'name'}(…) {{"
        raise ValueError(
            f"the C source has no function '{what}': a kernel returns nothing and is not static"
        )
    return name, _parameters(functions[name], name)


def _wrapper(name, parameters):
    """C text of the entry that takes arguments as engines give them."""
    tensors = [p for p in parameters if p[1] not in _NUMBERS]
    arguments, place = [], 0
    for kind, parameter in parameters:
        if parameter in _NUMBERS:
            arguments.append(parameter)
            continue
        pointer = kind.endswith("*")
        arguments.append(
            f"({kind})args[{place}]" if pointer else f"({kind})*(const int32_t*)args[{place}]"
        )
        place += 1
    assert place == len(tensors)
    call = f"{name}({', '.join(arguments)});"
    if any(parameter.startswith("block_") for _, parameter in parameters):
        for axis in _AXES:
            call = (
                f"for (uint32_t block_{axis} = 0; block_{axis} < grid_{axis}; ++block_{axis}) "
                f"{{ {call} }}"
            )
    return (
        "\n#include <stdint.h>\n"
        f"void {name}_entry(void* const* args, uint32_t grid_x, uint32_t grid_y, uint32_t grid_z)"
        f" {{\n  (void)args, (void)grid_x, (void)grid_y, (void)grid_z;\n  {call}\n}}\n"
    )


@functools.lru_cache(maxsize=64)
def _compiled(text, flags, linked=b""):
    """A shared object of a C text, and of an object file where there is one."""
    compiler = os.environ.get("CC") or "cc"
    with tempfile.TemporaryDirectory(prefix="tenon_kernel_") as folder:
        Path(folder, "kernel.c").write_text(text)
        sources = ["kernel.c"]
        if linked:
            Path(folder, "linked.o").write_bytes(linked)
            sources.append("linked.o")
        command = [compiler, "-shared", "-fPIC", "-s", *flags, "-o", "kernel.so", *sources, "-lm"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        except FileNotFoundError as missing:
            raise RuntimeError(
                f"host_kernel needs a C compiler, and '{compiler}' is not there: install one or "
                "name one in CC"
            ) from missing
        if done.returncode != 0:
            raise RuntimeError(f"{compiler} refused the kernel:\n{done.stderr}")
        return Path(folder, "kernel.so").read_bytes()


def _numba_kind(kind):
    """The C type of a Numba type."""
    if hasattr(kind, "bitwidth") and hasattr(kind, "signed"):
        return f"{'' if kind.signed else 'u'}int{kind.bitwidth}_t"
    if type(kind).__name__ in ("CPointer", "RawPointer"):
        return "void*"
    raise ValueError(f"a kernel takes pointers and integers, not {kind}")


def _numba_kernel(function, flags):
    """Of what numba.cfunc made: its machine code, and an entry around it."""
    import llvmlite.binding as llvm  # noqa: PLC0415

    names = inspect.signature(function.__wrapped__).parameters
    parameters = [(_numba_kind(kind), name) for kind, name in zip(function._sig.args, names)]
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
    )
    code = machine.emit_object(function._library._final_module)
    name = f"numba_{function.__name__}"
    declared = ", ".join(f"{kind} {parameter}" for kind, parameter in parameters)
    # Arrays of carray own nothing: what would free them is named in the code but never called.
    text = (
        "#include <stdint.h>\n"
        "void NRT_MemInfo_call_dtor(void* info) { (void)info; __builtin_trap(); }\n"
        f'extern void {name}({declared}) __asm__("{function.native_name}");\n'
    )
    return HostKernel(
        f"{name}_entry", _compiled(text + _wrapper(name, parameters), tuple(flags), code)
    )


def host_kernel(c_source, name=None, flags=("-O3", "-march=native")):
    """Compiles C, or what `numba.cfunc` made, for a CPU engine: (name, code), the first two values
    that aot_impl returns.

    The source holds `void kernel(…)`, whose parameters stand as the engine gives them: inputs as
    pointers, extra arguments as integers, outputs as pointers. Parameters named grid_x, grid_y and
    grid_z get the grid; if any is named block_x, block_y or block_z, the kernel is called once for
    each block, in order, else once. `name` picks one of several functions; without it the last
    that is not static is meant. An engine with such a kernel loads on machines that have the
    instruction sets of this one.
    """
    if hasattr(c_source, "native_name"):
        return _numba_kernel(c_source, flags)
    name, parameters = _find(c_source, name)
    code = _compiled(c_source + _wrapper(name, parameters), tuple(flags))
    return HostKernel(f"{name}_entry", code)
