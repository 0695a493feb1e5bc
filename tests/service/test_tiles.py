"""Tiles of the real server through GDAL: are the pixels and the shapes where they should be?"""

import json
import re

import numpy
import pytest
from osgeo import gdal, ogr, osr

import vector_tiles
from client import EARTH, fetch, mercator, refused, tile_at, with_query
from geopackage import features

gdal.UseExceptions()
ogr.UseExceptions()
gdal.SetConfigOption("GDAL_HTTP_TIMEOUT", "60")
MANHATTAN = (-73.985, 40.75)


def picture(server, z, map="grids", query="lang=en"):
    """GDAL's WMS driver (TMS minidriver in XYZ order) over the PNG tiles of zoom z."""
    return gdal.Open(f"""<GDAL_WMS>
      <Service name="TMS"><ServerUrl>{server}/tiles/{map}/WebMercatorQuad/${{z}}/${{x}}/${{y}}.png?{query.replace("&", "&amp;")}</ServerUrl></Service>
      <DataWindow><UpperLeftX>-{EARTH}</UpperLeftX><UpperLeftY>{EARTH}</UpperLeftY><LowerRightX>{EARTH}</LowerRightX>
        <LowerRightY>-{EARTH}</LowerRightY><TileLevel>{z}</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
        <YOrigin>top</YOrigin></DataWindow>
      <Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>4</BandsCount>
      <MaxConnections>4</MaxConnections></GDAL_WMS>""")


def pixels(dataset, west, south, east, north):
    """RGBA values of a window in EPSG:3857, and the window's exact georeference."""
    x0, dx, _, y0, _, dy = dataset.GetGeoTransform()
    column, row = int((west - x0) / dx), int((north - y0) / dy)
    width, height = int((east - west) / dx), int((north - south) / -dy)
    values = dataset.ReadAsArray(column, row, width, height)
    return values, (x0 + column * dx, dx, 0, y0 + row * dy, 0, dy)


def city_shape(project):
    """The city's ground in EPSG:3857."""
    (_, shape), = features(project, "admin_0")
    target = osr.SpatialReference()
    target.ImportFromEPSG(3857)
    shape.TransformTo(target)
    return shape


def burn(shape, georeference, width, height):
    mask = gdal.GetDriverByName("MEM").Create("", width, height, 1)
    mask.SetGeoTransform(georeference)
    vectors = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = vectors.CreateLayer("shape")
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(shape)
    layer.CreateFeature(feature)
    gdal.RasterizeLayer(mask, [1], layer, burn_values=[1])
    return mask.ReadAsArray() == 1


def test_the_picture_lies_where_the_city_lies(server, project):
    """City and water part in the picture where they part in the project file, to a pixel's width."""
    west, south, east, north = (*mercator(-74.03, 40.69), *mercator(-73.90, 40.80))  # Manhattan and its rivers
    values, georeference = pixels(picture(server, 12, "incidents"), west, south, east, north)
    expected = burn(city_shape(project), georeference, values.shape[2], values.shape[1])
    # The colour of most pixels outside the city is that of the ground around it.
    outside = values[:, ~expected]
    colours, counts = numpy.unique(outside, axis=1, return_counts=True)
    water = colours[:, counts.argmax()]
    is_water = (values == water[:, None, None]).all(axis=0)
    assert expected.mean() > 0.3 and (~expected).mean() > 0.1
    right = (is_water != expected).mean()
    for dx, dy in ((4, 0), (-4, 0), (0, 4), (0, -4)):  # any shift makes it worse
        moved = numpy.roll(expected, (dy, dx), axis=(0, 1))
        assert (is_water != moved).mean() < right
    assert right > 0.93, right


def test_twice_the_scale_is_the_same_picture(server):
    x, y = tile_at(13, *MANHATTAN)
    for name, scale in (("/vsimem/1.png", ""), ("/vsimem/2.png", "@2x")):
        gdal.FileFromMemBuffer(name, fetch(f"{server}/tiles/incidents/WebMercatorQuad/13/{x}/{y}{scale}.png").body)
    small, large = gdal.Open("/vsimem/1.png"), gdal.Open("/vsimem/2.png")
    assert (small.RasterXSize, large.RasterXSize, large.RasterYSize) == (256, 512, 512)
    halved = gdal.Translate("", large, format="MEM", width=256, height=256, resampleAlg="average").ReadAsArray()
    difference = abs(halved[:3].astype(float) - small.ReadAsArray()[:3])
    assert difference.mean() < 20


