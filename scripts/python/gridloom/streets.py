# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Density along streets, in events per km."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import shapely.geometry  # type: ignore[import]

from . import _gridloom
from .points import Points, coordinates, require_finite, require_metres, threads_or_all, told_coincidence, weights_of, window_told


def street_density(points: Points, streets: Union[geopandas.GeoDataFrame, geopandas.GeoSeries], bandwidth: float, *,
                   piece: float = 50, kernel: str = "quartic", split: str = "continuous", reach: float = 50,
                   weights: Optional[Sequence[float]] = None, least_share: float = _gridloom.LEAST_SHARE, crs: Any = None,
                   threads: Optional[int] = None,
                   progress: Optional[Callable[[float], Any]] = None) -> geopandas.GeoDataFrame:
    """Kernel density along streets, one row a piece of street: where on which street, not where on the map.

    points: as in ``heatmap``. streets: lines in any projected CRS in metres; they meet at their ends and where they share a
    vertex, to the millimetre; lines that cross without one (bridges) do not. bandwidth: metres along the streets. piece:
    streets are cut in equal pieces no longer than this. kernel: "uniform", "epanechnikov", "quartic", "triweight". split at
    a junction of d streets (Okabe, Satoh & Sugihara 2009): "continuous" gives 2/d to each other one and (2 - d)/d back,
    "discontinuous" 1/(d - 1) to each other one. reach: points farther from every street are left out. weights: as in
    ``heatmap``. least_share: a walk ends when its share of the kernel is smaller, its mass stays there; for streets much
    shorter than the bandwidth, whose walks are many; 0: never.

    Columns: street (the index of ``streets``, by which its names and classes are joined), piece (numbers from 0 along it), length_m, events_per_km (the mean over the piece), geometry. The sum of
    events_per_km times length is the weight of the points counted. ``attrs["provenance"]`` has method, parameters, n,
    counted, beyond_reach, the network's length and number of connected parts. Raises DataError for degrees, other
    geometries, points and streets in different CRS.

    Example: ``gridloom.street_density(rats, streets, bandwidth=300)``
    """
    x, y, stated = coordinates(points, crs)
    require_finite(x, y)
    name = require_metres(stated, x, y, "the points")
    lines, row_of = _lines(streets)
    line_x, line_y, line_at = _ragged(lines)
    own = streets.crs if streets.crs is not None else None
    street_crs = require_metres(own if own is not None else crs, line_x, line_y, "the streets")
    if name and street_crs and name != street_crs:
        raise _gridloom.DataError(f"the points are in {name}, the streets in {street_crs}: .to_crs(...) one of them")
    for what, metres in (("bandwidth", bandwidth), ("piece", piece), ("reach", reach)):
        if not 0.001 <= metres <= 500_000:
            raise _gridloom.DataError(f"{what} is {metres}; it must be between 0.001 and 500000 metres")
    if kernel == "gaussian":
        raise _gridloom.DataError("the Gaussian has no end: along streets take the kernel 'quartic'")
    weight = weights_of(weights, points)
    coincident = told_coincidence(x, y)
    found = _gridloom.along_streets(x, y, weight, line_x, line_y, line_at, kernel, split, float(bandwidth), float(piece),
                                    float(reach), float(least_share), threads_or_all(threads), progress)
    xy, at = numpy.column_stack([found["x"], found["y"]]), found["line_at"]
    shapes = [shapely.geometry.LineString(xy[a:b]) for a, b in zip(at[:-1], at[1:])]
    row = row_of[found["street"]]
    first = numpy.searchsorted(row, row)  # parts of a street follow each other
    frame = geopandas.GeoDataFrame(
        {"street": streets.index.take(row), "piece": numpy.arange(len(shapes)) - first, "length_m": found["length_m"],
         "events_per_km": found["value"]},
        geometry=geopandas.GeoSeries(shapes, crs=street_crs or name or None), crs=street_crs or name or None)
    frame.attrs["provenance"] = {
        "method": "network kernel density", "kernel": kernel, "split": split, "bandwidth_m": float(bandwidth),
        "piece_m": float(piece), "reach_m": float(reach), "least_share": float(least_share), "n": len(x),
        "counted": found["on"], "beyond_reach": found["off"], "streets": found["streets"], "parts": found["parts"],
        "network_km": found["network_m"] / 1000, "weighted": weights is not None, "units": "events per km of street",
        "coincident_share": coincident["share"],
        "window": window_told(points)}
    return frame


def _lines(streets: Union[geopandas.GeoDataFrame, geopandas.GeoSeries]) -> Tuple[List[numpy.ndarray], numpy.ndarray]:
    """The lines, and of each the position of the street that it is of, or a part of."""
    lines: List[numpy.ndarray] = []
    row_of: List[int] = []
    for position, shape in enumerate(streets.geometry):
        if shape is None or shape.is_empty or shape.geom_type not in ("LineString", "LinearRing", "MultiLineString"):
            raise _gridloom.DataError(f"street {position} is no line")
        parts = [numpy.asarray(part.coords)[:, :2] for part in getattr(shape, "geoms", [shape])]
        lines += parts
        row_of += [position] * len(parts)
    if not lines:
        raise _gridloom.DataError("there are no streets")
    return lines, numpy.array(row_of)


def _ragged(lines: List[numpy.ndarray]) -> Any:
    xy = numpy.concatenate(lines)
    return (numpy.ascontiguousarray(xy[:, 0]), numpy.ascontiguousarray(xy[:, 1]),
            numpy.cumsum([0, *map(len, lines)]).astype("int64"))
