"""The project file in QGIS, without a screen: every layer opens with its style and is drawn."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from osgeo import gdal
from osgeo_utils.samples import validate_gpkg

from geopackage import rows

SCRIPT = pathlib.Path(__file__).with_name("qgis_layers.py")
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
        assert layer["pixels"] >= (0.003 if outlined else 0.97) * layer["plain_pixels"], (name, layer)
        if name != "zones":
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
