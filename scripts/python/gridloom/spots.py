# SPDX-License-Identifier: Apache-2.0
"""Where is more than chance explains?"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Sequence, Union

import numpy
import pandas

from . import _gridloom
from .points import threads_or_all
from .weighting import Weights

_SHORT = {"moran": "local_moran", "geary": "local_geary", "join_count": "local_join_count"}
Values = Union[pandas.Series, numpy.ndarray, Sequence[float]]


def _as_array(values: Values, weights: Weights, what: str) -> numpy.ndarray:
    array = numpy.ascontiguousarray(numpy.asarray(values, dtype=float))
    if array.shape != (len(weights),):
        raise _gridloom.DataError(f"{what} have the shape {array.shape}, the weights {len(weights)} cells")
    return array


def hotspots(values: Values, weights: Weights, method: str = "gi_star", *, permutations: Optional[int] = None,
             seed: int = 1, correction: str = "fdr", alpha: float = 0.05, inference: str = "automatic",
             tail: str = "two-sided", population: Optional[Values] = None, black_above: float = 0,
             window: Optional[str] = None, threads: Optional[int] = None,
             progress: Optional[Callable[[float], Any]] = None) -> pandas.DataFrame:
    """Hot and cold spots: one row a cell, in the order (and with the index) of ``values``.

    values: counts, or any measure, shape (n,). method: "gi_star" (Getis & Ord 1996), "gi", "moran" (local Moran, Anselin
    1995), "geary", "join_count" (cells above ``black_above`` are black). inference "automatic": the exact conditional
    distribution where the values are counts and it can be told, else conditional permutations; "exact", "permutation",
    "analytic" (the normal distribution; wrong for sparse counts). permutations: None takes as many as the correction
    needs, drawn until the answer is clear; a number takes that many. Both tails count ties. correction: "fdr"
    (Benjamini & Hochberg 1995), "bonferroni", "none". population: people, vehicles, ... at risk in each cell; values are
    counts then and empirical-Bayes standardised rates (Assuncao & Reis 1999) are tested.

    Columns: value, statistic, z (analytic), p, q (corrected p), class: hot, cold, high_high, low_low, high_low, low_high,
    similar, different, not_significant or untested (islands; p is NaN). ``attrs["provenance"]`` has method, inference,
    parameters, n, seed, correction, weights and the cautions a reader must know. The same for any number of threads.
    Raises DataError for values that are not finite or too few, and for words that are none of these.
    """
    array = _as_array(values, weights, "the values")
    people = numpy.empty(0) if population is None else _as_array(population, weights, "the populations")
    options: Dict[str, Any] = {
        "method": _SHORT.get(method, method), "inference": inference, "correction": correction, "alpha": float(alpha),
        "tail": tail, "permutations": int(permutations or 0), "seed": int(seed), "black_above": float(black_above),
        "threads": threads_or_all(threads), "window": window or ""}
    statistic, z, p, q, classes, record = _gridloom.hotspots(array, people, weights._native, options, progress)
    frame = pandas.DataFrame({"value": array, "statistic": statistic, "z": z, "p": p, "q": q, "class": classes},
                             index=values.index if isinstance(values, pandas.Series) else None)
    record["seed"] = int(seed)
    record["weights"] = {"kind": weights.kind, **weights.parameters}
    frame.attrs["provenance"] = record
    return frame


def moran(values: Values, weights: Weights) -> Dict[str, float]:
    """Moran's I of all cells (Moran 1950): value, expected, variance, z and two-sided p under randomisation (Cliff & Ord
    1981). Islands count as cells. Raises DataError for fewer than 4 cells and for values that are all equal."""
    return _gridloom.global_moran(_as_array(values, weights, "the values"), weights._native)
