# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Integers that are known when shapes are: extents, and arguments of kernels."""

import contextlib
import contextvars
from abc import ABC

from tenon import _core

_Operation = _core.DimensionOperation
_builder = contextvars.ContextVar("builder", default=None)


@contextlib.contextmanager
def building_with(builder):
    """Within it, expressions are made by this IExprBuilder; each thread and task has its own."""
    token = _builder.set(builder)
    try:
        yield
    finally:
        _builder.reset(token)


class SymExpr(ABC):  # noqa: B024
    """Any symbolic value."""


class SymIntExpr(SymExpr):
    """A symbolic integer; fake where no shapes are known yet, and then so is all made of it.

    Comparisons are symbolic too, 1 for true: such objects are not hashable.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value=None):
        if isinstance(value, SymIntExpr):
            value = value._expr
        elif isinstance(value, int):
            builder = _builder.get()
            value = None if builder is None else builder.constant(value)
        elif value is not None and not isinstance(value, _core.IDimensionExpr):
            raise ValueError(f"a symbolic integer is made of an int or expression, not {value!r}")
        self._expr = value

    @property
    def is_fake(self):
        return self._expr is None

    def _real(self, what):
        if self._expr is None:
            raise RuntimeError(f"{what} is not known while shapes are not")
        return self._expr

    @property
    def is_constant(self):
        return self._real("is_constant").is_constant()

    @property
    def is_size_tensor(self):
        return self._expr is not None and self._expr.is_size_tensor()

    def constant_value(self):
        if not self.is_constant:
            raise RuntimeError("the expression is no constant")
        return self._expr.get_constant_value()

    def __bool__(self):
        return self.constant_value() != 0

    def __repr__(self):
        if self.is_fake:
            return f"{type(self).__name__}(fake)"
        inside = self._expr.get_constant_value() if self._expr.is_constant() else "symbolic"
        return f"{type(self).__name__}({inside})"

    def _result(self, expr):
        return SymIntExpr(expr)

    def _combine(self, operation, first, second):
        operands = []
        for operand in (first, second):
            if isinstance(operand, SizeTensorShapeExpr):
                raise ValueError("the extent of a size tensor takes no part in expressions")
            if not isinstance(operand, (int, SymIntExpr)):
                return NotImplemented
            operands.append(SymIntExpr(operand)._expr)
        builder = _builder.get()
        if builder is None or None in operands:
            return self._result(None)
        return self._result(builder.operation(operation, *operands))

    def __add__(self, other):
        return self._combine(_Operation.SUM, self, other)

    def __radd__(self, other):
        return self._combine(_Operation.SUM, other, self)

    def __sub__(self, other):
        return self._combine(_Operation.SUB, self, other)

    def __rsub__(self, other):
        return self._combine(_Operation.SUB, other, self)

    def __mul__(self, other):
        return self._combine(_Operation.PROD, self, other)

    def __rmul__(self, other):
        return self._combine(_Operation.PROD, other, self)

    def __floordiv__(self, other):
        return self._combine(_Operation.FLOOR_DIV, self, other)

    def __rfloordiv__(self, other):
        return self._combine(_Operation.FLOOR_DIV, other, self)

    def __mod__(self, other):
        return self - (self // other) * other

    def __rmod__(self, other):
        return other - (other // self) * self

    def __neg__(self):
        return 0 - self

    def __eq__(self, other):
        return self._combine(_Operation.EQUAL, self, other)

    def __ne__(self, other):
        return 1 - self._combine(_Operation.EQUAL, self, other)

    def __lt__(self, other):
        return self._combine(_Operation.LESS, self, other)

    def __gt__(self, other):
        return self._combine(_Operation.LESS, other, self)

    def __le__(self, other):
        return 1 - (self > other)

    def __ge__(self, other):
        return 1 - (self < other)


class SymInt8(SymIntExpr):
    """An argument of a kernel in 8 bits."""


class SymInt16(SymIntExpr):
    """An argument of a kernel in 16 bits."""


class SymInt32(SymIntExpr):
    """An argument of a kernel in 32 bits."""

    def __call__(self):
        """The argument as an engine takes it."""
        argument = _core.ISymExpr()
        argument.type = _core.PluginArgType.INT
        argument.dtype = _core.PluginArgDataType.INT32
        argument.expr = self._real("the argument")
        return argument


class ShapeExpr(SymInt32):
    """An extent."""

    def _result(self, expr):
        return ShapeExpr(expr)


class SizeTensorShapeExpr(ShapeExpr):
    """The extent that a size tensor will hold; it takes part in no expression."""

    def __init__(self, desc):
        super().__init__()
        self._desc = desc

    is_fake = False
    is_constant = False
    is_size_tensor = True

    def _combine(self, operation, first, second):
        raise ValueError("the extent of a size tensor takes no part in expressions")

    def __repr__(self):
        return "SizeTensorShapeExpr"


def _symbolic(name, operation, first, second):
    if not isinstance(first, SymIntExpr) and not isinstance(second, SymIntExpr):
        raise ValueError(f"{name} needs a symbolic operand: use plain Python for integers")
    owner = first if isinstance(first, SymIntExpr) else second
    return owner._combine(operation, first, second)


def cdiv(first, second):
    """The quotient, rounded up; at least one operand is symbolic."""
    return _symbolic("cdiv", _Operation.CEIL_DIV, first, second)


def max(first, second):
    """The greater of two; at least one operand is symbolic."""
    return _symbolic("max", _Operation.MAX, first, second)


def min(first, second):
    """The lesser of two; at least one operand is symbolic."""
    return _symbolic("min", _Operation.MIN, first, second)


class SymExprs:
    """A fixed number of symbolic values; integers become SymInt32."""

    element = SymInt32

    def __init__(self, length):
        self._items = [None] * length

    @classmethod
    def from_tuple(cls, values):
        values = tuple(values)
        result = cls(len(values))
        for i, value in enumerate(values):
            result[i] = value
        return result

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __getitem__(self, index):
        return self._items[index]

    def __setitem__(self, index, value):
        if not -len(self._items) <= index < len(self._items):
            raise IndexError(f"there are {len(self._items)} expressions, none at {index}")
        if isinstance(value, int):
            value = self.element(value)
        elif not isinstance(value, SymExpr):
            raise ValueError(f"{value!r} is neither an integer nor symbolic")
        self._items[index] = value

    def __repr__(self):
        return f"{type(self).__name__}({self._items})"


class SymIntExprs(SymExprs):
    """Arguments of a kernel."""


class ShapeExprs(SymExprs):
    """A shape of at most 8 symbolic extents; without shapes all are fake."""

    element = ShapeExpr

    def __init__(self, length, _fake=False):
        if length > _core.Dims.MAX_DIMS:
            raise ValueError(f"a shape has at most {_core.Dims.MAX_DIMS} dimensions, not {length}")
        super().__init__(length)
        if _fake:
            self._items = [ShapeExpr() for _ in range(length)]

    def numel(self):
        """The number of elements, as an expression."""
        product = ShapeExpr(1)
        for extent in self._items:
            product = product * extent
        return product
