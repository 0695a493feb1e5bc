# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Bandwidths chosen from the points."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, Callable, Dict, Optional, Sequence

import numpy
import pandas  # type: ignore[import]

from . import _gridloom
from .ground import Mask, ground_of
from .points import Points, coordinates, require_finite, require_metres



@dataclasses.dataclass(frozen=True)
class Bandwidth:
    """A chosen bandwidth.

    metres: for the kernel asked about. sd_m: as the standard deviation of a Gaussian, for all points. method: the selector.
    table: the candidates, columns sd_m, bandwidth_m, criterion (ppl: larger is better; diggle, lscv: smaller); empty for
    scott and silverman, which are formulas. at_end: the best candidate is the first or the last: search wider. provenance: how it
    came about.
    """

    metres: float
    sd_m: float
    method: str
    table: pandas.DataFrame
    at_end: bool
    provenance: Dict[str, Any]


def radius_for(kernel: str, sd_m: float) -> float:
    """The bandwidth in metres with which the kernel spreads a point as far along each axis as a Gaussian of this standard
    deviation: its radius, for "gaussian" the standard deviation itself."""
    return _gridloom.radius_for(kernel, sd_m)


def bandwidth(points: Points, method: str = "diggle", kernel: str = "gaussian", *, mask: Optional[Mask] = None,
              candidates: Optional[Sequence[float]] = None, sample: int = _gridloom.BANDWIDTH_SAMPLE,
              seed: int = _gridloom.BANDWIDTH_SEED, crs: Any = None,
              progress: Optional[Callable[[float], Any]] = None) -> Bandwidth:
    """A bandwidth chosen from the points. Selectors differ by several times on the same points: look at more than one.

    method: "scott" (sd n^(-1/6), Scott 1992), "silverman" (0.9 min(SD, D/sqrt(ln 2)) n^(-1/5), the form GIS packages use,
    Silverman 1986), "diggle" (least mean square error of the intensity, Berman & Diggle 1989; without edge correction),
    "ppl" (leave-one-out likelihood, Loader 1999; collapses on coinciding points), "lscv" (least squares cross-validation,
    Bowman 1984). kernel: the kernel it is for; the choice is that of a Gaussian, and the others get the radius of the same
    variance. mask: the ground, for diggle's intensity; None: the points' box. candidates: standard deviations in metres,
    ascending; None: 64 from a fiftieth of the sample's Scott bandwidth to four times it, evenly spaced in the logarithm.
    sample: the last three compare pairs, O(candidates n²), and look at so many points drawn with ``seed`` where there are
    more: the same ones in whatever order the points come. What is best for n of N is brought to all by (n/N)^(1/6) (Hall &
    Robinson 2009).

    Warns when the best candidate is the first or the last. Raises DataError for degrees and for points at one place only.

    Example: ``gridloom.bandwidth(rats, method="scott")``
    """
    factor = radius_for(kernel, 1.0)
    searches = _gridloom.searches(method)
    x, y, stated = coordinates(points, crs)
    require_finite(x, y)
    name = require_metres(stated, x, y, "the points")
    if sample < 2:
        raise _gridloom.DataError(f"sample is {sample}; at least two points are needed")
    tried: numpy.ndarray = numpy.empty(0) if candidates is None else numpy.asarray(candidates, float)
    if candidates is not None and not _ascend(tried):
        raise _gridloom.DataError("candidates are standard deviations in metres, positive and ascending")
    area = _area_km2(x, y, mask, name) if method == "diggle" else 1.0
    found = _gridloom.choose_bandwidth(method, x, y, area, tried.tolist(), int(sample), int(seed), progress)
    if found["at_end"]:
        warnings.warn(f"{method}: the best bandwidth is at the end of the candidates, {found['best_m']:.3g} m: search wider",
                      stacklevel=2)
    sampled = searches and found["sample"] < len(x)
    table = pandas.DataFrame({"sd_m": found["candidates_m"], "bandwidth_m": found["candidates_m"] * factor,
                              "criterion": found["criterion"]})
    return Bandwidth(found["sd_m"] * factor, found["sd_m"], method, table, found["at_end"],
                     {"method": method, "kernel": kernel, "n": len(x), "sample": found["sample"] if sampled else None,
                      "seed": seed if sampled else None, "best_candidate_m": found["best_m"] if searches else None,
                      "area_km2": area if method == "diggle" else None})


def _ascend(tried: numpy.ndarray) -> bool:
    return tried.ndim == 1 and len(tried) > 0 and bool((tried > 0).all() and (numpy.diff(tried) >= 0).all() and
                                                       numpy.isfinite(tried).all())


def _area_km2(x: numpy.ndarray, y: numpy.ndarray, mask: Optional[Mask], crs: str) -> float:
    area = ground_of(mask, crs).area if mask is not None else (x.max() - x.min()) * (y.max() - y.min())
    if not area > 0:
        raise _gridloom.DataError("diggle needs the area of the ground: state mask=")
    return float(area) / 1e6
