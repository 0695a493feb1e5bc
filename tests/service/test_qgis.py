"""The project file in QGIS, without a screen: every layer opens with its style and is drawn."""

import json
import os
import pathlib
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from osgeo import gdal
from osgeo_utils.samples import validate_gpkg

from geopackage import rows
from running import ran

SCRIPT = pathlib.Path(__file__).with_name("qgis_layers.py")
PROJECT_SCRIPT = SCRIPT.with_name("qgis_project.py")
OUTLINES = ("admin_", "boundaries", "delivered_", "incidents", "zones")  # all others fill the ground


@pytest.fixture(scope="module", params=["small_project", "project"])
def opened(request, tmp_path_factory):
    """(project, what QGIS makes of its layers)"""
    path = request.getfixturevalue(request.param)
    home = tmp_path_factory.mktemp("home")  # no profile of whoever runs the test
    done = subprocess.run([sys.executable, SCRIPT, path], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 0, done.stderr
    return path, json.loads(done.stdout)


def test_every_layer_opens_with_its_style(opened):
    path, layers = opened
    tables = {name for name, in rows(path, "SELECT table_name FROM gpkg_contents")}
    assert set(layers) == tables - {"layer_styles"}  # which QGIS keeps to itself
    styled = {name for name, in rows(path, "SELECT f_table_name FROM layer_styles")}
    assert styled == {name for name, layer in layers.items() if "style" in layer}
    for name, layer in layers.items():
        assert layer["valid"], name
        if "style" in layer:
            assert layer["ids"] == layer["rows"] and layer["indexed"], name


def test_every_style_draws(opened):
    """As many pixels are coloured as where QGIS draws the same layer in its own plain way."""
    _, layers = opened
    for name, layer in layers.items():
        if not layer.get("with_geometry"):
            continue
        outlined = name.startswith(OUTLINES) and not name.startswith("zones_")
        least = 0.003 if outlined else 0.3 if name == "conflicts" else 0.97  # what was resolved waits for a tick
        assert layer["pixels"] >= least * layer["plain_pixels"], (name, layer)
        if name not in ("zones", "conflicts"):
            assert layer["drawn"] == layer["with_geometry"], (name, layer)


def test_neighbours_are_told_apart(opened):
    _, layers = opened
    for name, layer in layers.items():
        if name == "grids" or name.startswith(("aligned_", "zones_")):
            assert layer["colours"] >= min(4, layer["with_geometry"]), (name, layer)


def test_zones_open_layer_by_layer(opened):
    """A view for each layer has its zones and no row without a shape; the table draws one layer, not all over another."""
    path, layers = opened
    expected = dict(rows(path, "SELECT 'zones_' || layer, count(*) FROM zones WHERE geom IS NOT NULL GROUP BY layer"))
    views = {name: layer for name, layer in layers.items() if name.startswith("zones_")}
    assert len(views) == rows(path, "SELECT count(DISTINCT layer) FROM zones")[0][0]
    assert {name: layer["with_geometry"] for name, layer in views.items()} == expected
    assert all(layer["rows"] == layer["with_geometry"] for layer in views.values())
    assert layers["zones"]["drawn"] in expected.values()


def test_the_file_is_a_geopackage_to_the_letter(opened):
    path, _ = opened
    assert validate_gpkg.check(str(path), abort_at_first_error=False, extra_checks=True, warning_as_error=True) == []


def test_gdal_opens_views_by_their_key(opened):
    path, layers = opened
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    for name in layers:
        if not name.startswith("zones_"):
            continue
        view = dataset.GetLayerByName(name)
        assert view.GetFIDColumn() == "fid" and view.GetGeometryColumn() == "geom"
        assert [feature.GetFID() for feature in view] == [fid for fid, in rows(path, f'SELECT fid FROM "{name}" ORDER BY fid')]
        assert view.GetExtent() == view.GetExtent(force=1), name


@pytest.fixture(scope="module")
def inside(small_project, tmp_path_factory):
    """(project, what QGIS finds in the projects that lie in it: by name)"""
    path = small_project
    home, pictures = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("pictures")
    done = subprocess.run([sys.executable, PROJECT_SCRIPT, path, pictures], capture_output=True, text=True, timeout=900,
                          env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 0, done.stderr
    return path, json.loads(done.stdout)


def test_a_project_in_each_language_lies_in_the_file(inside):
    path, found = inside
    meta = dict(rows(path, "SELECT key, value FROM gridloom_meta"))
    assert list(found) == [meta["city_name_zh"], meta["city_name_en"]]
    chinese, english = found.values()
    assert list(chinese["groups"]) == ["待决事项", "事件", "行政区划", "网格", "部门图层", "证据"]
    assert list(english["groups"]) == ["To decide", "Incidents", "Administrative units", "Grids", "Departments", "Evidence"]
    for project in found.values():
        assert project["invalid"] == [] and project["crs"] == meta["crs"]
        assert all(project["relations"].values()) and len(project["relations"]) == 3
        assert {"atoms", "boundaries"} <= set(project["read_only"])
        assert project["timed"] == ["grids", "incidents", "incidents_heat"]
        assert len(project["themes"]) == 3 + len(json.loads(meta["layers"]))


def test_forms_name_what_they_show_and_change_the_lock_alone(inside):
    path, found = inside
    layers = [layer["id"] for layer in json.loads(dict(rows(path, "SELECT key, value FROM gridloom_meta"))["layers"])]
    chinese, english = found.values()
    assert (chinese["aliases"]["code"], english["aliases"]["code"]) == ("网格编码", "Grid code")
    for project in found.values():
        assert project["editable"] == ["locked"] and project["widgets"]["locked"] == "CheckBox"
        assert {project["widgets"][layer] for layer in layers} == {"ValueRelation"}


def test_themes_are_drawn_with_their_labels(inside):
    path, found = inside
    for language, project in zip(("zh", "en"), found.values()):
        grids, incidents = {"zh": ("网格", "事件"), "en": ("Grids", "Incidents")}[language]
        seen = project["pictures"]
        assert seen[f"{grids} city"]["colours"] >= 4 and seen[f"{grids} near"]["colours"] >= 3
        assert seen[f"{incidents} city"]["colours"] > 1
        serials = {code.removeprefix(parent) for code, parent in rows(path, "SELECT code, parent FROM grids")}
        near = set(seen[f"{grids} near"]["labels"])
        assert near & serials, near
        names = {name for pair in rows(path, "SELECT name, name_zh FROM admin_1") for name in pair}
        assert set(seen[f"{grids} city"]["labels"]) & names


def test_the_sheet_is_an_a3_with_map_legend_scale_and_north(inside):
    _, found = inside
    for project in found.values():
        sheet = project["layouts"]["A3"]
        assert sheet["size"] == [420, 297]
        assert sheet["items"] == {"QgsLayoutItemMap": 1, "QgsLayoutItemLegend": 1, "QgsLayoutItemScaleBar": 1, "QgsLayoutItemPicture": 1}
        assert sheet["linked"] and not sheet["arrow"] and sheet["colours"] >= 4


def test_hot_spots_open_in_the_colours_of_their_classes(binary, small_project, tmp_path):
    path = tmp_path / "hot.gpkg"
    found = json.loads(ran(binary, "hotspots", small_project, "--method", "gi_star", "--cells", "square", "--size", "200", "-o", path, "--json").stdout)
    (style,) = [text for text, in rows(path, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'hotspots' AND useAsDefault")]
    classes = {name for name, in rows(path, "SELECT DISTINCT class FROM hotspots")}
    document = ElementTree.fromstring(style.split(">", 1)[1])
    assert {category.get("value") for category in document.iter("category")} == classes and classes, found
    assert "不显著 not significant" in style or "not_significant" not in classes
    assert validate_gpkg.check(str(path), abort_at_first_error=False, extra_checks=True, warning_as_error=True) == []
    done = subprocess.run([sys.executable, SCRIPT, path], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 0, done.stderr
    layer = json.loads(done.stdout)["hotspots"]
    assert layer["drawn"] == layer["with_geometry"] > 0 and "style" in layer
