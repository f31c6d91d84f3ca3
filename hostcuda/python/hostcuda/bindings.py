# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Leads cuda-python's runtime module to a libcudart of one's choice.

That module (cuda.bindings.runtime, 12.9 and later) has the vendor's runtime linked into it, which
asks the driver for private tables and so runs on that vendor's driver alone. But the module does
not call it directly: as every Cython module does, it takes its functions from the table
`__pyx_capi__` of the module beneath it, where each stands in a capsule under its name and its C
signature. Here each function is replaced by the one of the same name in libcudart, before anybody
has taken it.
"""

import ctypes
import importlib
import sys

# The modules whose table holds the functions: the version that the runtime's symbols of that
# release series carry, and how the names end there.
TABLES = {
    "cuda.bindings._internal.runtime": ("libcudart.so.13", ("",)),
    "cuda.bindings._internal.runtime_ptds": ("libcudart.so.13", ("_ptsz", "_ptds", "")),
    "cuda.bindings._bindings.cyruntime": ("libcudart.so.12", ("",)),
    "cuda.bindings._bindings.cyruntime_ptds": ("libcudart.so.12", ("_ptsz", "_ptds", "")),
}
TAKERS = ("cuda.bindings.cyruntime", "cuda.bindings.runtime", "cuda.cudart")

_capsule = ctypes.pythonapi
_capsule.PyCapsule_GetName.restype = ctypes.c_char_p
_capsule.PyCapsule_GetName.argtypes = [ctypes.py_object]
_capsule.PyCapsule_New.restype = ctypes.py_object
_capsule.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]

_kept = {}  # C signatures: a capsule refers to its name without owning it


def _find(library, name, version, endings):
    """The address of `name` in `library`, in the form of `version` where there are several."""
    for ending in endings:
        symbol = (name + ending).encode()
        dlvsym = ctypes.CDLL(None).dlvsym
        dlvsym.restype = ctypes.c_void_p
        dlvsym.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        found = dlvsym(library._handle, symbol, version.encode())
        if found:
            return found
        try:
            return ctypes.cast(getattr(library, name + ending), ctypes.c_void_p).value
        except AttributeError:
            continue
    return None


def _replace(table, library, version, endings):
    """Replaces every function of the runtime in `table`; returns those that libcudart lacks."""
    absent = []
    for entry, capsule in list(table.items()):
        name = entry.removeprefix("_")
        if not name.startswith("cuda"):
            continue
        address = _find(library, name, version, endings)
        if address is None:
            absent.append(name)
            continue
        signature = _kept.setdefault(
            entry, ctypes.create_string_buffer(_capsule.PyCapsule_GetName(capsule))
        )
        table[entry] = _capsule.PyCapsule_New(address, ctypes.addressof(signature), None)
    return absent


def redirect(library):
    """Leads cuda.bindings.runtime, if it is installed, to `library`, a ctypes.CDLL of libcudart.

    Returns the names, by module, that `library` lacks: they keep the vendor's function, which
    answers with an error where there is no GPU. Must come before the runtime module is imported.
    """
    absent = {}
    for module, (version, endings) in TABLES.items():
        try:
            table = importlib.import_module(module).__pyx_capi__
        except ImportError:
            continue
        if table.get("__hostcuda__"):
            continue
        early = [taker for taker in TAKERS if taker in sys.modules]
        if early:
            raise RuntimeError(
                f"{early[0]} was imported before hostcuda.install(): it has its functions already"
            )
        absent[module] = _replace(table, library, version, endings)
        table["__hostcuda__"] = True
    return absent
