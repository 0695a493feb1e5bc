"""Locate: the command line and HTTP say the same, and what they say agrees with the project file read by other software."""

import json

import pytest
from osgeo import ogr, osr

from client import fetch, with_query
from geopackage import features, rows
from running import ran, serving

ogr.UseExceptions()
osr.UseExceptions()
UTM = 32618  # New York's working CRS

# WGS 84 places around Qingdao with their GCJ-02 and BD-09 positions, as published libraries give them: gcoord 1.0.7 and
# coordtransform 2.1.2 (npm), which agree to the last digit.
QINGDAO = {
    "May Fourth Square": ((120.378, 36.062), (120.38313032559705, 36.062270919818786), (120.38958997223808, 36.068397359609484)),
    "Zhanqiao": ((120.3145, 36.06), (120.31954311875576, 36.06016492189249), (120.32609926893731, 36.06597696722728)),
    "Laoshan": ((120.625, 36.195), (120.62962039079903, 36.19496421723576), (120.63610471255724, 36.20096735305277)),
    "Jiaozhou": ((120.006, 36.287), (120.01126711084538, 36.287165764459424), (120.0176885677996, 36.29346854584025)),
    "Pingdu": ((119.959, 36.789), (119.96420038947987, 36.789286581907206), (119.9707244563284, 36.7951762261124)),
}


def by_http(server, lon, lat, **options):
    return fetch(with_query(f"{server}/api/locate", lon=repr(lon), lat=repr(lat), **options)).json


def by_command(binary, project, lon, lat, *options):
    return json.loads(ran(binary, "locate", project, "--json", *options, "--", repr(lon), repr(lat)).stdout)


def transform(source, target):
    systems = [osr.SpatialReference(), osr.SpatialReference()]
    for system, code in zip(systems, (source, target)):
        system.ImportFromEPSG(code)
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return osr.CoordinateTransformation(*systems)


def place_in(shape, epsg):
    """A point inside, in degrees of WGS 84."""
    point = shape.PointOnSurface()
    return transform(epsg, 4326).TransformPoint(point.GetX(), point.GetY())[:2]


def places_in(project, table, count):
    """WGS 84 points well inside about `count` features of a table, those not narrower than the lattice: (attributes, lon, lat)."""
    found = features(project, table)
    for attributes, shape in found[::max(1, len(found) // count)]:
        if shape.Boundary().Distance(shape.PointOnSurface()) >= 0.01:
            yield attributes, *place_in(shape, UTM)


def test_command_and_http_agree(binary, project, server):
    for _, lon, lat in places_in(project, "grids", 8):
        assert by_command(binary, project, lon, lat) == by_http(server, lon, lat)
    outside = by_http(server, -70.0, 45.0)
    assert outside["found"] is False and outside == by_command(binary, project, -70.0, 45.0)


def test_every_answer_is_what_the_project_file_says(project, server):
    checked = 0
    for feature, lon, lat in places_in(project, "grids", 70):
        answer = by_http(server, lon, lat)
        code = feature["code"]
        assert answer["found"] and answer["grid"]["code"] == code and not answer["on_boundary"]
        assert answer["grid"]["population"] == pytest.approx(feature["population"])
        assert answer["admin"][-1]["code"] == feature["parent"]
        stored = {layer: what for layer, *what in
                  rows(project, "SELECT layer, unit_id, share, status FROM responsibilities WHERE grid_code = ?", code)}
        told = {r["layer"]: (r["unit_id"], r["share"], r["status"]) for r in answer["responsibilities"]}
        assert set(told) == set(stored) and len(told) == 12
        for layer, (unit, share, status) in told.items():
            assert (unit or None, status) == (stored[layer][0] or None, stored[layer][2])
            assert share == pytest.approx(stored[layer][1] or 0)
        checked += 1
    assert checked >= 60


def test_here_is_the_cell_of_the_place(project, server):
    for feature, lon, lat in places_in(project, "atoms", 80):
        answer = by_http(server, lon, lat)
        here = {r["layer"]: r["here"] for r in answer["responsibilities"]}
        for layer, cell in here.items():
            assert cell == (feature[layer] or None), (layer, feature["atom_id"])


def test_a_metric_position_is_the_same_place(project, server):
    to_metres = transform(4326, 2263)  # New York's own state plane, US feet: not the working CRS
    for _, lon, lat in places_in(project, "grids", 10):
        x, y, _ = to_metres.TransformPoint(lon, lat)
        there = by_http(server, x, y, crs="epsg:2263")
        assert there["grid"]["code"] == by_http(server, lon, lat)["grid"]["code"]
        assert there["position"]["lon"] == pytest.approx(lon, abs=1e-7)
        assert there["position"]["lat"] == pytest.approx(lat, abs=1e-7)


def test_gcj02_does_nothing_in_new_york(server):
    plain, shifted = by_http(server, -73.9857, 40.7484), by_http(server, -73.9857, 40.7484, crs="gcj02")
    assert plain == shifted and plain["found"]


def test_a_vacant_layer_names_its_fallback(project, server):
    vacant = rows(project, "SELECT r.grid_code, r.layer, g.parent FROM responsibilities r JOIN grids g ON g.code = r.grid_code "
                           "WHERE r.status = 'vacant' LIMIT 5")
    assert len(vacant) == 5
    shapes = {grid["code"]: shape for grid, shape in features(project, "grids")}
    for code, layer, parent in vacant:
        answer = next(r for r in by_http(server, *place_in(shapes[code], UTM))["responsibilities"] if r["layer"] == layer)
        assert answer["status"] == "vacant" and answer["unit_id"] is None and answer["fallback"]["code"] == parent


@pytest.fixture(scope="module")
def qingdao(binary, root, tmp_path_factory):
    target = tmp_path_factory.mktemp("qingdao") / "qingdao.gpkg"
    ran(binary, "fuse", root / "gisdata/qingdao/city.yaml", "-o", target)
    return target


@pytest.mark.parametrize("name", QINGDAO)
def test_published_qingdao_positions_are_the_same_place_in_every_system(binary, qingdao, name):
    wgs, gcj, bd = QINGDAO[name]
    plain = by_command(binary, qingdao, *wgs)
    assert plain["found"], f"{name} should be in Qingdao"
    for crs, place in (("gcj02", gcj), ("bd09", bd)):
        same = by_command(binary, qingdao, *place, "--crs", crs)
        assert same["position"]["lon"] == pytest.approx(wgs[0], abs=2e-7)
        assert same["position"]["lat"] == pytest.approx(wgs[1], abs=2e-7)
        assert {**same, "position": None} == {**plain, "position": None}
    misread = by_command(binary, qingdao, *gcj)
    assert abs(misread["position"]["lon"] - wgs[0]) > 0.004, "GCJ-02 taken for WGS 84 is several hundred metres off"


def test_qingdao_answers_over_http_in_chinese(binary, qingdao):
    with serving(binary, qingdao) as (url, _):
        answer = by_http(url, *QINGDAO["May Fourth Square"][1], crs="gcj02")
    assert answer["found"] and answer["admin"][0]["code"] == "370200" and "青岛" in answer["admin"][0]["name"]["zh"]
