# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""A project file: layers, grids, incidents, and whose duty it is at a point."""

from __future__ import annotations

import html
import json
import math
import pathlib
import sqlite3
import warnings
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .numbers import numbers_of
from .points import threads_or_all
from .questions import Texts, question_of, window_of

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)  # of a GeoPackage geometry, by the indicator in its flags


def _wkb(blob: bytes) -> bytes:
    """The WKB in a GeoPackage geometry (OGC 12-128r18, 2.1.3)."""
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7]:]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Project:
    """One city in a project file that ``gridloom fuse`` wrote. Nothing is written; tables are read when asked for, and tell
    the present state: incidents that were imported or posted since, too, and a project that was put in the file's place.

    Geometries and ``x``, ``y`` are metres of the working CRS, ``epsg`` or ``crs``.
    """

    def __init__(self, path: Union[str, pathlib.Path], progress: Optional[Callable[[float], Any]] = None) -> None:
        self.path = pathlib.Path(path)
        self._progress = progress
        self._city: Optional[Any] = None
        if not self.path.is_file():
            raise FileNotFoundError(f"{self.path}: there is no such project file; `gridloom fuse` writes one")
        self._read_meta()

    def _read_meta(self) -> None:
        try:
            meta = dict(self._read('SELECT key, value FROM "gridloom_meta"').itertuples(index=False))
        except (sqlite3.Error, pandas.errors.DatabaseError) as error:
            raise _gridloom.DataError(f"{self.path} is no project file of `gridloom fuse`: {error}") from None
        self.name: str = meta["city_name_en"]
        self.crs: str = meta["crs"]
        self.time_zone: str = meta["time_zone"]
        self.layers: List[str] = [layer["id"] for layer in json.loads(meta["layers"])]
        self.admin_levels: List[str] = [level["id"] for level in json.loads(meta["admin"])]

    def __repr__(self) -> str:
        return f"<gridloom.Project {self.name}, {len(self.layers)} layers, {self.crs}, {self.path}>"

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_city": None, "_progress": None}  # read again where it is needed: in another process, too

    def _repr_html_(self) -> str:
        return (f"<b>{html.escape(self.name)}</b> ({html.escape(self.crs)}, {html.escape(self.time_zone)})<br>"
                f"layers: {html.escape(', '.join(self.layers))}<br>levels: {html.escape(', '.join(self.admin_levels))}")

    @property
    def epsg(self) -> int:
        """The EPSG code of the working CRS."""
        return int(self.crs.split(":")[1])

    def _read(self, query: str, parameters: Sequence[Any] = ()) -> pandas.DataFrame:
        with sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True) as database:
            return pandas.read_sql_query(query, database, params=list(parameters))

    def table(self, name: str) -> pandas.DataFrame:
        """A table of the project file as a DataFrame, a GeoDataFrame where it has geometry: ``quality``, ``crosswalk``,
        ``responsibilities``, ``conflicts``, ``zones``, ``atoms``, ``boundaries`` and so on. ``incidents`` has all of them, the
        columns of ``incidents()`` and atom_id with the place as geometry. Raises DataError.

        Example: ``city.table("responsibilities")``
        """
        known = self._read("SELECT table_name FROM gpkg_contents")["table_name"].tolist()
        if name not in known:
            raise _gridloom.DataError(f"{self.path} has no table '{name}'; it has {', '.join(sorted(known))}")
        if name == "incidents":  # the file's own table follows the log, and may be behind it
            rows = self._events()
            return geopandas.GeoDataFrame(rows.drop(columns=["x", "y"]), crs=self.crs,
                                          geometry=geopandas.points_from_xy(rows["x"], rows["y"]))
        rows = self._read(f"SELECT * FROM {_quoted(name)}").drop(columns="fid", errors="ignore")
        if "geom" not in rows.columns:
            return rows
        shapes = geopandas.GeoSeries.from_wkb(rows["geom"].map(_wkb, na_action="ignore"), crs=self.crs)
        return geopandas.GeoDataFrame(rows.drop(columns="geom"), geometry=shapes, crs=self.crs)

    def grids(self) -> geopandas.GeoDataFrame:
        """The unified grid, one polygon a row: code, name, parent, kind, area_m2, population, households, ..."""
        return self.table("grids")

    def layer(self, layer: str) -> geopandas.GeoDataFrame:
        """A department's layer after alignment: id, name, its own attributes. Raises DataError for another name.

        Example: ``city.layer("fire_battalions")``
        """
        if layer not in self.layers:
            raise _gridloom.DataError(f"there is no layer '{layer}'; the layers are {', '.join(self.layers)}")
        return self.table(f"aligned_{layer}")

    def admin(self, level: str) -> geopandas.GeoDataFrame:
        """The units of an administrative level: code, name, parent. Raises DataError for another name.

        Example: ``city.admin("borough")``
        """
        if level not in self.admin_levels:
            raise _gridloom.DataError(f"there is no level '{level}'; the levels are {', '.join(self.admin_levels)}")
        return self.table(f"admin_{self.admin_levels.index(level)}")

    def outline(self) -> geopandas.GeoSeries:
        """The city's ground, as one row."""
        return geopandas.GeoSeries([self.table("admin_0").geometry.unary_union], crs=self.crs)

    def incidents(self, category: Texts = None, start: Any = None, end: Any = None, *, subcategory: Texts = None,
                  agency: Texts = None, severity: Texts = None, hours: Any = None, weekdays: Any = None,
                  area: Any = None) -> pandas.DataFrame:
        """Incidents as a DataFrame, one a row: those of the fusion and those imported or posted since, a corrected one as its
        last record has it. Each call tells the present state of the file; what is not asked for is left where it is read.

        Columns: id, occurred_at (datetime64, the city's wall clock without a zone), has_clock (False: only the date is
        known), category, subcategory, agency, severity, status, closed_at, grid_code (None outside the city), x, y
        (metres, CRS in ``attrs["crs"]``).

        category, subcategory, agency, severity: one or several, all without. start, end: [start, end), dates or times by the
        city's wall clock, with a zone brought to it; an incident known by its date only passes when its whole day lies in it.
        hours: "22-4" or (22, 4), from 22:00 until before 4:00; who is known by the date only never passes. weekdays: "1-5",
        "6,7", or numbers, 1 is Monday. area: (west, south, east, north) in degrees, "grid:CODE" or "LAYER:ID". Raises
        DataError for words that no incident has, and for what means nothing.

        Example: ``city.incidents("311 Rodent", start="2010-06-01", end="2010-07-01", area="fire_battalions:1")``
        """
        asked = question_of(self.time_zone, category=category, start=start, end=end, subcategory=subcategory, agency=agency,
                            severity=severity, hours=hours, weekdays=weekdays, area=area)
        rows = self._events(asked).drop(columns="atom_id")
        rows.attrs.update(crs=self.crs, time_zone=self.time_zone, window=window_of(asked), n=len(rows))
        return rows

    def _events(self, asked: Optional[Dict[str, Any]] = None) -> pandas.DataFrame:
        city = self._open_city(("replaced", "incidents"))
        found = city.events(asked or {})
        columns: Dict[str, Any] = {"id": numpy.array(found["id"], dtype=object)}
        seconds, clock = found["occurred_at"]
        columns.update(occurred_at=_times(seconds), has_clock=clock.astype(bool))
        for name in ("category", "subcategory", "agency", "severity", "status"):
            texts, row = found[name]
            columns[name] = numpy.array([text or None for text in texts], dtype=object)[row]
        columns.update(closed_at=_times(found["closed_at"][0]), grid_code=_named(city.grid_codes(), found["grid"]))
        columns["atom_id"] = pandas.arrays.IntegerArray(found["atom"].astype("int64"), found["atom"] < 0)
        return pandas.DataFrame({**columns, "x": found["x"], "y": found["y"]})

    def _counts(self, words: Sequence[str], size: float, zeros: bool, filters: Dict[str, Any],
                threads: int) -> Tuple[List[str], List[Any], numpy.ndarray, List[str]]:
        """Names, columns and counts of ``gridloom.counts``, and the window."""
        asked = question_of(self.time_zone, **filters)
        found = self._open_city(("replaced", "incidents")).counts(",".join(words), size, zeros, asked, threads, self._progress)
        return found["names"], found["columns"], found["count"], window_of(asked)

    def people(self, cell: float = 100, progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
        """Where people live: x, y (metres, CRS in ``attrs["crs"]``) and people, for densities per population:
        ``heatmap(people, ..., weights=people["people"])``.

        The people of each atom, spread evenly over its squares of ``cell`` metres; their sum is the city's. Squares well below
        the atoms' size are the areal weighting of the census.

        Example: ``city.people(cell=200)``
        """
        if not 1 <= cell <= 100_000:
            raise _gridloom.DataError(f"cell is {cell}; it must be between 1 and 100000 metres")
        west, south, east, north = self.outline().total_bounds
        west, south = math.floor(west / cell) * cell, math.floor(south / cell) * cell
        rows = math.ceil((north - south) / cell)
        raster = _gridloom.Raster(west, south + rows * cell, cell, math.ceil((east - west) / cell), rows)
        x, y, people = self._open_city().people(raster, progress)
        frame = pandas.DataFrame({"x": x, "y": y, "people": people})
        frame.attrs.update(crs=self.crs, provenance={"method": "people of atoms spread over squares", "cell_m": float(cell),
                                                     "n": len(frame), "people": float(people.sum())})
        return frame

    def _open_city(self, again_when: Sequence[str] = ("replaced",)) -> Any:
        """The arrangement in memory, read again where the file changed in one of these ways."""
        change = "" if self._city is None else self._city.change()
        if self._city is None or change in again_when:
            self._city = _gridloom.City(str(self.path), self._progress)
            self._read_meta()
        return self._city

    def locate(self, lon: Any, lat: Any, crs: str = "wgs84", threads: Optional[int] = None,
               progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
        """Which grid, whose duty: one row for each point, in their order.

        lon, lat: array-likes of shape (n,), degrees in WGS 84; with crs "gcj02", "bd09" or "EPSG:n" positions in that
        system, east first. Columns: grid (code), atom, on_boundary, each administrative level (code), and for each layer two:
        its id, the unit responsible for the whole grid; and id + "_here", the unit drawn at the very place. They differ where a
        grid holds ground of several units: duty goes with the grid. None, and -1 for the atom, where the point is outside the
        city or not finite; None in a layer that leaves the grid vacant, or has a gap there. Where several units overlap, _here
        is the leading one. On a boundary the lower grid code answers. About 10 µs a point. Raises DataError for a CRS that
        PROJ does not know.

        Example: ``city.locate([-73.985], [40.758])``
        """
        x, y = numpy.atleast_1d(numbers_of(lon, "lon")), numpy.atleast_1d(numbers_of(lat, "lat"))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"lon and lat must have one shape (n,), not {x.shape} and {y.shape}")
        city = self._open_city()
        found = city.locate(x, y, crs, threads_or_all(threads), progress)
        columns: Dict[str, Any] = {"grid": _named(city.grid_codes(), found["grid"]), "atom": found["atom"],
                                   "on_boundary": found["on_boundary"].astype(bool)}
        for level, name in enumerate(city.admin_ids()):
            columns[name] = _named(city.admin_codes(level), found["admin"][level])
        for layer, name in enumerate(city.layer_ids()):
            columns[name] = _named(city.cell_ids(layer), found["responsible"][layer])
            columns[f"{name}_here"] = _named(city.cell_ids(layer), found["here"][layer])
        return pandas.DataFrame(columns, index=lon.index if isinstance(lon, pandas.Series) else None)


def _named(names: Sequence[str], indices: numpy.ndarray) -> numpy.ndarray:
    return numpy.array([*names, None], dtype=object)[indices]  # -1: the last


def _times(seconds: numpy.ndarray) -> Any:
    """Seconds of the wall clock as datetime64[ns]; NaT where there is none."""
    unknown = numpy.iinfo("int64").min
    known = (seconds // 86400 > pandas.Timestamp.min.value // 86_400_000_000_000) & \
        (seconds // 86400 < pandas.Timestamp.max.value // 86_400_000_000_000)
    if (beyond := int((~known & (seconds != unknown)).sum())):
        warnings.warn(f"{beyond} times of incidents are before 1678 or after 2261, which pandas cannot hold: they are NaT",
                      stacklevel=4)
    return numpy.where(known, seconds, unknown).astype("datetime64[s]").astype("datetime64[ns]")
