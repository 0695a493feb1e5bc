"""Vector tiles of New York as other software reads them: GDAL's MVT driver and shapely."""

import pytest
import shapely.ops
import shapely.validation
import shapely.wkb

import vector_tiles
from client import fetch, tile_at

EXTENT = 4096
BUFFER = 128

# map, query, layer name in the tile
MAPS = [("grids", "", "grids"), ("zones", "?layer=police_precincts", "zones"),
        ("department", "?layer=election_districts", "cells"), ("incidents", "", "incidents")]
PLACES = [(-73.97, 40.75), (-74.15, 40.57), (-73.82, 40.62)]  # Midtown, Staten Island, Jamaica Bay


def features(server, name, query, z, x, y):
    """(attributes, polygon or point) of a tile, in tile units with y to the south turned north."""
    data = fetch(f"{server}/tiles/{name}/WebMercatorQuad/{z}/{x}/{y}.mvt{query}").body
    if not data:
        return None, []
    source = vector_tiles.opened(data, METADATA_FILE="")  # without a georeference GDAL keeps the tile's own units
    assert source.GetLayerCount() == 1
    layer = source.GetLayer(0)
    return layer.GetName(), [(f.items(), shapely.wkb.loads(bytes(f.geometry().ExportToWkb()))) for f in layer]


@pytest.mark.parametrize("name, query, layer_name", MAPS)
@pytest.mark.parametrize("z", [9, 11, 13, 15, 17])
def test_every_polygon_is_valid_and_no_ground_is_claimed_twice(server, name, query, layer_name, z):
    seen = 0
    for place in PLACES:
        layer, found = features(server, name, query, z, *tile_at(z, *place))
        if not found:
            continue
        assert layer == layer_name
        polygons = [p for _, g in found for p in getattr(g, "geoms", [g]) if p.geom_type == "Polygon"]
        for polygon in polygons:
            assert polygon.is_valid, shapely.validation.explain_validity(polygon)
            west, south, east, north = polygon.bounds
            assert min(west, south) >= -BUFFER and max(east, north) <= EXTENT + BUFFER
        seen += len(polygons)
        if name != "department":  # grids do not overlap, departments' cells may
            parts = sum(p.area for p in polygons)
            union = shapely.ops.unary_union(polygons).area
            assert parts == pytest.approx(union, rel=1e-9)
    assert seen > 0


def test_every_grid_is_there_however_far_away(server):
    def codes(z):
        west, north = tile_at(z, -74.2556, 40.9155)
        east, south = tile_at(z, -73.70001, 40.4961)
        return {attributes["code"] for x in range(west, east + 1) for y in range(north, south + 1)
                for attributes, _ in features(server, "grids", "", z, x, y)[1]}

    assert codes(8) == codes(11)
