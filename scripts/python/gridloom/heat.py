# SPDX-License-Identifier: Apache-2.0
"""Kernel density surfaces in events per km²."""

from __future__ import annotations

import dataclasses
import math
import os
from typing import Any, Callable, Dict, Optional, Sequence, Tuple, Union

import geopandas
import numpy
import shapely.geometry
import shapely.geometry.base
import shapely.geometry.polygon

from . import _gridloom
from .picture import Map, ramp, rgba_of
from .points import Points, coordinates, require_metres, rings, threads_or_all, told_coincidence

_KERNELS = ("uniform", "epanechnikov", "quartic", "triweight", "gaussian")
_MAX_PIXELS = 400e6
Mask = Union[geopandas.GeoSeries, geopandas.GeoDataFrame, shapely.geometry.base.BaseGeometry]


@dataclasses.dataclass(frozen=True)
class Heatmap:
    """A density surface.

    array: float64, shape (rows, columns), row 0 in the north; NaN outside the mask. transform: (cell, 0, west, 0, -cell,
    north) in metres, the first six of an affine matrix: x = a column + b row + c, y = d column + e row + f at pixel
    corners. crs: "EPSG:n", or "" where none was stated. units: of the array. provenance: how it came about.
    """

    array: numpy.ndarray
    transform: Tuple[float, float, float, float, float, float]
    crs: str
    units: str
    provenance: Dict[str, Any]

    @property
    def bounds(self) -> Tuple[float, float, float, float]:
        """west, south, east, north in metres."""
        cell, _, west, _, _, north = self.transform
        rows, columns = self.array.shape
        return west, north - cell * rows, west + cell * columns, north

    def top(self, share: float = 0.9995) -> float:
        """A value for the strongest colour that a single spike does not set: the quantile of the pixels in the mask."""
        return float(numpy.nanquantile(self.array, share))

    def to_geotiff(self, path: Union[str, os.PathLike]) -> None:
        """One band of float32, deflated, NaN as nodata, its unit and method in the metadata. Raises DataError when it has
        no CRS, or the disk refuses (then nothing is written)."""
        if not self.crs:
            raise _gridloom.DataError("a GeoTIFF needs a CRS: state crs= in heatmap()")
        p = self.provenance
        _gridloom.write_geotiff(os.fspath(path), self.array, self.transform[2], self.transform[5], self.transform[0],
                                self.crs, p["kernel"], p["bandwidth_m"], p["edge"], p["n"])

    def picture(self, title: str = "Density", subtitle: str = "", source: str = "", width: int = 1400,
                top: Optional[float] = None) -> Map:
        """A map of the surface to draw further lines on. top: the value that gets the strongest colour, None: the largest
        (state one for pictures that are to be compared)."""
        strongest = float(numpy.nanmax(self.array)) if top is None else float(top)
        p = self.provenance
        note = f"{p['kernel']} kernel, {p['bandwidth_m']:g} m, cells of {p['cell_m']:g} m, n = {p['n']:,}"
        drawn = Map(self.bounds, title=title, subtitle=subtitle or note, width=width,
                    source="; ".join(filter(None, (source, note if subtitle else ""))))
        drawn.image(rgba_of(self.array, strongest), self.bounds)
        drawn.legend_ramp(self.units, strongest, ramp, more=strongest < numpy.nanmax(self.array))
        return drawn

    def to_png(self, path: Union[str, os.PathLike], title: str = "Density", subtitle: str = "", source: str = "",
               outline: Optional[geopandas.GeoSeries] = None, width: int = 1400, top: Optional[float] = None) -> None:
        """A picture with legend and unit, title, scale bar and north arrow. outline: lines to draw over it, in the CRS of
        the surface. width: of the whole in pixels."""
        drawn = self.picture(title, subtitle, source, width, top)
        if outline is not None:
            drawn.lines(outline, (70, 70, 80), 1.2)
        drawn.save(path)


