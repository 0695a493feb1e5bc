"""The Python package: the layers, places and incidents of the fused New York."""

import json
import sqlite3

import geopandas
import gridloom
import numpy
import pandas
import pytest

from ground import UTM
from running import ROOT, answer_of


def test_a_project_tells_its_layers_and_crs(nyc):
    assert nyc.name == "New York City" and nyc.epsg == 32618
    assert len(nyc.layers) == 12 and "police_precincts" in nyc.layers
    assert nyc.admin_levels == ["city", "borough", "community"]


def test_grids_are_valid_polygons_that_cover_the_city_once(nyc):
    grids = nyc.grids()
    assert grids.crs.to_epsg() == 32618 and grids.geometry.is_valid.all() and grids["code"].is_unique
    assert grids.geometry.area.sum() == pytest.approx(nyc.outline().area.sum(), rel=1e-9)
    assert grids.geometry.area.to_numpy() == pytest.approx(grids["area_m2"].to_numpy(), rel=1e-9)


def test_incidents_come_with_place_time_and_grid(nyc, incidents):
    delivered = pandas.read_csv(ROOT / "gisdata/nyc/incidents.csv.gz").set_index("id")
    assert set(incidents["id"]) == set(delivered.index)
    some = incidents.set_index("id").loc[delivered.index[::997]]
    expected = geopandas.GeoSeries(geopandas.points_from_xy(delivered["lon"][::997], delivered["lat"][::997]), crs=4326).to_crs(UTM)
    assert some["x"].to_numpy() == pytest.approx(expected.x.to_numpy(), abs=0.002)
    assert some["y"].to_numpy() == pytest.approx(expected.y.to_numpy(), abs=0.002)
    assert (some["has_clock"].to_numpy() == delivered["occurred_at"][::997].str.contains("T").to_numpy()).all()
    assert incidents.attrs["crs"] == UTM


def test_incidents_are_those_of_the_file(nyc, incidents, project):
    with sqlite3.connect(project) as database:
        rows = pandas.read_sql_query("SELECT * FROM incidents", database)
    assert incidents["id"].tolist() == rows["id"].tolist()
    for column in ("category", "subcategory", "agency", "severity", "status", "grid_code"):
        assert incidents[column].tolist() == rows[column].tolist(), column
    for column in ("occurred_at", "closed_at"):
        assert incidents[column].equals(rows[column].map(pandas.Timestamp, na_action="ignore").astype("datetime64[ns]")), column
    assert (incidents["has_clock"] == rows["occurred_time"].notna()).all()
    table = nyc.table("incidents")
    assert table["atom_id"].tolist() == rows["atom_id"].astype("Int64").tolist()
    assert len(table) == len(rows) and table.geometry.x.equals(incidents["x"])


def test_a_date_passes_only_where_its_whole_day_lies_in_the_range(nyc):
    noon = nyc.incidents("Noise violation", start="2025-03-01T12:00", end="2025-03-03")
    assert noon["occurred_at"].min() == pandas.Timestamp("2025-03-02")
    assert nyc.incidents("Noise violation", start="2025-03-01", end="2025-03-01T23:00").empty


def test_a_category_that_no_incident_has_is_refused(nyc):
    with pytest.raises(gridloom.DataError, match="'Rats'.*311 Rodent"):
        nyc.incidents("Rats")
    with pytest.raises(gridloom.DataError, match="did you mean 'Noise violation'"):  # beyond those that are shown
        nyc.incidents("noise violations")


def test_a_missing_file_another_file_and_another_layer_are_refused(nyc, tmp_path):
    with pytest.raises(FileNotFoundError, match="gridloom fuse"):
        gridloom.open(tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("no project")
    with pytest.raises(gridloom.DataError, match="no project file"):
        gridloom.open(tmp_path / "text.gpkg")
    with pytest.raises(gridloom.DataError, match="police_precincts"):
        nyc.layer("police")


def test_locate_in_bulk_agrees_with_the_command_and_with_the_incidents(nyc, incidents, binary, project):
    some = incidents.iloc[::50]
    found = nyc.locate(some["x"], some["y"], crs=UTM)
    assert list(found.index) == list(some.index)
    expected = some["grid_code"].where(some["grid_code"].notna(), None)
    assert (found["grid"].to_numpy() == expected.to_numpy()).all()
    answer = answer_of(binary, "locate", project, "-73.9857", "40.7484")
    one = nyc.locate([-73.9857], [40.7484]).iloc[0]
    text = json.dumps(answer)
    assert f'"{one["grid"]}"' in text and f'"{one["police_precincts"]}"' in text and not one["on_boundary"]


def test_locate_answers_none_outside_and_for_no_position(nyc):
    found = nyc.locate([0.0, numpy.nan, -73.9857], [0.0, 40.7, 40.7484])
    assert found["grid"].isna().tolist() == [True, True, False]
    assert found["atom"].tolist()[:2] == [-1, -1]
    with pytest.raises(ValueError, match="one shape"):
        nyc.locate([1, 2], [3])
    with pytest.raises(gridloom.DataError):
        nyc.locate([1], [3], crs="EPSG:999999")