def vector(server, z, x, y, map="grids", query=""):
    """A vector tile as GDAL reads it, in EPSG:3857."""
    answer = fetch(f"{server}/tiles/{map}/WebMercatorQuad/{z}/{x}/{y}.mvt?{query}")
    assert answer.status == 200
    return vector_tiles.opened(answer.body, X=x, Y=y, Z=z, CLIP="NO")  # X, Y, Z tell the driver where a loose tile lies


def test_vector_grids_lie_where_the_project_file_has_them(server, project):
    z = 15
    x, y = tile_at(z, *MANHATTAN)
    tile = vector(server, z, x, y)
    shapes = {f["code"]: f.GetGeometryRef().Clone() for f in tile.GetLayerByName("grids")}
    assert len(shapes) > 3
    target = osr.SpatialReference()
    target.ImportFromEPSG(3857)
    target.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    size = 2 * EARTH / 2**z
    west, north = -EARTH + x * size, EARTH - y * size
    window = ogr.CreateGeometryFromWkt(
        f"POLYGON(({west} {north},{west + size} {north},{west + size} {north - size},{west} {north - size},{west} {north}))")
    stored_as = {attributes["code"]: shape for attributes, shape in features(project, "grids")}
    pixel = size / 4096
    for code, shape in shapes.items():
        assert shape.IsValid(), code
        stored = stored_as[code]
        stored.TransformTo(target)
        difference = shape.Intersection(window).SymmetricDifference(stored.Intersection(window)).Area()
        # Simplification may move a line by a fraction of a screen pixel (16 tile units), no more.
        assert difference <= 16 * pixel * max(stored.Intersection(window).Boundary().Length(), pixel), code


def test_vector_tiles_tile_the_ground(server):
    """Inside one tile the grids neither overlap nor leave gaps between them."""
    z = 15
    x, y = tile_at(z, *MANHATTAN)
    tile = vector(server, z, x, y)
    shapes = [f.GetGeometryRef().Clone() for f in tile.GetLayerByName("grids")]
    union = ogr.Geometry(ogr.wkbMultiPolygon)
    for shape in shapes:
        for part in [shape] if shape.GetGeometryName() == "POLYGON" else list(shape):
            union.AddGeometry(part)
    union = union.UnionCascaded()
    total = sum(shape.Area() for shape in shapes)
    assert total == pytest.approx(union.Area(), rel=1e-9)


@pytest.mark.parametrize("map, layer, fields", [
    ("grids", "grids", {"code", "name", "name_zh", "kind", "parent", "population", "households", "incidents", "per_km2"}),
    ("department", "cells", {"id", "name"}), ("zones", "zones", {"code", "unit_id", "unit_name", "status", "share"}),
    ("incidents", "incidents", {"code", "incidents", "per_km2"})])
def test_vector_tiles_carry_what_tilejson_says(server, map, layer, fields):
    query = "layer=police_precincts" if map in ("department", "zones") else ""
    told = fetch(f"{server}/tiles/{map}.json?format=mvt&{query}").json["vector_layers"]
    x, y = tile_at(14, *MANHATTAN)
    tile = vector(server, 14, x, y, map, query)
    found = tile.GetLayerByName(layer)
    definition = found.GetLayerDefn()
    names = {definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())} - {"mvt_id"}
    assert [entry["id"] for entry in told] == [layer]
    assert fields <= set(told[0]["fields"]) and names <= set(told[0]["fields"])
    assert fields - {"share", "unit_id", "unit_name", "name"} <= names


def check_document(told):
    """What every document says, and that it leads to a tile: (content type, tile)."""
    west, south, east, north = told["bounds"]
    assert told["tilejson"] == "3.0.0" and west < -74 < east and south < 40.7 < north
    lon, lat, zoom = told["center"]
    assert west < lon < east and south < lat < north and told["minzoom"] <= zoom <= told["maxzoom"]
    assert all(told[key] and isinstance(told[key], str) for key in ("name", "description", "attribution"))
    assert all(len(repr(number).partition(".")[2]) <= 6 for number in (*told["bounds"], lon, lat))
    assert told["legend"] and all(e["color"].startswith("#") and {"en", "zh"} == set(e["label"]) for e in told["legend"])
    assert not re.search(r"\d\.\d{4}", json.dumps(told["legend"]))
    x, y = tile_at(12, *MANHATTAN)
    tile = fetch(told["tiles"][0].format(z=12, x=x, y=y))
    assert tile.status == 200 and tile.body
    return tile.headers["Content-Type"], tile.body