def heatmap(points: Points, bandwidth: float, cell: float, kernel: str = "quartic",
            weights: Optional[Sequence[float]] = None, bounds: Optional[Sequence[float]] = None, *,
            mask: Optional[Mask] = None, edge: str = "none", crs: Any = None, threads: Optional[int] = None,
            progress: Optional[Callable[[float], Any]] = None) -> Heatmap:
    """Kernel density of points, in events per km² (Silverman 1986, §4.2.1), at the pixels' centres.

    points: a GeoDataFrame or GeoSeries of points, a frame with x and y, or an array of shape (n, 2); metres. bandwidth,
    cell: metres; the bandwidth is the radius of the kernels "uniform", "epanechnikov", "quartic", "triweight", and the
    standard deviation of "gaussian". The first four are exact to 1e-9 of the largest value, "gaussian" to 1e-4 of it.
    weights: one for each point, not negative; the unit is then weight per km². bounds: west, south, east, north; None:
    the mask's, else all the points reach; either way grown to whole multiples of the cell. mask: ground outside which
    pixels are NaN. edge: correction for the mask's limit, beyond which nothing is counted: "uniform" divides each pixel by
    the part of its kernel inside, "diggle" (1985) each event; "none" is low near the limit. crs: of points that do not say.

    Warns (CoincidenceWarning) of points that share their place. Raises DataError for degrees, an unknown kernel, no
    points, and rasters of over 400 million pixels.
    """
    if kernel not in _KERNELS:
        raise _gridloom.DataError(f"kernel is '{kernel}'; it can be {', '.join(_KERNELS)}")
    for name, metres in (("bandwidth", bandwidth), ("cell", cell)):
        if not 0.001 <= metres <= 500_000:
            raise _gridloom.DataError(f"{name} is {metres}; it must be between 0.001 and 500000 metres")
    x, y, stated = coordinates(points, crs)
    if not (numpy.isfinite(x).all() and numpy.isfinite(y).all()):
        raise _gridloom.DataError(f"{int((~numpy.isfinite(x + y)).sum())} points have no finite place: leave them out")
    name = require_metres(stated, x, y, "the points")
    if edge != "none" and mask is None:
        raise _gridloom.DataError(f"edge='{edge}' corrects for the limit of a mask: state mask=")
    if len(x) == 0 and bounds is None and mask is None:
        raise _gridloom.DataError("there are no points: state bounds")
    shape = None if mask is None else _ground(mask, name)
    weight = numpy.empty(0) if weights is None else numpy.ascontiguousarray(numpy.asarray(weights, float))
    if weights is not None and (weight.shape != x.shape or not (weight >= 0).all() or not numpy.isfinite(weight).all()):
        raise _gridloom.DataError("weights must be one for each point, finite and not negative")
    cell = round(float(cell) * 1000) / 1000
    west, north, columns, rows = _raster(_box(x, y, bandwidth, kernel, bounds, shape), cell)
    coincident = told_coincidence(x, y)
    array = _gridloom.density(x, y, weight, west, north, cell, columns, rows, kernel, float(bandwidth), edge,
                              *_limit(shape), threads_or_all(threads), progress)
    if shape is not None:
        array[~_inside(shape, west, north, cell, columns, rows, threads_or_all(threads))] = numpy.nan
    return Heatmap(array, (cell, 0.0, west, 0.0, -cell, north), name,
                   "events per km²" if weights is None else "weight per km²",
                   {"method": "kernel density", "edge": edge, "kernel": kernel, "bandwidth_m": float(bandwidth),
                    "cell_m": cell, "n": len(x), "weighted": weights is not None, "masked": mask is not None,
                    "error_of_maximum": 1e-4 if kernel == "gaussian" else 1e-9,
                    "coincident_share": coincident["share"],
                    "window": getattr(points, "attrs", {}).get("window", ["open", "open"])})


def _ground(mask: Mask, crs: str) -> shapely.geometry.base.BaseGeometry:
    if isinstance(mask, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        shapes = mask.geometry
        if crs and shapes.crs is not None:
            shapes = shapes.to_crs(crs)
        return shapes.unary_union
    return mask


def _limit(shape: Optional[shapely.geometry.base.BaseGeometry]) -> Tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """The shape's rings as ragged arrays, the ground on their left."""
    if shape is None:
        return numpy.empty(0), numpy.empty(0), numpy.zeros(1, "int64")
    parts = [shapely.geometry.polygon.orient(part) for part in getattr(shape, "geoms", [shape])]
    return rings(geopandas.GeoSeries([shapely.geometry.MultiPolygon(parts)]))[:3]


def _box(x: numpy.ndarray, y: numpy.ndarray, bandwidth: float, kernel: str, bounds: Optional[Sequence[float]],
         shape: Optional[shapely.geometry.base.BaseGeometry]) -> Tuple[float, float, float, float]:
    if bounds is not None:
        west, south, east, north = map(float, bounds)
        if not (west < east and south < north):
            raise _gridloom.DataError("bounds are west, south, east, north, in metres")
        return west, south, east, north
    if shape is not None:
        return shape.bounds
    reach = bandwidth * (3 if kernel == "gaussian" else 1)
    return float(x.min()) - reach, float(y.min()) - reach, float(x.max()) + reach, float(y.max()) + reach


def _raster(box: Tuple[float, float, float, float], cell: float) -> Tuple[float, float, int, int]:
    west, south = math.floor(box[0] / cell) * cell, math.floor(box[1] / cell) * cell
    columns = max(1, math.ceil(round((box[2] - west) / cell, 6)))
    rows = max(1, math.ceil(round((box[3] - south) / cell, 6)))
    if columns * rows > _MAX_PIXELS:
        raise _gridloom.DataError(f"{columns * rows / 1e6:.0f} million pixels are too many; cells of "
                                  f"{math.ceil(cell * math.sqrt(columns * rows / _MAX_PIXELS))} metres or more will do")
    return west, south + rows * cell, columns, rows


def _inside(shape: shapely.geometry.base.BaseGeometry, west: float, north: float, cell: float, columns: int, rows: int,
            threads: int) -> numpy.ndarray:
    """Whether the centres of the pixels lie in the shape, its border included."""
    x, y = numpy.meshgrid(west + cell * (numpy.arange(columns) + 0.5), north - cell * (numpy.arange(rows) + 0.5))
    found = _gridloom.place(*rings(geopandas.GeoSeries([shape])), x.ravel(), y.ravel(), threads, None)
    return (found >= 0).reshape(rows, columns)
