# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Does a hot spot stand when the cells are cut otherwise? And regular cells to count in."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Dict, Optional, Sequence, Tuple

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]
import shapely.geometry  # type: ignore[import]

from . import _gridloom
from .ground import Mask, ground_of, polygons_of
from .points import Points, coordinates, require_finite, require_metres, rings, threads_or_all, told_coincidence, window_told
from .spots import hotspot_options


@dataclasses.dataclass(frozen=True)
class Sensitivity:
    """The same question on many cuts of the ground (the modifiable areal unit problem, Openshaw 1984).

    hot_share, cold_share: float64 (rows, columns), row 0 in the north: at the centre of each place, the cells of the smallest
    size at the first origin, of the runs that have a cell there those that call it hot, cold; NaN: none has one.
    dense_share: of the bandwidths, those under which the place is among the densest tenth. transform: as of ``Heatmap``.
    runs: one row a run: cell_m, west, north, neighbours_within_m (0: queen), cells, events, hot, cold. bandwidths: one row a
    pair: first_m, second_m, rank_correlation (Spearman), dense_in_both. provenance: how it came about.
    """

    hot_share: numpy.ndarray
    cold_share: numpy.ndarray
    dense_share: Optional[numpy.ndarray]
    transform: Tuple[float, float, float, float, float, float]
    crs: str
    runs: pandas.DataFrame
    bandwidths: pandas.DataFrame
    provenance: Dict[str, Any]


def sensitivity(points: Points, *, mask: Optional[Mask] = None, bounds: Optional[Sequence[float]] = None,
                cell_sizes: Sequence[float] = (250, 500, 1000), origins_per_axis: int = 2,
                neighbours_within: Sequence[float] = (), bandwidths: Sequence[float] = (250, 500, 1000),
                kernel: str = "quartic", method: str = "gi_star", alpha: float = 0.05, correction: str = "fdr",
                inference: str = "automatic", permutations: Optional[int] = None, seed: int = 1,
                window: Optional[str] = None, crs: Any = None, threads: Optional[int] = None,
                progress: Optional[Callable[[float], Any]] = None) -> Sensitivity:
    """Hot spots of counts on squares of every size, origin and band of neighbours, and the densities of every bandwidth: how
    much of a map is the map maker's choice.

    mask: the ground where events can happen; cells with their centre elsewhere are left out. bounds: west, south, east,
    north, None: the mask's, else the points'; cell edges lie on whole multiples of the size in the CRS, as in
    ``regular_cells``. cell_sizes: metres. origins_per_axis: 2 shifts by half a cell, so 4 origins a size.
    neighbours_within: metres between centres; empty: queen. bandwidths, kernel: of the densities that are compared. method
    "gi_star" or "gi", alpha, correction, inference, permutations, seed: as in ``hotspots``. The same for any number of
    threads. Raises DataError for degrees and as the engine's header says: a band smaller than a cell, over 4 million cells
    a run, too few cells.

    Example: ``gridloom.sensitivity(rats, mask=city.outline(), cell_sizes=(1000, 2000))``
    """
    x, y, stated = coordinates(points, crs)
    require_finite(x, y)
    name = require_metres(stated, x, y, "the points")
    shape = None if mask is None else ground_of(mask, name)
    if bounds is None and shape is None and len(x) == 0:
        raise _gridloom.DataError("there are no points: state bounds or mask")
    box = tuple(map(float, bounds)) if bounds is not None else (
        shape.bounds if shape is not None else (x.min(), y.min(), x.max(), y.max()))
    if len(box) != 4 or not (box[0] < box[2] and box[1] < box[3]):
        raise _gridloom.DataError("bounds are west, south, east, north, in metres")
    coincident = told_coincidence(x, y)
    options = hotspot_options(method, permutations=permutations, seed=seed, correction=correction, alpha=alpha,
                              inference=inference, window=window, threads=threads)
    options.update(cell_sizes=[float(s) for s in cell_sizes], origins_per_axis=int(origins_per_axis),
                   neighbours_within=[float(d) for d in neighbours_within], bandwidths=[float(b) for b in bandwidths],
                   kernel=kernel)
    found = _gridloom.sensitivity(x, y, [float(v) for v in box], polygons_of(shape), options, progress)
    records = [run.pop("record") for run in found["runs"]]
    cell = found["cell_m"]
    return Sensitivity(
        found["hot_share"], found["cold_share"], found["dense_share"],
        (cell, 0.0, found["west"], 0.0, -cell, found["north"]), name, pandas.DataFrame(found["runs"]),
        pandas.DataFrame(found["pairs"], columns=["first_m", "second_m", "rank_correlation", "dense_in_both"]),
        {**records[0], "method": f"sensitivity of {records[0]['method']}", "runs": len(records), "seed": int(seed),
         "cell_sizes_m": options["cell_sizes"], "origins_per_axis": int(origins_per_axis),
         "neighbours_within_m": options["neighbours_within"], "bandwidths_m": options["bandwidths"], "kernel": kernel,
         "n": len(x), "masked": mask is not None, "coincident_share": coincident["share"],
         "window": window or window_told(points)})


def regular_cells(ground: Mask, size: float, shape: str = "square", *, crs: Any = None, threads: Optional[int] = None,
                  progress: Optional[Callable[[float], Any]] = None) -> geopandas.GeoDataFrame:
    """Squares or hexagons with their centre in the ground: code, geometry.

    size: metres, 10 to 100 000; the side of squares, whose edges lie on whole multiples of it in the CRS, and the distance
    between opposite sides of hexagons: nets of neighbouring cities, and of other days, are the same. ground: polygons in a
    projected CRS in metres. crs: of ground that does not say. Raises DataError for degrees, other sizes and over a million
    places in the box.

    Example: ``gridloom.regular_cells(city.outline(), size=1000, shape="hexagon")``
    """
    own = getattr(ground, "crs", None)
    area = rings(ground.geometry if hasattr(ground, "geometry") else geopandas.GeoSeries([ground]))
    name = require_metres(own if own is not None else crs, area[0], area[1], "the ground")
    codes, x, y, at = _gridloom.regular_cells(area, shape, float(size), threads_or_all(threads), progress)
    xy = numpy.column_stack([x, y])
    shapes = [shapely.geometry.Polygon(xy[a:b]) for a, b in zip(at[:-1], at[1:])]
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=geopandas.GeoSeries(shapes, crs=name or None), crs=name or None)
    frame.attrs["provenance"] = {"method": "regular cells", "shape": shape, "size_m": float(size), "n": len(codes)}
    return frame
