# SPDX-License-Identifier: Apache-2.0
"""Who neighbours whom."""

from __future__ import annotations

import warnings
from typing import Any, Callable, List, Optional, Tuple, Union

import geopandas
import numpy
import pandas

from . import _gridloom
from .labels import labels_of
from .points import Points, coordinates, require_metres, rings, threads_or_all


class Weights:
    """Spatial weights: for each cell its neighbours and how much they count.

    ``kind`` and ``parameters`` tell how they came about. ``islands``: positions of cells without neighbours, which are
    never hot or cold. ``index``: the labels of the cells, by which a Series of values finds its place; None where they have
    none (an array, lists, a lattice).
    """

    def __init__(self, native: Any, kind: str, parameters: dict, index: Optional[pandas.Index] = None) -> None:
        self._native = native
        self.kind = kind
        self.parameters = parameters
        self.index = index
        self.islands: numpy.ndarray = native.islands()

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return f"<gridloom.Weights {self.kind}, {len(self)} cells, {self.links} links, {len(self.islands)} islands>"

    @property
    def links(self) -> int:
        """Pairs of a cell and its neighbour, each direction counted."""
        return self._native.links

    def arrays(self) -> Tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """Sparse rows: first (n + 1), neighbour (links), weight (links); row i is first[i]:first[i + 1]. They are the
        indptr, indices and data of a scipy.sparse.csr_matrix."""
        return self._native.arrays()

    def neighbours(self, cell: int) -> numpy.ndarray:
        """Positions of a cell's neighbours, ascending."""
        first, neighbour, _ = self._native.arrays()
        return neighbour[first[cell]:first[cell + 1]]

    def row_standardised(self) -> "Weights":
        """The same with each row divided by its sum."""
        return Weights(self._native.standardised(), self.kind, {**self.parameters, "row_standardised": True}, self.index)

    @staticmethod
    def from_neighbours(lists: List[List[int]]) -> "Weights":
        """Binary weights of lists of neighbours, position by position, as in a GAL file. Raises DataError for a neighbour
        that does not exist, is the cell itself or stands twice."""
        first = numpy.cumsum([0, *map(len, lists)]).astype("int64")
        flat = numpy.array([j for row in lists for j in row], dtype="int64")
        return Weights(_gridloom.from_lists(first, flat), "lists", {})

    @staticmethod
    def lattice(columns: int, rows: int, queen: bool = True) -> "Weights":
        """Contiguity of columns x rows squares; cell = row * columns + column."""
        return Weights(_gridloom.lattice_contiguity(columns, rows, queen), "queen" if queen else "rook", {})


def weights(cells: Union[Points, geopandas.GeoDataFrame, geopandas.GeoSeries], kind: str = "queen", *,
            k: int = 8, distance: Optional[float] = None, bandwidth: Optional[float] = None, kernel: str = "quartic",
            crs: Any = None, threads: Optional[int] = None,
            progress: Optional[Callable[[float], Any]] = None) -> Weights:
    """Spatial weights of cells, in their order and with their index.

    kind "queen": cells that share a border or a corner; "rook": a border of positive length; both exact on a 1 mm lattice.
    "knn": the k nearest others; "distance": all within ``distance`` metres; "kernel": all within ``bandwidth`` metres,
    weighing K(d/bandwidth)/K(0) (kernel as in ``heatmap``). These three go by the points, or the polygons' centroids.

    cells: polygons or points in metres, a GeoDataFrame, GeoSeries, a frame with x and y, or an array (n, 2). Warns of
    islands. Raises DataError for degrees, for other geometries and for parameters that make no sense.
    """
    if len(cells) == 0:
        raise _gridloom.DataError("there are no cells")
    contiguous = kind in ("queen", "rook")
    if contiguous and not isinstance(cells, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        raise _gridloom.DataError("contiguity needs polygons: a GeoDataFrame or GeoSeries")
    parameters: dict = {"knn": {"k": k}, "distance": {"distance_m": distance},
                        "kernel": {"bandwidth_m": bandwidth, "kernel": kernel}}.get(kind, {})
    metres = {"distance": distance, "kernel": bandwidth}.get(kind, 0.0)
    if metres is None:
        raise _gridloom.DataError(f"{'distance' if kind == 'distance' else 'bandwidth'} is missing: state it in metres")
    shape = rings(cells.geometry) if contiguous else None
    x, y = _centres(cells, crs) if shape is None else shape[:2]
    if shape is not None:
        require_metres(cells.crs if cells.crs is not None else crs, x, y, "the cells")
    native = _gridloom.spatial_weights(kind, x, y, shape, float(metres), k, kernel, threads_or_all(threads), progress)
    result = Weights(native, kind, parameters, labels_of(cells))
    if len(result.islands):
        warnings.warn(f"{len(result.islands)} of {len(result)} cells have no neighbours (.islands lists them): nothing can "
                      "be said of them", stacklevel=2)
    return result


def _centres(cells: Any, crs: Any) -> Tuple[numpy.ndarray, numpy.ndarray]:
    if isinstance(cells, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        bounds = cells.total_bounds
        require_metres(cells.crs if cells.crs is not None else crs, bounds[[0, 2]], bounds[[1, 3]], "the cells")
        cells = cells.geometry.centroid
    x, y, own = coordinates(cells, crs)
    require_metres(own, x, y, "the points")
    return x, y
