# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""How many events where, when and of what kind: what analysts ask for most."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .numbers import flags_of, numbers_of
from .periods import seconds_of, times_of
from .points import coordinates, require_metres, rings, threads_or_all, window_told
from .project import Project
from .remote import RemoteProject

_NUMBERS = {"hour", "weekday", "month_of_year", "year"}  # told as whole numbers, other periods as texts
_REACH_M = 1e6  # from the first corner of the cells: the lattice's
Column = Tuple[Sequence[Any], numpy.ndarray]  # the different values, and their index by row: -1 is none


def counts(source: Union[Project, RemoteProject, pandas.DataFrame, geopandas.GeoDataFrame],
           by: Union[None, str, Sequence[str]] = None, *, cells: Optional[geopandas.GeoDataFrame] = None,
           size: Optional[float] = None, zeros: bool = False, threads: Optional[int] = None,
           **filters: Any) -> pandas.DataFrame:
    """Events by cell, periods and texts: the table of ``gridloom incidents counts``.

    source: a project, opened from a file or a server, or events: a frame as of ``Project.incidents``, or points. by: words,
    also as one text with commas; None: "grid", or "cell" where ``cells`` are given.

    * Cells, at most one kind: "grid", the id of a layer or an administrative level, "square" or "hexagon" of ``size`` metres
      from side to side; of a frame "grid" (its ``grid_code``) or "cell", the polygons ``cells`` in any CRS, told by their
      column code or id, else by their index.
    * Periods of the city's time: "day", "week" (its Monday), "month", "quarter", "year"; "hour" (0 to 23), "weekday" (1 is
      Monday), "month_of_year" (1 to 12).
    * Texts: "category", "subcategory", "agency", "severity", "status"; of a frame any of its columns.

    zeros: every cell with every period from the first to the last (of ``start`` to ``end`` where a project is asked) and every
    text, else only what there is. filters: of a project, as in ``Project.incidents``.

    Returns a frame with a column for each word in this order, and count (int64); sorted. A cell, period or text is None where
    there is none: outside of all cells, without a time, and at no hour where only the date is known. The counts sum to the
    number of events. On a common border, and where cells overlap, the first cell counts; nothing counts twice.
    ``attrs["provenance"]``: by, n, counted (in a cell and a period), outside, without_period, window. Raises DataError for events
    in degrees, for other words, for times that are no datetime64 or have a zone, and for more rows than memory has room for.

    Example: ``gridloom.counts(city, "grid,month", category="311 Rodent", zeros=True)``
    """
    words = _words(by, cells)
    if isinstance(source, (Project, RemoteProject)):
        if cells is not None:
            raise _gridloom.DataError("a project counts in its own cells by their names; for other polygons give its incidents: "
                                      "counts(city.incidents(), cells=...)")
        names, columns, number, window = source._counts(words, float(size or 0), zeros, filters, threads_or_all(threads))
    else:
        if filters or size is not None:
            raise _gridloom.DataError(f"{', '.join([*filters, *(['size'] if size is not None else [])])}: a frame has no filters and no "
                                      "cells of a size; filter it first, and give cells=, as from regular_cells")
        names, columns, number = _count_frame(source, words, cells, zeros, threads)
        window = window_told(source)
    table = pandas.DataFrame({name: _values(name, column) for name, column in zip(names, columns)})
    table["count"] = numpy.asarray(number, dtype="int64")
    table.attrs["provenance"] = _provenance(names, columns, table["count"], zeros, window)
    return table


def _words(by: Union[None, str, Sequence[str]], cells: Any) -> List[str]:
    if by is None:
        return ["grid" if cells is None else "cell"]
    words = [word for word in by.split(",") if word] if isinstance(by, str) else list(by)
    if cells is not None and "cell" not in words:
        words.insert(0, "cell")
    if len(set(words)) < len(words):
        raise _gridloom.DataError(f"counts go by each word once, not by {', '.join(words)}")
    return words


def _values(name: str, column: Column) -> Any:
    """The values by row; whole numbers where periods are, Int64 where one is missing."""
    values, index = column
    if name in _NUMBERS:
        numbers = numpy.array([*map(int, values), 0], dtype="int64")[index]
        missing = index < 0
        return pandas.arrays.IntegerArray(numbers, missing) if missing.any() else numbers
    told = numpy.empty(len(values) + 1, dtype=object)
    told[:-1] = [None if value == "" else value for value in values]
    told[-1] = None
    return told[index]


def _provenance(names: Sequence[str], columns: Sequence[Column], number: pandas.Series, zeros: bool, window: Any) -> Dict[str, Any]:
    whole, outside, lost = int(number.sum()), numpy.zeros(len(number), bool), numpy.zeros(len(number), bool)
    for name, (_, index) in zip(names, columns):
        if name in _gridloom.PERIODS:
            lost |= index < 0
        elif name not in _gridloom.FIELDS and name == names[0]:
            outside |= index < 0
    counted = number.to_numpy()
    return {"method": "counts", "by": list(names), "zeros": zeros, "n": whole, "counted": int(counted[~outside & ~lost].sum()),
            "outside": int(counted[outside].sum()), "without_period": int(counted[lost].sum()), "window": window}


# --- frames ---


