# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Which types, formats and tactics a quick plugin offers: the grammar of AutoTuneCombination."""

import itertools

from tenon import _core

_SHORT = {"FP32": "FLOAT", "FP16": "HALF"}


def _members(entry, enumeration):
    """(separator, members) of one entry such as "FP32|FP16"."""
    if "|" in entry and "*" in entry:
        raise ValueError(f"'{entry}' mixes | and *: one entry has one of them")
    separator = "*" if "*" in entry else "|"
    names = [name.strip() for name in entry.split(separator)]
    members = [getattr(enumeration, _SHORT.get(name, name)) for name in names]
    return (separator if len(members) > 1 else ""), members


def _expand(entries, enumeration):
    """All rows of one member an entry: * crosses with everything, | entries move together."""
    parsed = [_members(entry, enumeration) for entry in entries]
    lengths = {len(members) for separator, members in parsed if separator == "|"}
    if len(lengths) > 1:
        raise ValueError("entries with | must have as many alternatives as each other")
    axes = [range(len(members)) for separator, members in parsed if separator == "*"]
    together = range(lengths.pop() if lengths else 1)
    rows = []
    for crossed in itertools.product(*reversed(axes)):  # the first entry changes fastest
        for alternative in together:
            own = list(crossed)
            pick = {"*": own.pop, "|": lambda k=alternative: k, "": lambda: 0}
            rows.append(tuple(members[pick[separator]()] for separator, members in parsed))
    return rows


class AutoTuneCombination:
    """Types, layouts and tactics to try. One entry a tensor, inputs first, separated by commas.

    "A|B": alternatives, the k-th of all such entries together; "A*B": crossed with everything.
    """

    def __init__(self, io_types=None, layouts=None, tactics=None):
        self._types = None if io_types is None else [t.strip() for t in io_types.split(",")]
        self._layouts = None if io_types is None else self._broadcast(layouts or "LINEAR")
        self._tactics = list(tactics) if tactics is not None else None

    def _broadcast(self, layouts):
        entries = [layout.strip() for layout in layouts.split(",")]
        if len(entries) == 1:
            return entries * len(self._types)
        assert len(entries) == len(self._types), "there are not as many layouts as types"
        return entries

    def pos(self, pos, io_types, layouts="LINEAR"):
        """Sets types and layouts of one position, or of several; each is set once."""
        self._types, self._layouts = self._types or [], self._layouts or []
        for place in [pos] if isinstance(pos, int) else pos:
            missing = place + 1 - len(self._types)
            self._types += [None] * missing
            self._layouts += [None] * missing
            if self._types[place] is not None:
                raise ValueError(f"position {place} is set already")
            self._types[place], self._layouts[place] = io_types.strip(), layouts.strip()

    def tactics(self, tactics):
        """Sets the tactics, which are positive, of all combinations."""
        self._tactics = list(tactics)

    def expand(self):
        """[((types), (formats), [tactics])]; 0 is the default tactic."""
        if not self._types:
            return []
        for place, entry in enumerate(self._types):
            if entry is None:
                raise AttributeError(f"position {place} was never set")
        types = _expand(self._types, _core.DataType)
        formats = _expand(self._layouts, _core.TensorFormat)
        tactics = [0] if self._tactics is None else self._tactics
        return [(t, f, list(tactics)) for t, f in itertools.product(types, formats)]


def united(combinations):
    """{(types, formats): [tactics]} of one or several: equal ones are one, with the tactics of
    all."""
    if isinstance(combinations, AutoTuneCombination):
        combinations = [combinations]
    if not isinstance(combinations, (list, tuple)):
        raise TypeError(f"autotune returned {combinations!r}: a list of AutoTuneCombination")
    result = {}
    for combination in combinations:
        if not isinstance(combination, AutoTuneCombination):
            raise TypeError(f"autotune returned {combination!r} in its list")
        for types, formats, tactics in combination.expand():
            known = result.setdefault((types, formats), [])
            known += [tactic for tactic in tactics if tactic not in known]
    return result
