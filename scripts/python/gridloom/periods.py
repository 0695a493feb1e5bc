# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Times of events, and the period that densities per day, week, month or year are divided by."""

from __future__ import annotations

import datetime
import warnings
from typing import Any, Dict, Optional, Sequence, Tuple

import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .points import Points


def times_of(events: pandas.DataFrame) -> pandas.Series:
    """When the events were, by the city's wall clock, to which times with a zone are brought where the frame says which city
    it is of (``attrs["time_zone"]``). Raises DataError for what pandas does not take for times."""
    if "occurred_at" not in events.columns:
        raise _gridloom.DataError("the events have no column 'occurred_at'; they have "
                                  f"{', '.join(map(str, events.columns))}")
    times = _datetimes(events["occurred_at"])
    if isinstance(times.dtype, pandas.DatetimeTZDtype):
        if zone := getattr(events, "attrs", {}).get("time_zone"):
            return times.dt.tz_convert(zone).dt.tz_localize(None)
        raise _gridloom.DataError(f"occurred_at has the time zone {times.dt.tz}, and days and hours are the city's: "
                                  ".dt.tz_convert(city.time_zone).dt.tz_localize(None) first")
    if not pandas.api.types.is_datetime64_dtype(times.dtype):
        raise _gridloom.DataError(f"occurred_at is of the type {times.dtype}: bring it to times with pandas.to_datetime")
    return times


def _datetimes(times: pandas.Series) -> pandas.Series:
    """Objects that are dates and times, or nothing, as datetime64."""
    if isinstance(times.dtype, pandas.CategoricalDtype):
        times = times.astype(times.cat.categories.dtype)
    if times.dtype == object:
        known = times[times.notna()]
        if known.map(lambda value: isinstance(value, (datetime.date, numpy.datetime64))).all():  # texts would be guessed
            aware = known.map(lambda value: getattr(value, "tzinfo", None) is not None)
            if aware.any() and not aware.all():
                raise _gridloom.DataError(f"occurred_at has a time zone in {int(aware.sum())} of {len(known)} rows: one rule for all is needed")
            return pandas.to_datetime(times, utc=bool(aware.any()))
    return times


def seconds_of(times: pandas.Series) -> numpy.ndarray:
    """Seconds since 1970 of the wall clock; int64's least where there is no time."""
    return times.to_numpy().astype("datetime64[s]").astype("int64")


def moment_of(given: Any, what: str, time_zone: Optional[str] = None) -> Optional[pandas.Timestamp]:
    """A date or time by the city's wall clock; one with a zone is brought to ``time_zone``. None for None. Raises DataError for
    numbers, which pandas takes for nanoseconds since 1970, for what is no date, and for a zone that cannot be brought to it."""
    if given is None:
        return None
    if isinstance(given, (int, float, numpy.number)):
        raise _gridloom.DataError(f"{what} is the number {given}: state a date, such as \"{int(given) % 10000:04d}-01-01\"")
    try:
        moment = pandas.Timestamp(given)
    except (TypeError, ValueError) as error:
        raise _gridloom.DataError(f"{what} is {given!r}, which is no date or time: {error}") from None
    if moment.tzinfo is None:
        return moment
    if time_zone is None:
        raise _gridloom.DataError(f"{what} has the time zone {moment.tzinfo}, and times are the city's: state its wall clock's")
    return moment.tz_convert(time_zone).tz_localize(None)


def within_period(points: Points, weights: numpy.ndarray, per: str,
                  period: Optional[Sequence[Any]]) -> Tuple[Points, numpy.ndarray, Dict[str, Any]]:
    """The points in the period, their weights, and its record: unit, units, from, until_before, open_ends, left_out.

    period: [start, end), either None where it is open: then it is the day of the first, or last, of ``occurred_at``, without
    strays, and a warning says so. Raises DataError where that cannot be told: without times, and where all lie on one day.
    """
    start, end = (_seconds_of(moment_of(at, "period")) for at in period or (None, None))
    timed = isinstance(points, pandas.DataFrame) and "occurred_at" in points.columns
    if not timed and (start is None or end is None):
        raise _gridloom.DataError(f"per='{per}' needs the time that the points cover: give a frame with occurred_at, or "
                                  "period=(start, end)")
    seconds = seconds_of(times_of(points)) if timed else numpy.empty(0, "int64")
    found = _gridloom.covered_period(seconds, start, end, per)
    if found is None:
        raise _gridloom.DataError("no point has a time: state period=(start, end)")
    if not found["divides"]:
        raise _gridloom.DataError(f"{_text(found['from'])} until before {_text(found['until'])} is too short a time to divide "
                                  "by: state period=(start, end)")
    record = {"unit": per, "units": found["units"], "from": _text(found["from"]), "until_before": _text(found["until"]),
              "open_ends": "none" if found["stated"] else "those of the points", "left_out": found["strays"] + found["undated"]}
    if not found["stated"]:
        warnings.warn(_choice(record, found), stacklevel=3)
    if not record["left_out"]:
        return points, weights, record
    inside = (seconds >= found["from"]) & (seconds < found["until"])
    return points[inside], weights[inside] if len(weights) else weights, record


def _choice(record: Dict[str, Any], found: Dict[str, Any]) -> str:
    told = (f"the density is divided by the time that the points cover, {record['units']:.2f} {record['unit']}s, "
            f"{record['from']} until before {record['until_before']}")
    if record["left_out"]:
        told += f"; {record['left_out']} without a time, or far from all others, are left out"
    if found["has_gap"]:
        told += f"; none lies between {_text(found['gap_from'])} and {_text(found['gap_until'])}"
    return told + ". State period=(start, end) where another time is meant"


def _seconds_of(moment: Optional[pandas.Timestamp]) -> Optional[int]:
    return None if moment is None else int(moment.to_datetime64().astype("datetime64[s]").astype("int64"))


def _text(seconds: int) -> str:
    moment = str(numpy.datetime64(seconds, "s"))
    return moment[:10] if moment.endswith("T00:00:00") else moment
