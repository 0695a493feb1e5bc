# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Which incidents: the filters of the command and the server, as Python has them."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Union

import numpy

from . import _gridloom
from .periods import moment_of

Texts = Union[None, str, Sequence[str]]
_TEXTS = ("category", "subcategory", "agency", "severity")
_ONCE = ("start", "end", "hours", "weekdays", "area")


def question_of(time_zone: Optional[str], **filters: Any) -> Dict[str, Any]:
    """Filters as the engine and servers read them: from, to, hours, weekdays, area as texts, the others as lists; those that
    are None are left out. Raises DataError for other names and for what means nothing."""
    asked: Dict[str, Any] = {}
    for name, given in filters.items():
        if name not in _TEXTS + _ONCE:
            raise _gridloom.DataError(f"there is no filter '{name}'; there are {', '.join(_ONCE + _TEXTS)}")
        if given is None:
            continue
        if name in _TEXTS:
            asked[name] = [given] if isinstance(given, str) else [str(text) for text in given]
            if not asked[name]:
                raise _gridloom.DataError(f"{name} is an empty list, which no incident passes: leave it out, or name some")
    for name, key in (("start", "from"), ("end", "to")):
        moment = moment_of(filters.get(name), name, time_zone)
        if moment is not None:
            asked[key] = moment.floor("s").strftime("%Y-%m-%dT%H:%M:%S")
    if filters.get("hours") is not None:
        asked["hours"] = _span(filters["hours"], "hours", "(22, 4)")
    if filters.get("weekdays") is not None:
        asked["weekdays"] = _days(filters["weekdays"])
    if filters.get("area") is not None:
        asked["area"] = _area(filters["area"])
    return asked


def window_of(asked: Dict[str, Any]) -> List[str]:
    """[start, end] as people gave them, "open" where they did not."""
    return [asked[key][:10] if asked.get(key, "").endswith("T00:00:00") else asked.get(key, "open") for key in ("from", "to")]


def _span(given: Any, name: str, example: str) -> str:
    if isinstance(given, str):
        return given
    numbers = list(given) if isinstance(given, (tuple, list, range, numpy.ndarray)) else []
    if len(numbers) != 2 or not all(isinstance(n, (int, numpy.integer)) and not isinstance(n, bool) for n in numbers):
        raise _gridloom.DataError(f"{name} is {given!r}; it is a text such as '22-4', or first and last such as {example}")
    return f"{int(numbers[0])}-{int(numbers[1])}"


def _days(given: Any) -> str:
    if isinstance(given, str):
        return given
    numbers = [given] if isinstance(given, (int, numpy.integer)) else list(given)
    if not numbers or not all(isinstance(n, (int, numpy.integer)) and not isinstance(n, bool) for n in numbers):
        raise _gridloom.DataError(f"weekdays is {given!r}; it is a text such as '1-5', or numbers of which 1 is Monday")
    return ",".join(str(int(n)) for n in numbers)


def _area(given: Any) -> str:
    if isinstance(given, str):
        return given
    try:
        box = [float(number) for number in given]
    except (TypeError, ValueError):
        box = []
    if len(box) != 4:
        raise _gridloom.DataError(f"area is {given!r}; it is (west, south, east, north) in degrees, 'grid:CODE' or 'LAYER:ID'")
    return ",".join(repr(number) for number in box)
