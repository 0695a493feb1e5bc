# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Who neighbours whom."""

from __future__ import annotations

import html
import warnings
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import geopandas  # type: ignore[import]
import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .labels import labels_of
from .points import Points, coordinates, require_metres, rings, threads_or_all


class Weights:
    """Spatial weights: for each cell its neighbours and how much they count.

    ``kind`` and ``parameters`` tell how they came about. ``islands``: positions of cells without neighbours, which are
    never hot or cold. ``index``: the labels of the cells, by which a Series of values finds its place; None where they have
    none (an array, lists, a lattice).
    """

    def __init__(self, native: Any, kind: str, parameters: Dict[str, Any], index: Optional[pandas.Index] = None) -> None:
        self._native = native
        self.kind = kind
        self.parameters = parameters
        self.index = index
        self.islands: numpy.ndarray = native.islands()

    def __len__(self) -> int:
        return len(self._native)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Weights):
            return NotImplemented
        return len(self) == len(other) and all(numpy.array_equal(a, b) for a, b in zip(self.arrays(), other.arrays()))

    __hash__ = None  # type: ignore[assignment]  # equal by their content, which is too much to hash

    def _repr_html_(self) -> str:
        shown = ", ".join(f"{key} {value}" for key, value in self.parameters.items())
        return (f"<b>Weights</b> {html.escape(self.kind)}{' (' + html.escape(shown) + ')' if shown else ''}<br>{len(self):,} cells, "
                f"{self.links:,} links, {len(self.islands):,} islands")

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
    def from_sparse(matrix: Any, index: Optional[pandas.Index] = None) -> "Weights":
        """Of a scipy.sparse matrix, cells by cells, or anything with tocsr(): row i has the neighbours of cell i. What stands on
        the diagonal is what a cell weighs itself in Gi*. index: the labels of the cells. Raises DataError for negative weights
        and another shape."""
        rows = matrix.tocsr().copy()
        if rows.shape[0] != rows.shape[1]:
            raise _gridloom.DataError(f"weights are cells by cells, not {rows.shape[0]} by {rows.shape[1]}")
        rows.sum_duplicates()
        rows.eliminate_zeros()
        return Weights(_from_rows(rows.indptr, rows.indices, rows.data), "sparse", {}, _labels(index, rows.shape[0]))

    def to_sparse(self) -> Any:
        """As a scipy.sparse.csr_matrix, cells by cells, nothing on the diagonal. Needs SciPy."""
        from scipy.sparse import csr_matrix  # type: ignore[import]
        first, neighbour, weight = self._native.arrays()
        return csr_matrix((weight, neighbour.astype("int64"), first.astype("int64")), shape=(len(self), len(self)))

    @staticmethod
    def from_libpysal(w: Any) -> "Weights":
        """Of a libpysal.weights.W, in its id_order, which becomes the index: whatever its transformation is, binary or by rows.
        Where a cell is its own neighbour, that is what it weighs in Gi*."""
        order = list(w.id_order)
        place = {label: position for position, label in enumerate(order)}
        lists = [[place[label] for label in w.neighbors[own]] for own in order]
        flat = numpy.array([position for row in lists for position in row], dtype="int64")
        weight = numpy.array([value for own in order for value in w.weights[own]], dtype=float)
        first = numpy.cumsum([0, *map(len, lists)]).astype("int64")
        return Weights(_from_rows(first, flat, weight), "libpysal", {}, pandas.Index(order))

    def to_libpysal(self) -> Any:
        """As a libpysal.weights.W, its ids the index, or positions where there is none. Needs libpysal."""
        from libpysal.weights import W  # type: ignore[import]
        ids = list(range(len(self))) if self.index is None else self.index.tolist()
        first, neighbour, weight = self._native.arrays()
        rows = [slice(int(a), int(b)) for a, b in zip(first[:-1], first[1:])]
        return W({own: [ids[int(j)] for j in neighbour[row]] for own, row in zip(ids, rows)},
                 {own: weight[row].tolist() for own, row in zip(ids, rows)}, id_order=ids, silence_warnings=True)

    @staticmethod
    def lattice(columns: int, rows: int, queen: bool = True) -> "Weights":
        """Contiguity of columns x rows squares; cell = row * columns + column."""
        return Weights(_gridloom.lattice_contiguity(columns, rows, queen), "queen" if queen else "rook", {})


def _labels(index: Any, cells: int) -> Optional[pandas.Index]:
    if index is None:
        return None
    labels = pandas.Index(index)
    if len(labels) != cells:
        raise _gridloom.DataError(f"the index has {len(labels)} labels, the weights {cells} cells")
    return labels


def _from_rows(first: numpy.ndarray, neighbour: numpy.ndarray, weight: numpy.ndarray) -> Any:
    """Rows that sum to 1, and are not binary, are standardised ones."""
    offsets, flat = numpy.asarray(first, "int64"), numpy.ascontiguousarray(weight, float)
    sums = numpy.add.reduceat(numpy.append(flat, 0.0), offsets[:-1])[numpy.diff(offsets) > 0] if len(flat) else numpy.empty(0)
    standardised = len(flat) > 0 and bool((flat != 1).any() and numpy.allclose(sums, 1.0, rtol=0, atol=1e-9))
    return _gridloom.from_rows(offsets, numpy.ascontiguousarray(neighbour, "int64"), flat, standardised)


def weights(cells: Union[Points, geopandas.GeoDataFrame, geopandas.GeoSeries], kind: str = "queen", *,
            k: int = 8, distance: Optional[float] = None, bandwidth: Optional[float] = None, kernel: str = "quartic",
            crs: Any = None, threads: Optional[int] = None,
            progress: Optional[Callable[[float], Any]] = None) -> Weights:
    """Spatial weights of cells, in their order and with their index.

    kind "queen": cells that share a border or a corner; "rook": a border of positive length; both on a 1 mm lattice. Polygons that
    are drawn with common vertices, as grids, levels and aligned layers are, are taken as they are drawn; others are noded first.
    "knn": the k nearest others; "distance": all within ``distance`` metres; "kernel": all within ``bandwidth`` metres,
    weighing K(d/bandwidth)/K(0) (kernel as in ``heatmap``). These three go by the points, or the polygons' centroids.

    cells: polygons or points in metres, a GeoDataFrame, GeoSeries, a frame with x and y, or an array (n, 2). Warns of
    islands. Raises DataError for degrees, for other geometries and for parameters that make no sense.

    Example: ``gridloom.weights(grids, kind="knn", k=6)``
    """
    if len(cells) == 0:
        raise _gridloom.DataError("there are no cells")
    contiguous = kind in ("queen", "rook")
    if contiguous and not isinstance(cells, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        raise _gridloom.DataError("contiguity needs polygons: a GeoDataFrame or GeoSeries")
    told: Dict[str, Dict[str, Any]] = {"knn": {"k": k}, "distance": {"distance_m": distance},
                        "kernel": {"bandwidth_m": bandwidth, "kernel": kernel}}
    parameters = told.get(kind, {})
    metres = {"distance": distance, "kernel": bandwidth}.get(kind, 0.0)
    if metres is None:
        raise _gridloom.DataError(f"{'distance' if kind == 'distance' else 'bandwidth'} is missing: state it in metres")
    shapes: Any = cells
    shape = rings(shapes.geometry) if contiguous else None
    x, y = _centres(cells, crs) if shape is None else shape[:2]
    if shape is not None:
        require_metres(shapes.crs if shapes.crs is not None else crs, x, y, "the cells")
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
