# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Columns as people have them: nullable, categorical, of objects, with values missing."""

from __future__ import annotations

from typing import Any

import numpy
import pandas  # type: ignore[import]

from . import _gridloom


def numbers_of(values: Any, what: str) -> numpy.ndarray:
    """As float64, NaN where a value is missing (None, NA, NaT, NaN). Raises DataError for what is no number."""
    if isinstance(values, (pandas.Series, pandas.Index)) or hasattr(values, "isna"):
        series = pandas.Series(values)
        if isinstance(series.dtype, pandas.CategoricalDtype):
            series = series.astype(object)
        if pandas.api.types.is_datetime64_any_dtype(series.dtype) or pandas.api.types.is_timedelta64_dtype(series.dtype):
            raise _gridloom.DataError(f"{what} are of the type {series.dtype}: numbers are wanted")
        if pandas.api.types.is_bool_dtype(series.dtype) or pandas.api.types.is_numeric_dtype(series.dtype):
            return numpy.ascontiguousarray(series.to_numpy(dtype=float, na_value=numpy.nan))
        values = series.to_numpy(dtype=object)
    array = numpy.asarray(values)
    if array.dtype != object:
        if array.dtype.kind not in "biuf":
            raise _gridloom.DataError(f"{what} are of the type {array.dtype}: numbers are wanted")
        return numpy.ascontiguousarray(array, dtype=float)
    return numpy.ascontiguousarray([_number(value, what) for value in array.ravel()], dtype=float).reshape(array.shape)


def _number(value: Any, what: str) -> float:
    if value is None or value is pandas.NA or value is pandas.NaT:
        return numpy.nan
    if isinstance(value, (str, bytes)):
        raise _gridloom.DataError(f"{what} have the text {value!r}: bring them to numbers with pandas.to_numeric")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise _gridloom.DataError(f"{what} have {value!r}, which is no number") from None


def flags_of(values: Any) -> numpy.ndarray:
    """As bool, False where a value is missing."""
    return pandas.Series(values).fillna(False).to_numpy(dtype=bool)
