# SPDX-License-Identifier: Apache-2.0
"""The ground that surfaces are of."""

from __future__ import annotations

from typing import Optional, Tuple, Union

import geopandas
import numpy
import shapely.geometry
import shapely.geometry.base
import shapely.geometry.polygon

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


def limit_of(shape: Optional[shapely.geometry.base.BaseGeometry]) -> Tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """The shape's rings as ragged arrays, the ground on their left; no rings without a shape."""
    if shape is None:
        return numpy.empty(0), numpy.empty(0), numpy.zeros(1, "int64")
    parts = [shapely.geometry.polygon.orient(part) for part in getattr(shape, "geoms", [shape])]
    return rings(geopandas.GeoSeries([shapely.geometry.MultiPolygon(parts)]))[:3]


def rings_of(shape: Optional[shapely.geometry.base.BaseGeometry]) -> Tuple[numpy.ndarray, ...]:
    """The shape as one cell of ragged arrays, as ``points.rings``; no cell without a shape."""
    if shape is None:
        none = numpy.empty(0)
        return none, none, numpy.zeros(1, "int64"), numpy.empty(0, "uint8"), numpy.zeros(1, "int64")
    return rings(geopandas.GeoSeries([shape]))
