# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Where is more than chance explains?"""

from __future__ import annotations

import warnings
from typing import Any, Callable, Dict, Optional, Sequence, Union

import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .labels import in_order_of, labels_of
from .numbers import numbers_of
from .points import threads_or_all
from .weighting import Weights

_OF_ALL_CELLS = {"moran": "local_moran", "geary": "local_geary", "join_count": "local_join_count", "join_counts": "local_join_count",
                 "getis_g": "gi_star", "getis_ord_g": "gi_star"}
Values = Union[pandas.Series, numpy.ndarray, Sequence[float]]


def _as_array(values: Values, weights: Weights, what: str, labels: Optional[pandas.Index] = None) -> numpy.ndarray:
    """In the order of the cells: a Series by the labels of the weights, else by these."""
    values = in_order_of(labels if weights.index is None else weights.index, values, what, "the cells")
    array = numbers_of(values, what)
    if array.shape != (len(weights),):
        raise _gridloom.DataError(f"{what} have the shape {array.shape}, the weights {len(weights)} cells")
    return array


def hotspot_options(method: str, *, permutations: Optional[int] = None, seed: int = 1, correction: str = "fdr",
                    alpha: float = 0.05, inference: str = "automatic", tail: str = "two-sided", ties: Optional[str] = None,
                    black_above: float = 0, least_population: float = _gridloom.LEAST_POPULATION,
                    window: Optional[str] = None, threads: Optional[int] = None) -> Dict[str, Any]:
    """Options as the extension reads them. Raises DataError for an alpha outside (0, 1)."""
    if not 0 < alpha < 1:
        raise _gridloom.DataError(f"alpha is {alpha}; it must be between 0 and 1")
    if method in _OF_ALL_CELLS:
        raise _gridloom.DataError(f"{method} is one number for all cells, as a function of its own; of each cell: method='{_OF_ALL_CELLS[method]}'")
    return {"method": method, "inference": inference, "correction": correction, "alpha": float(alpha),
            "tail": tail, "ties": ties or "", "permutations": int(permutations or 0), "seed": int(seed),
            "black_above": float(black_above), "least_population": float(least_population),
            "threads": threads_or_all(threads), "window": window or ""}


