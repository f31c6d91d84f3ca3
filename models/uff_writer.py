# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes UFF files: one protocol-buffer message MetaGraph, put together field by field."""

import struct

import numpy as np

INCREMENT = 2**31 - 1
SPECIAL = -1
TYPES = {"float32": 131104, "float16": 131088, "int32": 65568, "int64": 65600, "int8": 65544}
MAIN = {"N": 0, "K": 0, "C": 1}  # where "NC+" and "KC+" have their axes; the rest is spatial


def varint(value):
    """A number of up to 64 bits, seven at a time."""
    value &= 2**64 - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    """Bytes, a text or a message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def entry(field, key, value):
    """One entry of a map from texts to Data."""
    return block(field, block(1, key) + block(2, value))


def integers(values):
    return block(1, b"".join(varint(int(v)) for v in values))


# One function a kind of Data.
def text(value):
    return block(1, value)


def integer(value):
    return number(7, value)


def integer_list(values):
    return block(8, integers(values))


def real(value):
    return varint(3 << 3 | 1) + struct.pack("<d", value)


def boolean(value):
    return number(5, int(value))


def reference(key):
    return block(100, key)


def dtype(name):
    return number(101, TYPES[name])


def orders(*formats):
    """What the axes of each input mean, e.g. "N+C": a list of axes in the order "NC+"."""
    listed = b""
    for axes in formats:
        numbers = [n for a in axes for n in ([2, INCREMENT] if a == "+" else [MAIN[a]])]
        listed += block(1, block(1, number(1, SPECIAL) + block(2, integers(numbers))))
    return block(104, listed)


class Graph:
    """A graph under construction. Every method adds a node and returns its id."""

    def __init__(self, name):
        self.name = name
        self.nodes = []
        self.data = {}
        self.custom = False

    def node(self, name, operation, inputs=(), **fields):
        body = block(1, name) + b"".join(block(2, i) for i in inputs) + block(3, operation)
        body += b"".join(entry(4, key, value) for key, value in fields.items())
        self.nodes.append(block(2, body))
        self.custom |= operation.startswith("_")
        return name

    def input(self, name, shape):
        return self.node(name, "Input", dtype=dtype("float32"), shape=integer_list(shape))

    def constant(self, name, array):
        array = np.ascontiguousarray(array)
        self.data[f"weights_{name}"] = block(9, array.tobytes())
        return self.node(
            name,
            "Const",
            values=reference(f"weights_{name}"),
            dtype=dtype(array.dtype.name),
            shape=integer_list(array.shape),
        )

    def orders(self, *formats):
        key = "orders_" + "_".join(formats)
        self.data[key] = orders(*formats)
        return reference(key)

    def to_bytes(self):
        def descriptor(name, optional):
            return block(3, block(1, name) + number(2, 1) + number(3, int(optional)))

        out = number(1, 1) + number(2, 1)
        if self.custom:
            out += descriptor("custom", False)
        out += block(4, block(1, self.name) + b"".join(self.nodes))
        return out + b"".join(entry(5, key, value) for key, value in self.data.items())
