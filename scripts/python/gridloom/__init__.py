# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Gridloom from Python: governance grids, heatmaps and hot spots on NumPy arrays, pandas and GeoPandas frames.

    import gridloom
    city = gridloom.open("nyc.gpkg")
    rats = city.incidents(category="311 Rodent")
    surface = gridloom.heatmap(rats, bandwidth=500, cell=100)
    surface.to_png("rats.png", title="Rat sightings")

Coordinates are metres of a projected CRS wherever distances matter; degrees are refused with a message that says what
to do. Every result carries how it came about (``provenance``, or ``frame.attrs["provenance"]``). Long calls release the
interpreter's lock, take ``progress`` (called with the share of the running step in [0, 1]) and stop on Ctrl-C. The
results do not depend on the number of threads.
"""

from ._gridloom import VERSION as __version__
from ._gridloom import DataError
from .counting import counts, suppress
from .heat import Heatmap, heatmap, relative_risk
from .picture import Classes, Map
from .points import CoincidenceWarning
from .project import Project
from .remote import RemoteProject, connect, open
from .selectors import Bandwidth, bandwidth
from .spots import bivariate_moran, geary, getis_ord_g, hotspots, join_counts, moran, rates
from .steadiness import Sensitivity, regular_cells, sensitivity
from .streets import street_density
from .weighting import Weights, weights

__all__ = [
    "Bandwidth", "Classes", "CoincidenceWarning", "DataError", "Heatmap", "Map", "Project", "RemoteProject", "Sensitivity",
    "Weights", "bandwidth", "bivariate_moran", "connect", "counts", "geary", "getis_ord_g", "heatmap", "hotspots", "join_counts", "moran", "open",
    "rates", "regular_cells", "relative_risk", "sensitivity", "street_density", "suppress", "weights", "__version__",
]
