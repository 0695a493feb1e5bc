"""What fusion promises, read from the sample city's project file."""

import json

import pytest
from shapely.geometry import LineString
from shapely.strtree import STRtree

from geopackage import Project, geometry, rows

# Debian 12 has Shapely 1.8, which announces the STRtree of 2.0 at every use.
pytestmark = pytest.mark.filterwarnings("ignore::shapely.errors.ShapelyDeprecationWarning")

COARSE = {"fire_companies", "health_areas", "election_districts"}


@pytest.fixture(scope="module")
def quality(project):
    return {(stage, layer or "", metric): value for stage, layer, metric, value in
            rows(project, "SELECT stage, layer, metric, value FROM quality WHERE other_layer IS NULL")}


@pytest.fixture(scope="module")
def layers(quality):
    return {layer for _, layer, metric in quality if metric == "displacement_p95"}


def test_good_lines_stay(quality, layers):
    assert len(layers - COARSE) == 9
    for layer in layers - COARSE:
        assert quality["aligned", layer, "displacement_p95"] <= 5, layer
        assert quality["aligned", layer, "boundary_recall"] >= 0.97, layer
        assert quality["aligned", layer, "changed_cells"] == 0, layer


def test_gaps_and_overlaps_never_grow(quality, layers):
    for layer in layers:
        for metric in ("gap_area", "overlap_area"):
            assert quality["aligned", layer, metric] <= quality["raw", layer, metric] * (1 + 1e-9) + 1e-6, (layer, metric)


def test_atoms_are_few_and_wide(quality):
    assert quality["aligned", "", "faces"] <= 12_000
    assert quality["aligned", "", "thin_faces"] <= 50


def test_nestings_hold(project):
    enforced = set(rows(project, "SELECT layer, other_layer FROM quality WHERE metric = 'nesting_confidence' AND value >= 0.5"))
    assert {("fire_companies", "fire_battalions"), ("health_areas", "health_centers")} <= enforced
    against = {(child, parent): value for child, parent, value in rows(
        project, "SELECT layer, other_layer, value FROM quality WHERE metric = 'contradiction' AND stage = 'aligned'")}
    for nesting in enforced:
        assert against[nesting] <= 0.0005, nesting


def test_nestings_are_what_the_codes_say(project):
    """An election district's number begins with its assembly district's; fusion found that nesting without reading it. A fire
    company carries its battalion, which the catalogue declares."""
    def agreeing(child, parent, code):
        (same, all_of_it), = rows(project, f"""
            SELECT sum((code = atoms.{parent}) * area_m2), sum(area_m2)
            FROM atoms JOIN (SELECT id, CAST({code} AS TEXT) AS code FROM aligned_{child}) ON id = atoms.{child}
            WHERE atoms.{parent} NOTNULL""")
        return same / all_of_it

    assert agreeing("election_districts", "state_assembly", "id / 1000") >= 0.9995
    assert agreeing("fire_companies", "fire_battalions", "FireBN") == pytest.approx(1, abs=1e-12)


def test_no_boundary_moves_farther_than_its_accuracy_or_its_nesting_says(project):
    """Aligned lines, every 250 m, against the delivered ones; where they lie farther away than the layer's accuracy, a nesting
    conflict beside them tells at least that distance. Hard lines are not looked at: they end every layer's cells."""
    city = Project(project)
    arcs = [(set(layers.split(",")), level, geometry(blob)) for layers, level, blob in
            city.rows("SELECT layers, level, geom FROM boundaries WHERE left_atom > 0 AND right_atom > 0")]
    hard = {level["id"] for level in json.loads(city.meta["admin"])}
    looked_at = 0
    for layer in json.loads(city.meta["layers"]):
        if layer["moved"]:
            continue
        delivered = STRtree([LineString(pair) for blob, in city.rows(f"SELECT geom FROM \"delivered_{layer['id']}\" WHERE geom NOTNULL")
                             for polygon in geometry(blob).geoms for ring in (polygon.exterior, *polygon.interiors)
                             for pair in zip(ring.coords, ring.coords[1:])])
        tolerance = 1.125 * layer["accuracy_m"]  # align looks at points a quarter of the accuracy apart
        told = nestings_told(city, layer["id"])
        for layers, level, line in arcs:
            if layer["id"] not in layers or level in hard:
                continue
            for point in points_along(line, 250):
                looked_at += 1
                if any(near.distance(point) <= tolerance for near in delivered.query(point.buffer(tolerance))):
                    continue
                allowed = told(point.buffer(tolerance)) + tolerance + 1
                assert any(near.distance(point) <= allowed for near in delivered.query(point.buffer(allowed))), (layer["id"], point.wkt, allowed)
    assert looked_at > 10_000


def nestings_told(city, layer):
    """How many metres the conflicts about some ground tell at most; 0 where none does."""
    grounds, reach_of = [], {}
    for blob, reach in city.rows(
            "SELECT geom, json_extract(facts, '$.reach_m') FROM conflicts WHERE cause = 'parent' AND layer = ?", layer):
        if reach is not None:
            grounds.append(geometry(blob))
            reach_of[id(grounds[-1])] = reach
    tree = STRtree(grounds)
    return lambda around: max((reach_of[id(ground)] for ground in tree.query(around)), default=0)


def points_along(line, step):
    return [line.interpolate(min(line.length, step * i + min(step / 2, line.length / 2))) for i in range(1 + int(line.length // step))]
