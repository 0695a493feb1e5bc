# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""The ground that surfaces are of."""

from __future__ import annotations

from typing import Optional, Union

import geopandas  # type: ignore[import]
import numpy
import shapely.geometry.base  # type: ignore[import]

from . import _gridloom
from .points import rings

Mask = Union[geopandas.GeoSeries, geopandas.GeoDataFrame, shapely.geometry.base.BaseGeometry]


def ground_of(mask: Mask, crs: str) -> shapely.geometry.base.BaseGeometry:
    """The mask as one geometry, in the CRS where both are stated."""
    if isinstance(mask, (geopandas.GeoDataFrame, geopandas.GeoSeries)):
        shapes = mask.geometry
        if crs and shapes.crs is not None:
            shapes = shapes.to_crs(crs)
        return shapes.unary_union
    return mask


def polygons_of(shape: Optional[shapely.geometry.base.BaseGeometry]) -> Optional[_gridloom._Polygons]:
    """The shape as one cell of ragged arrays, as ``points.rings``; None without a shape."""
    return None if shape is None else rings(geopandas.GeoSeries([shape]))
