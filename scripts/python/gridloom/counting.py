# SPDX-License-Identifier: Apache-2.0
"""How many events where, when and of what kind: what analysts ask for most."""

from __future__ import annotations

import itertools
from typing import Any, List, Optional, Sequence, Union

import geopandas
import numpy
import pandas

from . import _gridloom
from .periods import times_of
from .points import coordinates, require_metres, rings, threads_or_all
from .project import Project

_OF_CLOCK = {"hour"}
_DERIVED = {"hour", "weekday", "month", "year"}  # of occurred_at; weekday 0 is Monday
_REACH_M = 1e6  # from the first corner of the cells: the lattice's
_DAY = pandas.Timedelta(days=1)
_IN_A_YEAR = {pandas.offsets.MonthEnd: 12, pandas.offsets.QuarterEnd: 4, pandas.offsets.YearEnd: 1, pandas.offsets.Week: 1}


def _unit(period: str) -> Any:
    """The pandas offset of a period. Raises DataError for what is no unit that days, weeks, months or years begin with."""
    try:
        unit = pandas.tseries.frequencies.to_offset(period)
    except ValueError:
        unit = None
    if isinstance(unit, pandas.offsets.Tick):
        fits = unit.n > 0 and _DAY % unit.delta == pandas.Timedelta(0)
    else:
        whole = _IN_A_YEAR.get(type(unit))
        fits = whole is not None and unit.n > 0 and whole % unit.n == 0
    if not fits:
        raise _gridloom.DataError(f"period is '{period}'; it can be Y, Q, M, W, D, H, T (minutes) or S (seconds), and as many "
                                  "of a unit as divide a day or a year: 6H, 30T, 3M")
    return unit


def _needs_clock(period: Optional[str]) -> bool:
    """Whether an event known by its date has no place in such periods."""
    unit = None if period is None else _unit(period)
    return isinstance(unit, pandas.offsets.Tick) and unit.delta < _DAY


