# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Points and CRS as callers have them, checked: metres, finite, and how many coincide."""

from __future__ import annotations

import os
import warnings
from typing import Any, List, Optional, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]
import pyproj

from . import _gridloom
from .labels import in_order_of, labels_of
from .numbers import numbers_of

Points = Union[geopandas.GeoDataFrame, geopandas.GeoSeries, pandas.DataFrame, numpy.ndarray]


class CoincidenceWarning(UserWarning):
    """Many points share their exact place: geocoded to one address or street centre, they look like a spike."""


def threads_or_all(threads: Optional[int]) -> int:
    """The number given, or that of the processors."""
    if threads is None:
        return os.cpu_count() or 1
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")
    return threads


def _advice(x: numpy.ndarray, y: numpy.ndarray) -> str:
    if len(x) == 0 or not (numpy.isfinite(x).any() and numpy.isfinite(y).any()):
        return "a projected CRS in metres"
    lon, lat = float(numpy.nanmean(x)), float(numpy.nanmean(y))
    zone = min(60, int((lon + 180) // 6) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}, the UTM zone of their centre"


def require_metres(crs: Any, x: numpy.ndarray, y: numpy.ndarray, what: str) -> str:
    """The CRS as text, "" where none is stated.

    Raises DataError for degrees, stated or evident (no CRS, and everything within ±180, ±90, nearly all with fractions), for a CRS whose
    unit is not the metre, and for one whose metres are not those of the ground where the data lie (Web Mercator: 1.3 times as
    many in New York); the message names what to do.
    """
    if crs is None or crs == "":
        known = numpy.isfinite(x) & numpy.isfinite(y)
        degrees = bool(known.any() and (numpy.abs(x[known]) <= 180).all() and (numpy.abs(y[known]) <= 90).all())
        placed = known & ((x != 0) | (y != 0))  # (0, 0) stands for no place
        broken = (x[placed] != numpy.round(x[placed])) & (y[placed] != numpy.round(y[placed]))
        if degrees and len(broken) and 10 * broken.sum() >= 9 * len(broken):
            raise _gridloom.DataError(
                f"{what} look like longitude and latitude in degrees, and no CRS is stated; distances are in metres. "
                f"Project them first: GeoSeries(..., crs=4326).to_crs(...) with {_advice(x, y)}")
        return ""
    parsed = pyproj.CRS.from_user_input(crs)
    if parsed.is_geographic:
        raise _gridloom.DataError(
            f"{what} are in {parsed.to_string()}, in degrees; distances are in metres. Project them first: "
            f".to_crs(...) with {_advice(x, y)}")
    units = {axis.unit_name for axis in parsed.axis_info if axis.direction in ("east", "north", "west", "south")}
    if units - {"metre", "meter"}:
        raise _gridloom.DataError(
            f"{what} are in {parsed.to_string()}, whose unit is the {', '.join(sorted(units))}; .to_crs(...) to a CRS in "
            "metres first")
    code = parsed.to_epsg()
    name = f"EPSG:{code}" if code else parsed.to_wkt()
    finite = numpy.flatnonzero(numpy.isfinite(x) & numpy.isfinite(y))
    if len(finite):  # where the middle one lies: some at (0, 0), which stands for no place, are not where the data are
        middle = finite[numpy.argpartition(x[finite], len(finite) // 2)[len(finite) // 2]]
        _gridloom.require_true_scale(what, parsed.to_string() if code else parsed.name, name, float(x[middle]),
                                     float(y[middle]))
    return name


def coordinates(points: Points, crs: Any = None) -> Tuple[numpy.ndarray, numpy.ndarray, Any]:
    """x, y (float64, shape (n,)) and the CRS of points: a GeoDataFrame or GeoSeries of points, a frame with columns x
    and y (its CRS in ``attrs["crs"]``), or an array of shape (n, 2)."""
    if isinstance(points, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        geometry = points.geometry
        nowhere = (geometry.isna() | geometry.is_empty).to_numpy()
        if not (geometry[~nowhere].geom_type == "Point").all():
            raise _gridloom.DataError("points are wanted; take .centroid or .representative_point() of other geometries")
        own = geometry.crs
        x, y = numpy.full(len(geometry), numpy.nan), numpy.full(len(geometry), numpy.nan)
        x[~nowhere], y[~nowhere] = geometry[~nowhere].x.to_numpy(float), geometry[~nowhere].y.to_numpy(float)
    elif isinstance(points, pandas.DataFrame):
        if not {"x", "y"} <= set(points.columns):
            raise _gridloom.DataError("a frame of points has the columns x and y, in metres of a projected CRS")
        own = points.attrs.get("crs")
        x, y = numbers_of(points["x"], "x of points"), numbers_of(points["y"], "y of points")
    else:
        array = numpy.asarray(points, dtype=float)
        if array.ndim != 2 or array.shape[1] != 2:
            raise _gridloom.DataError(f"an array of points has the shape (n, 2), not {array.shape}")
        own = None
        x, y = array[:, 0], array[:, 1]
    return numpy.ascontiguousarray(x), numpy.ascontiguousarray(y), own if own is not None else crs


def require_finite(x: numpy.ndarray, y: numpy.ndarray) -> None:
    """Raises DataError where a point has no finite place, telling how many."""
    if not (numpy.isfinite(x).all() and numpy.isfinite(y).all()):
        raise _gridloom.DataError(f"{int((~numpy.isfinite(x + y)).sum())} points have no finite place: leave them out")


def weights_of(weights: Any, points: Points) -> numpy.ndarray:
    """Weights of points as an array, empty for None; a Series by the labels of the points. Raises DataError unless there is
    one for each, finite, not negative."""
    if weights is None:
        return numpy.empty(0)
    weights = in_order_of(labels_of(points), weights, "the weights", "the points")
    given = numbers_of(weights, "the weights")
    if given.shape != (len(points),) or not (given >= 0).all() or not numpy.isfinite(given).all():
        raise _gridloom.DataError("weights must be one for each point, finite and not negative")
    return given


def window_told(points: Any) -> List[str]:
    """From when to when points are, as far as they tell: the window they were asked for with, while they are those that came of
    it; after a filter of one's own the days of the first and the last; "open" where nothing is known."""
    attrs = getattr(points, "attrs", {})
    if "window" in attrs and attrs.get("n") in (None, len(points)):
        return list(attrs["window"])
    if isinstance(points, pandas.DataFrame) and "occurred_at" in points.columns:
        times = pandas.to_datetime(points["occurred_at"], errors="coerce").dropna()
        if len(times):
            return [f"first {times.min():%Y-%m-%d}", f"last {times.max():%Y-%m-%d}"]
    return ["open", "open"]


def told_coincidence(x: numpy.ndarray, y: numpy.ndarray, warn_from: float = 0.1) -> dict:
    """How many points share their millimetre: points, coincident, places, most, share. Warns from a share of 10 %."""
    found = _gridloom.coincidence(x, y)
    if found["share"] >= warn_from:
        warnings.warn(
            f"{100 * found['share']:.0f} % of the {found['points']:,} points share their exact place with another "
            f"({found['most']:,} at the fullest place): addresses and street centres they were geocoded to may look "
            "like hot spots", CoincidenceWarning, stacklevel=3)
    return found


def rings(cells: geopandas.GeoSeries) -> _gridloom._Polygons:
    """Polygons as ragged arrays: x, y, ring offsets, holes, cell offsets. Raises DataError for other geometries."""
    lines: List[numpy.ndarray] = []
    holes: List[bool] = []
    cell_at = [0]
    for position, shape in enumerate(cells):
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise _gridloom.DataError(f"cell {position} is no polygon; for weights of points take kind='knn', 'distance' or "
                                      "'kernel'")
        for part in getattr(shape, "geoms", [shape]):
            for ring in (part.exterior, *part.interiors):
                lines.append(numpy.asarray(ring.coords)[:-1, :2])
                holes.append(ring is not part.exterior)
        cell_at.append(len(lines))
    ring_at = numpy.cumsum([0, *map(len, lines)]).astype("int64")
    xy = numpy.concatenate(lines)
    return (numpy.ascontiguousarray(xy[:, 0]), numpy.ascontiguousarray(xy[:, 1]), ring_at, numpy.array(holes, "uint8"),
            numpy.array(cell_at, "int64"))