def test_each_tilejson_leads_to_its_own_kind_of_tiles(server):
    city = fetch(f"{server}/api/city").json
    for entry in city["maps"]:
        query = {"lang": "zh", **({"layer": city["layers"][0]["id"]} if entry["needs_layer"] else {})}
        raster = fetch(with_query(server + entry["tilejson"], **query)).json
        assert "vector_layers" not in raster and ".png?" in raster["tiles"][0]
        assert check_document(raster)[0] == "image/png"
        vectors = fetch(with_query(server + entry["vector_tilejson"], **query)).json
        assert len(vectors["vector_layers"]) == 1 and ".mvt?" in vectors["tiles"][0]
        assert check_document(vectors)[0] == "application/vnd.mapbox-vector-tile"
        names = {layer["department"]["zh"] for layer in city["layers"]}
        assert (names if not entry["needs_layer"] else {city["layers"][0]["department"]["zh"]}) <= set(vectors["attribution"].split(" · "))


def test_tilejson_of_the_heat(server):
    address = fetch(f"{server}/api/city").json["heat"]["tilejson"]
    everything = fetch(server + address).json
    rats = fetch(with_query(server + address, category="311 Rodent", radius=900, hours="22-4")).json
    assert "vector_layers" not in rats
    pictures = []
    for told in (everything, rats):
        kind, picture = check_document(told)
        assert kind == "image/png"
        pictures.append(picture)
    x, y = tile_at(12, *MANHATTAN)
    assert pictures[1] == fetch(f"{server}/tiles/heat/WebMercatorQuad/12/{x}/{y}.png?category=311%20Rodent&radius=900&hours=22-4").body
    assert pictures[0] != pictures[1]
    for wrong in ("radius=1", "hours=25", "format=mvt", "lang=fr", "from=soon"):
        assert refused(fetch, f"{server}{address}?{wrong}")[0] == 400, wrong


def test_gdal_reads_vector_tiles_by_their_document(server):
    """The driver for Mapbox vector tiles takes layers, fields and types from the document."""
    x, y = tile_at(14, *MANHATTAN)
    document = "/vsimem/grids.json"
    gdal.FileFromMemBuffer(document, fetch(f"{server}/tiles/grids.json?format=mvt").body)
    tile = gdal.OpenEx(f"MVT:/vsicurl/{server}/tiles/grids/WebMercatorQuad/14/{x}/{y}.mvt", gdal.OF_VECTOR,
                       open_options=[f"METADATA_FILE={document}", f"X={x}", f"Y={y}", "Z=14"])
    layer = tile.GetLayerByName("grids")
    fields = {layer.GetLayerDefn().GetFieldDefn(i).GetName(): layer.GetLayerDefn().GetFieldDefn(i).GetType()
              for i in range(layer.GetLayerDefn().GetFieldCount())}
    assert fields["code"] == ogr.OFTString and fields["per_km2"] == ogr.OFTReal
    assert layer.GetFeatureCount() > 10
    for feature in layer:
        assert len(repr(feature["per_km2"]).partition(".")[2]) == 1, feature["per_km2"]


def test_every_layer_has_its_zones_and_cells(server):
    city = fetch(f"{server}/api/city").json
    x, y = tile_at(12, *MANHATTAN)
    bodies = {fetch(f"{server}/tiles/{map}/WebMercatorQuad/12/{x}/{y}.png?layer={layer['id']}").body
              for map in ("zones", "department") for layer in city["layers"]}
    assert len(bodies) == 24, "two maps show the same picture"


def test_outside_the_city_is_blank(server):
    blank = fetch(f"{server}/tiles/grids/WebMercatorQuad/12/0/0.png")
    assert blank.status == 200 and blank.body.startswith(b"\x89PNG")
    assert fetch(f"{server}/tiles/grids/WebMercatorQuad/12/0/0.mvt").status == 204
