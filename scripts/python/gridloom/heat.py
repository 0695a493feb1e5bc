# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Kernel density surfaces in events per km²."""

from __future__ import annotations

import base64
import dataclasses
import html
import math
import os
import warnings
from typing import Any, Callable, Dict, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]
import shapely.geometry  # type: ignore[import]
import shapely.geometry.base  # type: ignore[import]

from . import _gridloom
from .ground import Mask, ground_of, polygons_of
from .periods import within_period
from .picture import LAND, Map, ramp, rgba_of
from .points import Points, coordinates, require_finite, require_metres, rings, threads_or_all, told_coincidence, weights_of, window_told
from .selectors import Bandwidth
from .selectors import bandwidth as select_bandwidth


_REACH_M = 1e6  # from the mask's corner: the lattice's
_SECONDS_AN_EDGE = 1.5e-7  # of the Gaussian, for each place, on one processor


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Heatmap:
    """A surface: a density, or a ratio of two.

    array: float64, shape (rows, columns), row 0 in the north; NaN outside the mask. transform: (cell, 0, west, 0, -cell,
    north) in metres, the first six of an affine matrix: x = a column + b row + c, y = d column + e row + f at pixel
    corners. crs: "EPSG:n", or "" where none was stated. units: of the array. provenance: how it came about.
    """

    array: numpy.ndarray
    transform: Tuple[float, float, float, float, float, float]
    crs: str
    units: str
    provenance: Dict[str, Any]

    def __repr__(self) -> str:
        rows, columns = self.array.shape
        return f"<gridloom.Heatmap {rows} x {columns} pixels of {self.transform[0]:g} m, {self.units}, {self.crs or 'no CRS'}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Heatmap):
            return NotImplemented
        return (self.transform, self.crs, self.units) == (other.transform, other.crs, other.units) and \
            numpy.array_equal(self.array, other.array, equal_nan=True)

    __hash__ = None  # type: ignore[assignment]  # equal by their content, which is too much to hash

    def _repr_png_(self) -> bytes:
        return self.picture(title=self.units.capitalize(), width=900).png()

    def _repr_html_(self) -> str:
        told = "".join(f"<tr><td>{html.escape(str(key))}</td><td>{html.escape(str(value))}</td></tr>"
                       for key, value in self.provenance.items() if value is not None)
        image = base64.b64encode(self._repr_png_()).decode()
        return f'<img width="900" src="data:image/png;base64,{image}"><details><summary>{html.escape(repr(self))}</summary><table>{told}</table></details>'

    @property
    def bounds(self) -> Tuple[float, float, float, float]:
        """west, south, east, north in metres."""
        cell, _, west, _, _, north = self.transform
        rows, columns = self.array.shape
        return west, north - cell * rows, west + cell * columns, north

    def top(self, share: float = 0.9995) -> float:
        """A value for the strongest colour that a single spike does not set: the quantile of the pixels in the mask."""
        return float(numpy.nanquantile(self.array, share))

    @property
    def _raster(self) -> Any:
        cell, _, west, _, _, north = self.transform
        return _gridloom.Raster(west, north, cell, self.array.shape[1], self.array.shape[0])

    def contours(self, levels: Sequence[float]) -> geopandas.GeoDataFrame:
        """Lines of equal value between pixel centres (marching squares), larger values on the left: level, closed, geometry.
        levels: in the surface's unit, finite.

        Example: ``surface.contours([surface.top() / 2])``
        """
        if not all(map(math.isfinite, levels)):
            raise _gridloom.DataError("levels are finite numbers in the surface's unit")
        found = _gridloom.contours(self.array, self._raster, [float(level) for level in levels], None)
        lines = [numpy.column_stack([x, y]) for _, _, x, y in found]
        shapes = [shapely.geometry.LineString(numpy.vstack([xy, xy[:1]]) if closed else xy)
                  for xy, (_, closed, _, _) in zip(lines, found)]
        frame = geopandas.GeoDataFrame({"level": [level for level, *_ in found], "closed": [c for _, c, *_ in found]},
                                       geometry=geopandas.GeoSeries(shapes, crs=self.crs or None), crs=self.crs or None)
        frame.attrs["provenance"] = {**self.provenance, "units": self.units}
        return frame

    def per_cell(self, cells: Union[geopandas.GeoDataFrame, geopandas.GeoSeries], threads: Optional[int] = None,
                 progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
        """The surface by cell, one row each in their order and with their index.

        Columns: mean and largest of the pixels with their centre in the cell (NaN: none, or all of them masked), integral
        (value times km²: of a density, events), pixels. A centre on a common border counts for the cell east of it, where
        cells overlap for the first. cells: polygons, brought to the surface's CRS. Raises DataError for other geometries.

        Example: ``surface.per_cell(grids)``
        """
        shapes = cells.geometry
        if self.crs and shapes.crs is not None:
            shapes = shapes.to_crs(self.crs)
        found = _gridloom.cell_values(self.array, self._raster, *rings(shapes), threads_or_all(threads), progress)
        frame = pandas.DataFrame(found, index=cells.index)
        frame.attrs["provenance"] = {**self.provenance, "units": self.units}
        return frame

    def to_geotiff(self, path: Union[str, os.PathLike]) -> None:
        """One band of float32, deflated, NaN as nodata; its unit, and everything of the provenance in the metadata. Raises
        DataError when it has no CRS, or the disk refuses (then nothing is written)."""
        if not self.crs:
            raise _gridloom.DataError("a GeoTIFF needs a CRS: state crs= in heatmap()")
        items = [(key.upper(), str(value)) for key, value in self.provenance.items() if value is not None]
        _gridloom.write_geotiff(os.fspath(path), self.array, self.transform[2], self.transform[5], self.transform[0],
                                self.crs, self.units, self.provenance["method"], items)

    def _note(self) -> str:
        p = self.provenance
        kind = "adaptive, about " if p.get("adaptive") else ""
        note = f"{p['kernel']} kernel, {kind}{p['bandwidth_m']:g} m, cells of {p['cell_m']:g} m, n = {p['n']:,}"
        if divided := p.get("per"):
            note += f", divided by {divided['units']:.2f} {divided['unit']}s from {divided['from']}"
        if p.get("edge", "none") != "none":
            note += f", {p['edge']} edge correction"
        first, last = (str(end)[:10] for end in p.get("window") or ("open", "open"))
        return note if first == last == "open" else f"{note}, {first} to {last}"

    def picture(self, title: str = "Density", subtitle: str = "", source: str = "", width: int = 1400,
                top: Optional[float] = None, outline: Optional[geopandas.GeoSeries] = None) -> Map:
        """A map of the surface to draw further lines on; where there is land and no density shows in another colour than
        where nothing was asked. top: the value that gets the strongest colour, None: the largest (state one for pictures
        that are to be compared). outline: of the land, in the CRS of the surface; None: the mask is."""
        strongest = float(numpy.nanmax(self.array)) if top is None else float(top)
        note = self._note()
        drawn = Map(self.bounds, title=title, subtitle=subtitle or note, width=width,
                    source="; ".join(filter(None, (source, note if subtitle else ""))))
        if outline is not None and outline.geom_type.isin(["Polygon", "MultiPolygon"]).all():
            drawn.fill(outline, LAND)
        elif numpy.isnan(self.array).any():
            land = numpy.zeros((*self.array.shape, 4), numpy.uint8)
            land[~numpy.isnan(self.array)] = (*LAND, 255)
            drawn.image(land, self.bounds)
        drawn.image(rgba_of(self.array, strongest), self.bounds)
        if outline is not None:
            drawn.lines(outline, (70, 70, 80), 1.2)
        drawn.legend_ramp(self.units, strongest, ramp, more=strongest < numpy.nanmax(self.array))
        return drawn

    def to_png(self, path: Union[str, os.PathLike], title: str = "Density", subtitle: str = "", source: str = "",
               outline: Optional[geopandas.GeoSeries] = None, width: int = 1400, top: Optional[float] = None) -> None:
        """A picture with legend and unit, title, scale bar and north arrow; as ``picture``. width: of the whole in pixels."""
        self.picture(title, subtitle, source, width, top, outline).save(path)


def heatmap(points: Points, bandwidth: Union[float, str], cell: float, kernel: str = "quartic",
            weights: Optional[Sequence[float]] = None, bounds: Optional[Sequence[float]] = None, *,
            mask: Optional[Mask] = None, edge: str = "none", adaptive: bool = False, exact: bool = False,
            per: Optional[str] = None, period: Optional[Sequence[Any]] = None, crs: Any = None,
            threads: Optional[int] = None, progress: Optional[Callable[[float], Any]] = None) -> Heatmap:
    """Kernel density of points, in events per km² (Silverman 1986, §4.2.1), at the pixels' centres.

    points: a GeoDataFrame or GeoSeries of points, a frame with x and y, or an array of shape (n, 2); metres. bandwidth,
    cell: metres; the bandwidth is the radius of the kernels "uniform", "epanechnikov", "quartic", "triweight", and the
    standard deviation of "gaussian"; or the name of a selector, see ``gridloom.bandwidth``: "scott", "silverman", "diggle",
    "ppl", "lscv". Places are taken to the millimetre; of them the first four kernels are exact to 1e-9 of the largest value,
    "gaussian" to 1e-4 of it unless ``exact``.
    weights: one for each point, not negative, a Series by the points' labels; the unit is then weight per km². bounds: west,
    south, east, north; None: the mask's, else all the points reach; either way grown to whole multiples of the cell. mask:
    ground outside which pixels are NaN. edge: correction for the mask's limit, beyond which nothing is counted: "uniform"
    divides each pixel by the part of its kernel inside, "diggle" (1985) each event; "none" is low near the limit. adaptive:
    a bandwidth for each point, narrow where points are dense (Abramson 1982), ``bandwidth`` being that of the pilot and
    about their mean; not with an edge correction. exact: the Gaussian is stamped, and edge corrections follow the limit's
    edges, to 1e-9 and slowly: O(n (17 bandwidth/cell)² + pixels edges). per: "day", "week", "month" or "year", by which the
    density is divided; of period=(start, end), [start, end), where an end that is None is the day of the first, or last, of
    ``occurred_at``, a few that lie far from all others left out, and a warning tells what was taken. crs: of points that do
    not say.

    Warns (CoincidenceWarning) of points that share their place. ``provenance``: method, kernel, bandwidth and how it was
    chosen, n, n_inside (the mask), window (of one's own filters: first and last day), mean (over the mask, else of the surface), correction, error, share of coinciding points. Raises
    DataError for degrees, an unknown kernel, no points, and rasters of over 400 million pixels.

    Example: ``gridloom.heatmap(rats, bandwidth=500, cell=100, mask=city.outline())``
    """
    weight, divided, window = weights_of(weights, points), None, window_told(points)
    if per is not None:
        points, weight, divided = within_period(points, weight, per, period)
    elif period is not None:
        raise _gridloom.DataError("period is what per= divides by: state per, such as per='year'")
    x, y, stated = coordinates(points, crs)
    require_finite(x, y)
    name = require_metres(stated, x, y, "the points")
    if edge != "none" and mask is None:
        raise _gridloom.DataError(f"edge='{edge}' corrects for the limit of a mask: state mask=")
    if len(x) == 0 and bounds is None and mask is None:
        raise _gridloom.DataError("there are no points: state bounds")
    shape = None if mask is None else ground_of(mask, name)
    chosen = _chosen(points, bandwidth, kernel, shape, crs, progress)
    radius = float(chosen.metres if chosen is not None else bandwidth)
    raster = _gridloom.raster_over(*_box(x, y, radius, kernel, bounds, shape), float(cell))
    coincident = told_coincidence(x, y)
    inside = _inside(x, y, shape)
    if exact and edge != "none" and shape is not None:
        _tell_slow(raster.columns * raster.rows if edge == "uniform" else len(x), shape, kernel, threads_or_all(threads))
    array, radius, widths = _gridloom.heatmap(
        x, y, weight, raster, polygons_of(shape),
        {"kernel": kernel, "bandwidth_m": radius, "edge": edge, "adaptive": adaptive, "exact": exact,
         "threads": threads_or_all(threads)}, progress)
    unit = "events per km²" if weights is None else "weight per km²"
    mean = _mean(array, len(x) if weights is None else weight.sum(), shape)
    if divided is not None:
        array /= divided["units"]
        mean /= divided["units"]
        unit += f" per {per}"
    return Heatmap(array, (raster.cell_m, 0.0, raster.west, 0.0, -raster.cell_m, raster.north), name, unit,
                   {"method": "adaptive kernel density" if adaptive else "kernel density", "edge": edge, "kernel": kernel,
                    "bandwidth_m": radius, "bandwidth_by": _by(chosen), "adaptive": _spread(widths) if adaptive else False,
                    "cell_m": raster.cell_m, "n": len(x), "weighted": weights is not None, "masked": mask is not None,
                    "mean": mean, "error_of_maximum": None if adaptive else _error(kernel, exact, radius),
                    "coincident_share": coincident["share"], "per": divided,
                    "n_inside": inside, "window": window})


def _inside(x: numpy.ndarray, y: numpy.ndarray, shape: Optional[shapely.geometry.base.BaseGeometry]) -> Optional[int]:
    """How many points lie in the mask; warns where none does."""
    if shape is None:
        return None
    far = (numpy.abs(x - shape.bounds[0]) < _REACH_M) & (numpy.abs(y - shape.bounds[1]) < _REACH_M)
    polygons = polygons_of(shape)
    assert polygons is not None
    inside = int((_gridloom.place(*polygons, x[far], y[far], os.cpu_count() or 1, None) >= 0).sum()) if far.any() else 0
    if len(x) and not inside:
        warnings.warn(f"none of the {len(x):,} points lies in the mask: are both in one CRS?", stacklevel=3)
    return inside


def _error(kernel: str, exact: bool, bandwidth: float) -> float:
    """Of the largest value: of the method, and of places that are taken to the millimetre (the steepest kernel falls by twice its
    height a bandwidth)."""
    return (1e-4 if kernel == "gaussian" and not exact else 1e-9) + 1.5e-3 / bandwidth


def _tell_slow(places: int, shape: shapely.geometry.base.BaseGeometry, kernel: str, threads: int) -> None:
    """Warns of what takes minutes: an exact correction of the Gaussian looks at every edge of the mask from every place."""
    edges = sum(len(ring.coords) - 1 for part in getattr(shape, "geoms", [shape]) for ring in (part.exterior, *part.interiors))
    seconds = places * edges * _SECONDS_AN_EDGE / threads
    if kernel == "gaussian" and seconds > 30:
        warnings.warn(f"the exact edge correction looks at {edges:,} edges of the mask from {places:,} places: about "
                      f"{max(1, round(seconds / 60))} minutes on {threads} processors. Without exact= it is within 1e-4 and takes "
                      "seconds; a simpler mask, as of .simplify(1), and larger cells take less, too", stacklevel=3)


def _chosen(points: Points, bandwidth: Union[float, str], kernel: str,
            shape: Optional[shapely.geometry.base.BaseGeometry], crs: Any,
            progress: Optional[Callable[[float], Any]]) -> Optional[Bandwidth]:
    if not isinstance(bandwidth, str):
        return None
    return select_bandwidth(points, bandwidth, kernel, mask=shape, crs=crs, progress=progress)


def _by(chosen: Optional[Bandwidth]) -> Any:
    """How the bandwidth came about: "stated", or the selector with its neighbours among the candidates."""
    if chosen is None:
        return "stated"
    told = {**chosen.provenance, "sd_m": chosen.sd_m, "at_end": chosen.at_end}
    if len(chosen.table):
        at = int((chosen.table["sd_m"] - told["best_candidate_m"]).abs().to_numpy().argmin())
        told["candidates_beside_m"] = chosen.table["bandwidth_m"].iloc[max(0, at - 1):at + 2].tolist()
    return told


def _spread(widths: numpy.ndarray) -> Any:
    """Smallest, median and largest of the adaptive bandwidths in metres."""
    return {"smallest_m": float(widths.min()), "median_m": float(numpy.median(widths)), "largest_m": float(widths.max())} \
        if len(widths) else {}


def _mean(array: numpy.ndarray, counted: float, shape: Optional[shapely.geometry.base.BaseGeometry]) -> float:
    """Per km² of the mask, which does not depend on pixels and bandwidth; without a mask that of the surface."""
    return float(numpy.nanmean(array)) if shape is None else float(counted) / (shape.area / 1e6)


def relative_risk(numerator: Heatmap, denominator: Heatmap, *, floor: Optional[float] = None,
                  mask_below: Optional[float] = None, logarithm: bool = False) -> Heatmap:
    """Ratio of two surfaces on the same pixels: events against other events, or against the people who could have had them
    (Kelsall & Diggle 1995).

    numerator, denominator: of one ``bounds`` or ``mask``, and one cell; the same kernel and bandwidth for both keeps the
    ratio free of artefacts. floor: the denominator is taken as at least this, in its own unit, so that no ratio explodes
    where next to nobody is; None: a twentieth of its mean, which is its points' weight over the mask's area, without a mask
    that of the surface; 0: no floor. mask_below: where the denominator is less the answer is NaN; None: the floor; 0: no
    mask. logarithm: the natural logarithm of the ratio, NaN where the numerator is 0.

    Events per km² over people per km² are events per person. Raises DataError for surfaces on other pixels.

    Example: ``gridloom.relative_risk(surface, gridloom.heatmap(people, 500, 100, weights=people["people"], bounds=surface.bounds))``
    """
    if numerator.transform != denominator.transform or numerator.array.shape != denominator.array.shape:
        raise _gridloom.DataError("the surfaces lie on different pixels: give both the same cell and bounds= or mask=")
    if numerator.crs != denominator.crs:
        raise _gridloom.DataError(f"the surfaces are in {numerator.crs or 'no CRS'} and {denominator.crs or 'no CRS'}")
    if not all(given is None or 0 <= given < math.inf for given in (floor, mask_below)):
        raise _gridloom.DataError("floor and mask_below are finite and not negative")
    array, least, masked = _gridloom.relative_risk(numerator.array, denominator.array, denominator.provenance["mean"], floor,
                                                   mask_below, logarithm)
    told = numerator.provenance
    unit = f"{numerator.units.split(' per ')[0]} per {denominator.units.split(' per ')[0]}"
    return Heatmap(array, numerator.transform, numerator.crs, f"log({unit})" if logarithm else unit,
                   {**told, "method": "relative risk", "mean": _mean(array, 0, None), "numerator": told, "denominator": denominator.provenance,
                    "floor": least, "mask_below": masked, "logarithm": logarithm})


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