def _count_frame(events: pandas.DataFrame, words: Sequence[str], cells: Optional[geopandas.GeoDataFrame], zeros: bool,
                 threads: Optional[int]) -> Tuple[List[str], List[Column], numpy.ndarray]:
    kind = [word for word in words if word == "cell" or (word == "grid" and "grid" not in events.columns)]
    if len(kind) > 1:
        raise _gridloom.DataError("counts go by one kind of cells: 'cell' or 'grid'")
    periods = [word for word in words if word in _gridloom.PERIODS and word not in events.columns]
    texts = [word for word in words if word not in kind and word not in periods]
    for word in texts:
        if word not in events.columns:
            raise _gridloom.DataError(
                f"the events have no column '{word}'; they have {', '.join(map(str, events.columns))}, and counts go by "
                f"{', '.join(_gridloom.PERIODS)}, by grid of a frame with grid_code, and by cell with cells=")
    names, cell = ([], numpy.empty(0, "int32")) if not kind else _placed(events, kind[0], cells, zeros, threads)
    seconds, clock = numpy.empty(0, "int64"), numpy.empty(0, "uint8")
    if periods:
        seconds = seconds_of(times_of(events))
        clock = flags_of(events["has_clock"]) if "has_clock" in events.columns else numpy.ones(len(events), bool)
    columns = [_factorised(events[word]) for word in texts]
    found = _gridloom.count_arrays(cell, len(names) if kind else -1, seconds, clock.astype("uint8"), periods,
                                   [([f"{i:09d}" for i in range(len(values))], index) for values, index in columns], len(events), zeros)
    told: List[Column] = []
    for position, (labels, index) in enumerate(found["columns"]):
        if kind and position == 0:
            told.append((names, index))
        elif position < len(kind) + len(periods):
            told.append((labels, index))
        else:
            values = columns[position - len(kind) - len(periods)][0]
            told.append(([values[int(label)] for label in labels], index))
    return [*kind, *periods, *texts], told, found["count"]


def _factorised(column: pandas.Series) -> Column:
    """The different values, None the first where one is missing, and their index by row."""
    plain = column.astype(object) if isinstance(column.dtype, pandas.CategoricalDtype) else column
    index, values = pandas.factorize(plain)
    values = list(values)
    try:
        order = sorted(range(len(values)), key=lambda i: values[i])
    except TypeError:  # of several kinds
        order = sorted(range(len(values)), key=lambda i: (type(values[i]).__name__, str(values[i])))
    rank = numpy.empty(len(values) + 1, "int32")
    rank[order] = numpy.arange(1, len(values) + 1)
    rank[-1] = 0  # missing
    told = rank[index]
    if (index < 0).any():
        return [None, *(values[i] for i in order)], told
    return [values[i] for i in order], told - 1


def _placed(events: pandas.DataFrame, kind: str, cells: Optional[geopandas.GeoDataFrame], zeros: bool,
            threads: Optional[int]) -> Tuple[Sequence[Any], numpy.ndarray]:
    """The names of the cells, and that of each event, -1 outside; on a common border, and where cells overlap, the first."""
    if kind == "grid":
        if "grid_code" not in events.columns:
            raise _gridloom.DataError("the events have no grid_code: give the cells to count in, as a GeoDataFrame")
        if zeros:
            raise _gridloom.DataError("which grids have no event cannot be told from events: give cells=city.grids(), or the project")
        codes = events["grid_code"]
        plain = codes.astype(object) if isinstance(codes.dtype, pandas.CategoricalDtype) else codes
        index, names = pandas.factorize(plain, sort=True)
        return list(names), index.astype("int32")
    if cells is None:
        raise _gridloom.DataError("by 'cell' needs the cells: give cells=, a GeoDataFrame of polygons")
    x, y, crs = coordinates(events)
    name = require_metres(crs, x, y, "the events")
    shapes = rings(cells.geometry.to_crs(name) if name and cells.crs is not None else cells.geometry)
    near = (numpy.abs(x - shapes[0][0]) < _REACH_M) & (numpy.abs(y - shapes[1][0]) < _REACH_M)  # others, and NaN, are outside
    found = numpy.full(len(x), -1, "int32")
    found[near] = _gridloom.place(*shapes, x[near], y[near], threads_or_all(threads), None)
    return _names(cells), found


def _names(cells: geopandas.GeoDataFrame) -> List[Any]:
    for column in ("code", "id"):
        if column in getattr(cells, "columns", ()):
            return list(cells[column])
    return list(cells.index)


def suppress(table: pandas.DataFrame, k: int = 5) -> pandas.DataFrame:
    """The table for publication: with its totals (row and column "total"), and NaN where a count could point at persons.

    table: counts, cells in rows, categories or periods in columns. Counts of 1 to k - 1 are blank, and as many more as
    are needed that no blank one follows from the totals (complementary suppression). Zeros are shown. Raises DataError for
    what is no whole number from 0, missing values among them.

    Example: ``gridloom.suppress(gridloom.counts(city, "borough,category").pivot_table("count", "borough", "category", fill_value=0))``
    """
    values = numpy.column_stack([numbers_of(table.iloc[:, i], "the counts") for i in range(table.shape[1])]) \
        if table.shape[1] else numpy.empty(table.shape)
    if not numpy.isfinite(values).all():
        raise _gridloom.DataError(f"{int((~numpy.isfinite(values)).sum())} counts are missing: fill them, as with .fillna(0) where nothing "
                                  "happened")
    if (values < 0).any() or (values != numpy.round(values)).any():
        raise _gridloom.DataError("counts are whole numbers from 0")
    public = pandas.DataFrame(values, index=table.index, columns=table.columns)
    public["total"] = public.sum(axis=1)
    public.loc["total"] = public.sum(axis=0)
    return public.mask(_gridloom.suppressed(values.astype("uint64"), k))
