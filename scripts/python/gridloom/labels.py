# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Whose value is whose: pandas labels are matched, or refused."""

from __future__ import annotations

from typing import Any, Optional

import numpy
import pandas  # type: ignore[import]

from . import _gridloom


def labels_of(values: Any) -> Optional[pandas.Index]:
    """The labels of a Series or frame; None for what has none, such as an array."""
    return values.index if isinstance(values, (pandas.Series, pandas.DataFrame)) else None


def in_order_of(labels: Optional[pandas.Index], values: Any, what: str, whose: str) -> Any:
    """The values, a Series brought to the order of ``labels``.

    Raises DataError for a Series whose labels are not those, or would have to be guessed. Where the others have no labels
    (``labels`` is None) the order is all there is: then a Series numbered from 0 in another order is refused, for it was
    sorted, and the others perhaps were not.
    """
    own = labels_of(values)
    if own is None or (labels is not None and own.equals(labels)):
        return values
    if labels is None:
        if _numbered_out_of_order(own):
            raise _gridloom.DataError(
                f"{what} are numbered 0 to {len(own) - 1} in another order, and {whose} have no labels to tell whose "
                f"value is whose: bring them to the order of {whose}, as with .sort_index(), or pass .to_numpy() where they are")
        return values
    if not own.is_unique or not labels.is_unique:
        raise _gridloom.DataError(f"{what} and {whose} have different indexes with labels that stand twice: "
                                  ".reset_index(drop=True) both, or pass .to_numpy() where the order is the same")
    without, foreign = labels.difference(own, sort=False), own.difference(labels, sort=False)
    if len(without) or len(foreign):
        faults = [f"{len(without)} of {whose} have no value, such as {without[0]!r}"] if len(without) else []
        faults += [f"{len(foreign)} of {what} belong to none of {whose}, such as {foreign[0]!r}"] if len(foreign) else []
        raise _gridloom.DataError(f"labels do not match: {'; '.join(faults)}. Give both one index, as with .set_index(...) "
                                  "and .reindex(...), or pass .to_numpy() where the order is the same")
    return values.reindex(labels)


def _numbered_out_of_order(own: pandas.Index) -> bool:
    if not pandas.api.types.is_integer_dtype(own.dtype) or own.is_monotonic_increasing:
        return False
    return bool((numpy.sort(own.to_numpy()) == numpy.arange(len(own))).all())