def hotspots(values: Values, weights: Weights, method: str = "gi_star", *, permutations: Optional[int] = None,
             seed: int = 1, correction: str = "fdr", alpha: float = 0.05, inference: str = "automatic",
             tail: str = "two-sided", ties: Optional[str] = None, population: Optional[Values] = None,
             least_population: float = _gridloom.LEAST_POPULATION, black_above: float = 0, window: Optional[str] = None,
             threads: Optional[int] = None, progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
    """Hot and cold spots: one row a cell, in the order (and with the index) of ``values``.

    values: counts, or any measure, shape (n,); a Series finds its cells by the labels of ``weights.index``. method:
    "gi_star" (Getis & Ord 1996), "gi", "local_moran" (Anselin 1995), "local_geary", "local_join_count" (cells above
    ``black_above`` are black). The null hypothesis is the method's, whatever the inference: of gi_star, that the cell and its
    neighbours have k + 1 of all n values, placed anew; of the others, that the cell keeps its own and its neighbours have k of
    the n - 1 others. inference "automatic": the exact distribution where the values are counts and it can be told, else
    permutations; "exact", "permutation", "analytic" (the normal distribution; wrong for sparse counts). permutations: None
    takes as many as the correction needs, for any tail, drawn until the answer is clear; a number takes that many. ties: both tails count them, "full" (never too small) or "mid-p" (half, for counts); None: mid-p for counts (but
    "local_geary"), full otherwise. correction: "fdr" (Benjamini & Hochberg 1995), "bonferroni", "none". population: people, vehicles, ... at risk
    in each cell, labelled as the values; values are counts then and empirical-Bayes standardised rates (Assuncao & Reis
    1999) are tested. Cells with a population under ``least_population``, or of 0, take no part (untested, nobody's
    neighbours): the rates of next to nobody are the highest and drown all others.

    Columns: value, statistic (NaN for G and G* where a value is negative, as standardised rates are: a share of their sum
    means nothing), z (analytic), p, q (corrected p), class: hot, cold, high_high, low_low, high_low, low_high,
    similar, different, not_significant or untested (islands and too few at risk; p is NaN). ``attrs["provenance"]`` has
    method, inference, parameters, n (cells that took part), left_out (cells, events, people), seed, correction, weights and
    the cautions a reader must know. The same for any number of threads. Raises DataError for values that are not finite or too few, for labels that
    do not match, and for words that are none of these.

    Example: ``grids.join(gridloom.hotspots(count, w))``
    """
    labels = labels_of(values)
    array = _as_array(values, weights, "the values")
    people = numpy.empty(0) if population is None else _as_array(population, weights, "the populations", labels)
    options = hotspot_options(method, permutations=permutations, seed=seed, correction=correction, alpha=alpha,
                              inference=inference, tail=tail, ties=ties, black_above=black_above,
                              least_population=least_population, window=window, threads=threads)
    statistic, z, p, q, classes, record = _gridloom.hotspots(array, people, weights._native, options, progress)
    frame = pandas.DataFrame({"value": array, "statistic": statistic, "z": z, "p": p, "q": q, "class": classes},
                             index=labels if weights.index is None or labels is None else weights.index)
    if labels is not None and not frame.index.equals(labels):
        frame = frame.reindex(labels)
    record["seed"] = int(seed)
    record["weights"] = {"kind": weights.kind, **weights.parameters}
    frame.attrs["provenance"] = record
    return frame


def _global(statistic: str, values: Values, weights: Weights, tail: str, islands: str, permutations: Optional[int],
            seed: int, ties: str, threads: Optional[int], progress: Optional[Callable[[float], Any]]) -> Dict[str, Any]:
    array = _as_array(values, weights, "the values")
    result: Dict[str, Any] = _gridloom.global_statistic(statistic, array, weights._native, islands, tail)
    if permutations is not None:
        if permutations < 1:
            raise _gridloom.DataError(f"permutations is {permutations}; at least 1 is needed")
        found = _gridloom.permuted(array, statistic == "join_count", weights._native, int(permutations), int(seed), tail, ties,
                                   threads_or_all(threads), progress)
        if statistic == "join_count":
            for name in result:
                result[name]["p_permutation"] = found[name]
        else:
            result["p_permutation"] = found[statistic]
    result["provenance"] = {
        "method": statistic, "tail": tail, "ties": ties, "n": len(weights), "islands": len(weights.islands),
        "islands_are": islands, "links": weights.links, "permutations": permutations or 0, "seed": int(seed),
        "weights": {"kind": weights.kind, **weights.parameters}}
    return result


def moran(values: Values, weights: Weights, *, tail: str = "two-sided", islands: str = "counted",
          permutations: Optional[int] = None, seed: int = 1, ties: str = "full", threads: Optional[int] = None,
          progress: Optional[Callable[[float], Any]] = None) -> Dict[str, Any]:
    """Moran's I of all cells (Moran 1950): value, expected, variance, z and p under randomisation, and variance_normality,
    z_normality, p_normality (Cliff & Ord 1981).

    tail: "two-sided", "greater", "less". islands: cells without neighbours are "counted" in n (as in esda), or "left out" (as
    spdep's adjust.n). permutations: so many placements of all values give p_permutation; ties count in both tails, in full
    or half ("mid-p"). Raises DataError for fewer than 4 cells and for values that are all equal.

    Example: ``gridloom.moran(count, w, permutations=999)["p"]``
    """
    return _global("moran", values, weights, tail, islands, permutations, seed, ties, threads, progress)


def geary(values: Values, weights: Weights, *, tail: str = "two-sided", islands: str = "counted",
          permutations: Optional[int] = None, seed: int = 1, ties: str = "full", threads: Optional[int] = None,
          progress: Optional[Callable[[float], Any]] = None) -> Dict[str, Any]:
    """Geary's c of all cells (Geary 1954): 1 without clustering, less with it. Arguments and answers as ``moran``; the tail
    "less" is that of clustering.

    Example: ``gridloom.geary(count, w)["p"]``
    """
    return _global("geary", values, weights, tail, islands, permutations, seed, ties, threads, progress)


def getis_ord_g(values: Values, weights: Weights, *, tail: str = "two-sided", permutations: Optional[int] = None,
                seed: int = 1, ties: str = "full", threads: Optional[int] = None,
                progress: Optional[Callable[[float], Any]] = None) -> Dict[str, Any]:
    """Getis and Ord's global G (1992), for values with a natural zero and binary weights: large where high values cluster.
    Arguments and answers as ``moran``, without those under normality. Raises DataError for a negative value.

    Example: ``gridloom.getis_ord_g(count, w)["z"]``
    """
    return _global("getis_ord_g", values, weights, tail, "counted", permutations, seed, ties, threads, progress)


def join_counts(black: Values, weights: Weights, *, tail: str = "two-sided", permutations: Optional[int] = None,
                seed: int = 1, ties: str = "full", threads: Optional[int] = None,
                progress: Optional[Callable[[float], Any]] = None) -> Dict[str, Any]:
    """Joins of black (1) and white (0) cells, sampling without replacement (Cliff & Ord 1981): "black_black", "black_white",
    "white_white", each as the answer of ``moran``; a link that stands in both rows counts once. Raises DataError for other
    values, and where all have one colour.

    Example: ``gridloom.join_counts(count > count.median(), w)["black_black"]["z"]``
    """
    return _global("join_count", black, weights, tail, "counted", permutations, seed, ties, threads, progress)


def bivariate_moran(x: Values, y: Values, weights: Weights) -> float:
    """Does x go with y in the neighbourhood? n/S0 sum w_ij dx_i dy_j / sqrt(sum dx² sum dy²) (Wartenberg 1985).

    Example: ``gridloom.bivariate_moran(count, grids["population"], w)``
    """
    return _gridloom.bivariate_moran(_as_array(x, weights, "x"), _as_array(y, weights, "y", labels_of(x)), weights._native)


def rates(counts: Values, population: Values, method: str = "smoothed", weights: Optional[Weights] = None, *,
          least_population: float = _gridloom.LEAST_POPULATION) -> Union[pandas.Series, numpy.ndarray]:
    """Rates that small populations do not throw about, one a cell; a Series where the counts are one, in their order.

    method: "standardised", with equal variance, to be tested in place of raw rates (Assuncao & Reis 1999); "smoothed", drawn
    to the overall rate as much as the population is small (Marshall 1991); "locally smoothed", to the rate of the cell and
    its neighbours. A Series of population, and counts beside weights, find their cells by their labels. Cells with a
    population under ``least_population``, or of 0, take no part: their rate is NaN. Warns of them; a Series tells them in
    ``attrs["provenance"]``, too. Raises DataError for labels that do not match and for a population that is not from 0.

    Example: ``gridloom.rates(count, grids["population"], least_population=500)``
    """
    labels = labels_of(counts)
    own = weights.index if weights is not None and weights.index is not None else labels
    number, people = (numbers_of(in_order_of(own, values, what, whose), what) for values, what, whose in (
        (counts, "the counts", "the cells"), (population, "the populations", "the counts")))
    if number.ndim != 1 or number.shape != people.shape:
        raise _gridloom.DataError(f"counts and population have the shapes {number.shape} and {people.shape}")
    found, left_out, caution = _gridloom.rates(method, number, people, None if weights is None else weights._native,
                                               float(least_population))
    if caution:
        warnings.warn(caution, stacklevel=2)
    if labels is None:
        return found
    told = pandas.Series(found, index=own).reindex(labels) if not own.equals(labels) else pandas.Series(found, index=labels)
    told.attrs["provenance"] = {"method": f"{method} rates", "n": len(found) - left_out["cells"],
                                "least_population": float(least_population), "left_out": left_out,
                                "cautions": [caution] if caution else []}
    return told