def _periods(times: pandas.Series, period: str) -> pandas.Series:
    """The period of each time. pandas labels several units as one without binning them: that is done here."""
    unit = _unit(period)
    found = times.dt.to_period(unit.base)
    if unit.n == 1:
        return found
    ordinals = found.array.asi8
    first = numpy.where(found.isna(), ordinals, ordinals // unit.n * unit.n)  # days and years begin with ordinal 0
    return pandas.Series(pandas.arrays.PeriodArray(first, freq=unit), index=times.index)


def _periods_between(first: pandas.Period, last: pandas.Period) -> List[pandas.Period]:
    return list(pandas.arrays.PeriodArray(numpy.arange(first.ordinal, last.ordinal + 1, first.freq.n), freq=first.freq))


def _placed(events: pandas.DataFrame, cells: Optional[geopandas.GeoDataFrame]) -> pandas.Series:
    """The cell of each event, None outside; on a common border, and where cells overlap, the first."""
    if cells is None:
        if "grid_code" not in events.columns:
            raise _gridloom.DataError("the events have no grid_code: give the cells to count in, as a GeoDataFrame")
        return events["grid_code"]
    x, y, crs = coordinates(events)
    name = require_metres(crs, x, y, "the events")
    shapes = rings(cells.geometry.to_crs(name) if name and cells.crs is not None else cells.geometry)
    near = (numpy.abs(x - shapes[0][0]) < _REACH_M) & (numpy.abs(y - shapes[1][0]) < _REACH_M)  # others, and NaN, are outside
    found = numpy.full(len(x), -1, "int32")
    found[near] = _gridloom.place(*shapes, x[near], y[near], threads_or_all(None), None)
    return pandas.Series(numpy.array([*_names(cells), None], dtype=object)[found], index=events.index)


def _names(cells: geopandas.GeoDataFrame) -> List[Any]:
    for column in ("code", "id"):
        if column in cells.columns:
            return cells[column].tolist()
    return cells.index.tolist()


def _keys(events: pandas.DataFrame, by: Sequence[str], period: Optional[str]) -> pandas.DataFrame:
    keys = pandas.DataFrame(index=events.index)
    if period is not None:
        keys["period"] = _periods(times_of(events), period)
    for name in by:
        if name in _DERIVED:
            keys[name] = getattr(times_of(events).dt, name)
        elif name in events.columns:
            categorical = isinstance(events[name].dtype, pandas.CategoricalDtype)  # of which groups have all combinations
            keys[name] = events[name].astype(object) if categorical else events[name]
        else:
            raise _gridloom.DataError(f"the events have no column '{name}'; they have {', '.join(events.columns)}, and by "
                                      f"can name {', '.join(sorted(_DERIVED))}")
    return keys


def _every_combination(table: pandas.DataFrame, cells: Sequence[Any]) -> pandas.DataFrame:
    keys = list(table.columns[:-1])
    values: List[Sequence[Any]] = [list(cells)]
    for key in keys[1:]:
        seen = [*sorted(table[key].dropna().unique()), *table.loc[table[key].isna(), key].unique()]
        values.append(_periods_between(seen[0], seen[-1]) if key == "period" and seen else seen)
    full = pandas.DataFrame(list(itertools.product(*values)), columns=keys)
    return full.merge(table, how="left", on=keys).fillna({"events": 0}).astype({"events": "int64"})


def counts(source: Union[Project, pandas.DataFrame, geopandas.GeoDataFrame], by: Sequence[str] = ("category",),
           period: Optional[str] = None, cells: Optional[geopandas.GeoDataFrame] = None,
           zeros: bool = False) -> pandas.DataFrame:
    """Events per cell x period x category.

    source: a project, or events with ``occurred_at`` and a place: a frame as of ``Project.incidents``, or points.
    by: columns of the events (category, agency, ...) and hour, weekday (0 is Monday), month, year of ``occurred_at``.
    period: "Y", "Q", "M", "W", "D", "H", "T" (minutes), "S", other spellings of pandas ("min", "W-SUN"), and as many of a
    unit as divide a day or a year ("6H", "3M"), counted from midnight and from January; None: all time. cells: polygons in
    any CRS, told by their column code or id, else by their index; None: the project's grids. zeros: every cell with every
    period from the first to the last and every value of ``by``, else only what there is.

    Returns a frame with the columns cell, [period,] *by, events (int64), sorted. ``attrs["provenance"]``: n, counted,
    outside (of all cells), without_clock (events known by their date only; they never count at an hour, nor in periods
    shorter than a day), undated (no time, where one is asked about). They sum to n. On a common border, and where cells
    overlap, the first cell counts; nothing counts twice. Raises DataError for events in degrees, another period, times that
    are no datetime64 or have a zone, and for a column that is not there.
    """
    by = list(by)
    events = source.incidents() if isinstance(source, Project) else source
    cell = _placed(events, cells)
    keys = _keys(events, by, period)
    of_clock = bool(_OF_CLOCK & set(by)) or _needs_clock(period)
    everything = numpy.ones(len(events), bool)
    dated = events["occurred_at"].notna().to_numpy() if period is not None or _DERIVED & set(by) else everything
    timed = dated & (events["has_clock"].to_numpy() if of_clock and "has_clock" in events.columns else everything)
    inside = cell.notna().to_numpy()
    keys.insert(0, "cell", cell)
    table = keys[timed & inside].groupby(list(keys.columns), dropna=False).size().rename("events").reset_index()
    if zeros:
        names = _names(cells) if cells is not None else (
            source.grids()["code"].tolist() if isinstance(source, Project) else sorted(cell.dropna().unique()))
        table = _every_combination(table, names)
    table.attrs["provenance"] = {
        "method": "counts", "by": by, "period": period, "n": len(events), "counted": int((timed & inside).sum()),
        "outside": int((timed & ~inside).sum()), "without_clock": int((dated & ~timed).sum()), "undated": int((~dated).sum()),
        "window": events.attrs.get("window", ["open", "open"])}
    return table


def suppress(table: pandas.DataFrame, k: int = 5) -> pandas.DataFrame:
    """The table for publication: with its totals (row and column "total"), and NaN where a count could point at persons.

    table: counts, cells in rows, categories or periods in columns. Counts of 1 to k - 1 are blank, and as many more as
    are needed that no blank one follows from the totals (complementary suppression). Zeros are shown.
    """
    values = table.to_numpy()
    if not numpy.issubdtype(values.dtype, numpy.number) or (values < 0).any() or (values != numpy.round(values)).any():
        raise _gridloom.DataError("counts are whole numbers from 0")
    public = table.astype(float)
    public["total"] = public.sum(axis=1)
    public.loc["total"] = public.sum(axis=0)
    return public.mask(_gridloom.suppressed(values.astype("uint64"), k))
