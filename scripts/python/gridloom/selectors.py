# SPDX-License-Identifier: Apache-2.0
"""Bandwidths chosen from the points."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, Callable, Dict, Optional, Sequence

import numpy
import pandas

from . import _gridloom
from .ground import Mask, ground_of
from .points import Points, coordinates, require_finite, require_metres

SELECTORS = ("scott", "silverman", "diggle", "ppl", "lscv")
KERNELS = ("uniform", "epanechnikov", "quartic", "triweight", "gaussian")
_CANDIDATES, _SPREAD = 64, (0.05, 2.0)  # from a twentieth of Scott's bandwidth to twice it


@dataclasses.dataclass(frozen=True)
class Bandwidth:
    """A chosen bandwidth.

    metres: for the kernel asked about. sd_m: as the standard deviation of a Gaussian. method: the selector. table: the
    candidates, columns sd_m, bandwidth_m, criterion (ppl: larger is better; diggle, lscv: smaller); empty for scott and
    silverman, which are formulas. at_end: the best candidate is the first or the last: search wider. provenance: how it
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
    if kernel not in KERNELS:
        raise _gridloom.DataError(f"kernel is '{kernel}'; it can be {', '.join(KERNELS)}")
    return _gridloom.radius_for(kernel, sd_m)


def bandwidth(points: Points, method: str = "diggle", kernel: str = "gaussian", *, mask: Optional[Mask] = None,
              candidates: Optional[Sequence[float]] = None, sample: int = 5000, seed: int = 1, crs: Any = None,
              progress: Optional[Callable[[float], Any]] = None) -> Bandwidth:
    """A bandwidth chosen from the points. Selectors differ by several times on the same points: look at more than one.

    method: "scott" (sd n^(-1/6), Scott 1992), "silverman" (0.9 min(SD, D/sqrt(ln 2)) n^(-1/5), the form GIS packages use,
    Silverman 1986), "diggle" (least mean square error of the intensity, Berman & Diggle 1989; without edge correction),
    "ppl" (leave-one-out likelihood, Loader 1999; collapses on coinciding points), "lscv" (least squares cross-validation,
    Bowman 1984). kernel: the kernel it is for; the choice is that of a Gaussian, and the others get the radius of the same
    variance. mask: the ground, for diggle's intensity; None: the points' box. candidates: standard deviations in metres,
    ascending; None: 64 from a twentieth of Scott's bandwidth to twice it, evenly spaced in the logarithm. sample: the last
    three compare pairs, O(candidates n²), and are told of so many points drawn with ``seed`` where there are more.

    Warns when the best candidate is the first or the last. Raises DataError for degrees and for points at one place only.
    """
    if method not in SELECTORS:
        raise _gridloom.DataError(f"method is '{method}'; it can be {', '.join(SELECTORS)}")
    factor = radius_for(kernel, 1.0)
    x, y, stated = coordinates(points, crs)
    require_finite(x, y)
    name = require_metres(stated, x, y, "the points")
    told: Dict[str, Any] = {"method": method, "kernel": kernel, "n": len(x), "sample": None, "seed": None, "area_km2": None}
    if method in ("scott", "silverman"):
        sd = _gridloom.scott_bandwidth(x, y)[2] if method == "scott" else _gridloom.silverman_bandwidth(x, y)
        return Bandwidth(sd * factor, sd, method, pandas.DataFrame(columns=["sd_m", "bandwidth_m", "criterion"]), False, told)
    if sample < 2:
        raise _gridloom.DataError(f"sample is {sample}; at least two points are needed")
    scott = _gridloom.scott_bandwidth(x, y)[2]
    if len(x) > sample:
        drawn = numpy.sort(numpy.random.default_rng(seed).choice(len(x), sample, replace=False))
        told.update(sample=sample, seed=seed)
        x, y = x[drawn], y[drawn]
    tried = numpy.geomspace(_SPREAD[0] * scott, _SPREAD[1] * scott, _CANDIDATES) if candidates is None else \
        numpy.asarray(candidates, float)
    if tried.ndim != 1 or not len(tried) or not (tried > 0).all() or (numpy.diff(tried) < 0).any() or not numpy.isfinite(tried).all():
        raise _gridloom.DataError("candidates are standard deviations in metres, positive and ascending")
    area = _area_km2(x, y, mask, name) if method == "diggle" else 1.0
    found = _gridloom.search_bandwidth(method, x, y, area, tried.tolist(), progress)
    told["area_km2"] = area if method == "diggle" else None
    if found["at_end"]:
        warnings.warn(f"{method}: the best bandwidth is at the end of the candidates, {found['best_m']:.3g} m: search wider",
                      stacklevel=2)
    table = pandas.DataFrame({"sd_m": found["candidates_m"], "bandwidth_m": found["candidates_m"] * factor,
                              "criterion": found["criterion"]})
    return Bandwidth(found["best_m"] * factor, found["best_m"], method, table, found["at_end"], told)


def _area_km2(x: numpy.ndarray, y: numpy.ndarray, mask: Optional[Mask], crs: str) -> float:
    area = ground_of(mask, crs).area if mask is not None else (x.max() - x.min()) * (y.max() - y.min())
    if not area > 0:
        raise _gridloom.DataError("diggle needs the area of the ground: state mask=")
    return float(area) / 1e6
