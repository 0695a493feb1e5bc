"""What fusion promises, read from the sample city's project file."""

import sqlite3

import pytest

COARSE = {"fire_companies", "health_areas", "election_districts"}


@pytest.fixture(scope="module")
def quality(project):
    with sqlite3.connect(project) as db:
        return {(stage, layer or "", metric): value
                for stage, layer, metric, value in db.execute("SELECT stage, layer, metric, value FROM quality")}


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


def test_nestings_hold(quality):
    enforced = {(layer, metric.split(":")[1]) for (stage, layer, metric), value in quality.items()
                if metric.startswith("nesting_confidence:") and value >= 0.5}
    assert {("fire_companies", "fire_battalions"), ("health_areas", "health_centers")} <= enforced
    for child, parent in enforced:
        assert quality["aligned", child, f"contradiction:{parent}"] <= 0.0005, (child, parent)


def test_nestings_are_what_the_codes_say(project):
    """An election district's number begins with its assembly district's; fusion found that nesting without reading it. A fire
    company carries its battalion, which the catalogue declares."""
    with sqlite3.connect(project) as db:
        def agreeing(child, parent, code):
            same, all_of_it = db.execute(f"""
                SELECT sum((code = atoms.{parent}) * area_m2), sum(area_m2)
                FROM atoms JOIN (SELECT id, CAST({code} AS TEXT) AS code FROM aligned_{child}) ON id = atoms.{child}
                WHERE atoms.{parent} NOTNULL""").fetchone()
            return same / all_of_it

        assert agreeing("election_districts", "state_assembly", "ElectDist / 1000") >= 0.9995
        assert agreeing("fire_companies", "fire_battalions", "FireBN") == pytest.approx(1, abs=1e-12)
