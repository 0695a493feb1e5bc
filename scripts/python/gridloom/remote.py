# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""A city that a server has: the same questions, asked through its API."""

from __future__ import annotations

import http.client
import io
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .heat import Heatmap
from .numbers import numbers_of
from .project import Project
from .questions import question_of, window_of

_LOOK_AGAIN_S = 0.5


class RemoteProject(Project):
    """A city behind ``gridloom serve``: grids, layers, levels, counts, whose duty it is at a point, heatmaps and hot spots, as
    the server tells them to this caller. Its incidents one by one, and other tables, are in the project file only.

    What the server refuses is a DataError with its words.
    """

    def __init__(self, url: str, progress: Optional[Callable[[float], Any]] = None, timeout: float = 60) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._progress = progress
        self._city = None
        self.path = pathlib.Path(urllib.parse.urlsplit(self.url).path)
        self._read_meta()

    def _read_meta(self) -> None:
        told, events = self._json("/api/city"), self._json("/api/incidents")
        self.name = told["name"]["en"]
        self.crs = told["crs"]
        self.time_zone = events["time_zone"]
        self.layers = [layer["id"] for layer in told["layers"]]
        self.admin_levels = [level["id"] for level in told["admin"]]

    def __repr__(self) -> str:
        return f"<gridloom.RemoteProject {self.name}, {len(self.layers)} layers, {self.crs}, {self.url}>"

    # --- asking ---

    def _address(self, path: str, question: Dict[str, Any]) -> str:
        pairs = [(name, item) for name, given in question.items() for item in (given if isinstance(given, list) else [given])]
        return f"{self.url}{path}" + (f"?{urllib.parse.urlencode(pairs)}" if pairs else "")

    def _fetch(self, path: str, question: Optional[Dict[str, Any]] = None, method: str = "GET") -> Tuple[int, bytes, Any]:
        request = urllib.request.Request(self._address(path, question or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            raise _gridloom.DataError(f"{self.url}: {_problem(error.read(), error.code)}") from None
        except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
            raise ConnectionError(f"{self.url}: there is no answer: {getattr(error, 'reason', error)}") from None

    def _json(self, path: str, question: Optional[Dict[str, Any]] = None) -> Any:
        _, body, _ = self._fetch(path, question)
        try:
            return json.loads(body)
        except ValueError:
            raise _gridloom.DataError(f"{self.url} is no server of `gridloom serve`: {path} is no JSON") from None

    def _analysed(self, path: str, question: Dict[str, Any], progress: Optional[Callable[[float], Any]]) -> bytes:
        """The answer of an analysis, waited for where it takes long; cancelled where the wait ends by an exception."""
        status, body, headers = self._fetch(path, question)
        if status != 202:
            return body
        job = headers["Location"]
        try:
            while True:
                told = self._json(job)
                if progress is not None:
                    progress(float(told.get("share", 0)))
                if told["state"] not in ("waiting", "running"):
                    return self._fetch(f"{job}/result")[1]
                time.sleep(_LOOK_AGAIN_S)
        except BaseException:
            try:
                self._fetch(job, method="DELETE")
            except (ConnectionError, _gridloom.DataError):
                pass  # it is gone already
            raise

    # --- answers ---

    def table(self, name: str) -> pandas.DataFrame:
        """Tables are in the project file: raises DataError."""
        raise _gridloom.DataError(f"a server does not hand out tables such as '{name}': open the project file")

    def _events(self, asked: Optional[Dict[str, Any]] = None) -> pandas.DataFrame:
        raise _gridloom.DataError("a server does not hand out incidents one by one: take counts(city, ...), city.heatmap(...) or "
                                  "city.hotspots(...), or open the project file")

    def people(self, cell: float = 100, progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
        """People by place are in the project file: raises DataError."""
        raise _gridloom.DataError("a server does not hand out people by place: take the population of grids(), or open the project file")

    def _cells(self, kind: str) -> geopandas.GeoDataFrame:
        _, body, _ = self._fetch("/api/cells", {"kind": kind, "format": "gpkg"})
        return _geopackage(body, self.crs)

    def grids(self) -> geopandas.GeoDataFrame:
        """The unified grid, one polygon a row: code, name, name_zh, area_km2, population."""
        return self._cells("grid").rename(columns={"id": "code"})

    def layer(self, layer: str) -> geopandas.GeoDataFrame:
        """A department's layer after alignment: id, name, name_zh, area_km2, population."""
        if layer not in self.layers:
            raise _gridloom.DataError(f"there is no layer '{layer}'; the layers are {', '.join(self.layers)}")
        return self._cells(layer)

    def admin(self, level: str) -> geopandas.GeoDataFrame:
        """The units of an administrative level: code, name, name_zh, area_km2, population."""
        if level not in self.admin_levels:
            raise _gridloom.DataError(f"there is no level '{level}'; the levels are {', '.join(self.admin_levels)}")
        return self._cells(level).rename(columns={"id": "code"})

    def outline(self) -> geopandas.GeoSeries:
        """The city's ground, as one row."""
        return geopandas.GeoSeries([self._cells(self.admin_levels[0]).geometry.unary_union], crs=self.crs)

    def _counts(self, words: Sequence[str], size: float, zeros: bool, filters: Dict[str, Any],
                threads: int) -> Tuple[List[str], List[Any], numpy.ndarray, List[str]]:
        asked = question_of(self.time_zone, **filters)
        question = {"by": ",".join(words) or "grid", "format": "csv", **asked}
        if not words:
            question["by"] = "year"  # summed below: a server that is asked for nothing counts by grid
        if size:
            question["size"] = repr(size)
        if zeros:
            question["zeros"] = "yes"
        _, body, _ = self._fetch("/api/incidents/counts", question)
        rows = pandas.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False)
        number = rows.pop("count").astype("int64").to_numpy()
        if not words:
            return [], [], numpy.array([number.sum()]), window_of(asked)
        columns: List[Any] = []
        for name in rows.columns:
            index, values = pandas.factorize(rows[name])
            if name not in _gridloom.FIELDS and "" in values:
                index = numpy.where(index == list(values).index(""), -1, index)
                values = ["0" if value == "" else value for value in values]
            columns.append((list(values), index))
        return list(rows.columns), columns, number, window_of(asked)

    def locate(self, lon: Any, lat: Any, crs: str = "wgs84", threads: Optional[int] = None,
               progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
        """As ``Project.locate``, without the atom. One request a point: for many open the project file."""
        x, y = numpy.atleast_1d(numbers_of(lon, "lon")), numpy.atleast_1d(numbers_of(lat, "lat"))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"lon and lat must have one shape (n,), not {x.shape} and {y.shape}")
        rows = []
        for done, (east, north) in enumerate(zip(x, y)):
            rows.append(self._located(float(east), float(north), crs))
            if progress is not None:
                progress((done + 1) / len(x))
        names = ["grid", "on_boundary", *self.admin_levels, *(name for layer in self.layers for name in (layer, f"{layer}_here"))]
        frame = pandas.DataFrame(rows, columns=names, index=lon.index if isinstance(lon, pandas.Series) else None, dtype=object)
        return frame.astype({"on_boundary": bool})

    def _located(self, east: float, north: float, crs: str) -> Dict[str, Any]:
        nothing: Dict[str, Any] = {"on_boundary": False}
        if not (numpy.isfinite(east) and numpy.isfinite(north)):
            return {"grid": None, **nothing}
        found = self._json("/api/locate", {"lon": repr(east), "lat": repr(north), "crs": crs})
        if not found["found"]:
            return {"grid": None, **nothing}
        row: Dict[str, Any] = {"grid": found["grid"]["code"], "on_boundary": found["on_boundary"]}
        row.update({unit["level"]: unit["code"] for unit in found["admin"]})
        for duty in found["responsibilities"]:
            row[duty["layer"]], row[f"{duty['layer']}_here"] = duty["unit_id"], duty["here"]
        return row

    def heatmap(self, progress: Optional[Callable[[float], Any]] = None, **question: Any) -> Heatmap:
        """A density that the server makes: the options of ``gridloom heatmap``, with _ for - (bandwidth, cell, kernel, edge, per,
        ...; a switch is True), and the filters of ``Project.incidents``. Needs GDAL's Python module to read it."""
        try:
            from osgeo import gdal  # type: ignore[import]
        except ImportError:
            raise _gridloom.DataError("the raster of a server is a GeoTIFF: install GDAL's Python module (python3-gdal)") from None
        asked = self._question(question)
        body = self._analysed("/api/heatmap", {**asked, "format": "tif"}, progress)
        record = json.loads(self._analysed("/api/heatmap", {**asked, "format": "json"}, progress))
        name = f"/vsimem/gridloom_{id(body)}.tif"
        gdal.FileFromMemBuffer(name, body)
        try:
            raster = gdal.Open(name)
            west, cell, _, north, _, _ = raster.GetGeoTransform()
            band = raster.GetRasterBand(1)
            values, unit = band.ReadAsArray().astype(float), band.GetUnitType()
            raster = band = None
        finally:
            gdal.Unlink(name)
        return Heatmap(values, (cell, 0.0, west, 0.0, -cell, north), self.crs, unit or record.get("unit", ""), record)

    def hotspots(self, progress: Optional[Callable[[float], Any]] = None, **question: Any) -> geopandas.GeoDataFrame:
        """Hot spots that the server finds: the options of ``gridloom hotspots``, with _ for - (method, cells, size, weights,
        population, ...; a switch is True), and the filters of ``Project.incidents``. One row a cell: cell, events, statistic,
        z, p, q, class, ...; ``attrs["provenance"]`` is the record."""
        asked = self._question(question)
        frame = _geopackage(self._analysed("/api/hotspots", {**asked, "format": "gpkg"}, progress), self.crs)
        frame.attrs["provenance"] = json.loads(self._analysed("/api/hotspots", {**asked, "format": "json"}, progress))
        return frame

    def _question(self, given: Dict[str, Any]) -> Dict[str, Any]:
        filters = {name: given.pop(name) for name in list(given)
                   if name in ("category", "subcategory", "agency", "severity", "start", "end", "hours", "weekdays", "area")}
        asked = question_of(self.time_zone, **filters)
        for name, value in given.items():
            if value is None or value is False:
                continue
            if value is True:
                asked[name] = "yes"
            elif isinstance(value, (list, tuple)):
                asked[name] = ",".join(map(str, value))
            else:
                asked[name] = str(value)
        return asked


def _problem(body: bytes, status: int) -> str:
    try:
        told = json.loads(body)
        return str(told.get("detail") or told.get("title") or status)
    except (ValueError, AttributeError):
        return f"HTTP {status}"


def _geopackage(body: bytes, crs: str) -> geopandas.GeoDataFrame:
    frame = geopandas.read_file(io.BytesIO(body))
    return frame.set_crs(crs, allow_override=True)


def connect(url: str, progress: Optional[Callable[[float], Any]] = None, timeout: float = 60) -> RemoteProject:
    """Opens the city of a running ``gridloom serve``: "http://127.0.0.1:8080".

    progress: called with the share done while the server analyses. timeout: seconds without an answer. Raises
    ConnectionError where nobody answers, DataError where the answer is no city's.
    """
    return RemoteProject(url, progress, timeout)


def open(path: Union[str, pathlib.Path],  # noqa: A001 - gridloom.open reads as it should
         progress: Optional[Callable[[float], Any]] = None) -> Project:
    """Opens a project file of ``gridloom fuse``, or the city of a server by its address: "http://127.0.0.1:8080" (``connect``
    is the same, and says to type checkers what a server has besides).

    progress: called with the share done while the arrangement is read, at the first ``locate``. Raises FileNotFoundError,
    ConnectionError, and DataError for what is no project.

    Example: ``gridloom.open("nyc.gpkg").grids()``
    """
    text = str(path)
    return connect(text, progress) if text.startswith(("http://", "https://")) else Project(path, progress)
