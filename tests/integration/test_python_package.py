"""The Python package against the fused New York and against small arrays whose answers are known."""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import textwrap
import warnings

import geopandas
import numpy
import pandas
import pytest
import shapely.geometry
from osgeo import gdal
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "build" / "python"
EXAMPLES = ROOT / "scripts" / "python" / "examples"
sys.path.insert(0, str(PACKAGE))

import gridloom  # noqa: E402

UTM = "EPSG:32618"


@pytest.fixture(scope="module")
def city(project):
    return gridloom.open(project)


@pytest.fixture(scope="module")
def incidents(city):
    return city.incidents()


def squares(columns, rows, side=100.0, crs=UTM):
    boxes = [shapely.geometry.box(500000 + i * side, 4500000 + j * side, 500000 + (i + 1) * side, 4500000 + (j + 1) * side)
             for j in range(rows) for i in range(columns)]
    return geopandas.GeoDataFrame({"code": [f"c{i}" for i in range(columns * rows)]}, geometry=boxes, crs=crs)


# --- the project


def test_a_project_tells_its_layers_and_crs(city):
    assert city.name == "New York City" and city.epsg == 32618
    assert len(city.layers) == 12 and "police_precincts" in city.layers
    assert city.admin_levels == ["city", "borough", "community"]


def test_grids_are_valid_polygons_that_cover_the_city_once(city):
    grids = city.grids()
    assert grids.crs.to_epsg() == 32618 and grids.geometry.is_valid.all() and grids["code"].is_unique
    assert grids.geometry.area.sum() == pytest.approx(city.outline().area.sum(), rel=1e-9)
    assert grids.geometry.area.to_numpy() == pytest.approx(grids["area_m2"].to_numpy(), rel=1e-9)


def test_incidents_come_with_place_time_and_grid(city, incidents):
    delivered = pandas.read_csv(ROOT / "gisdata/nyc/incidents.csv.gz").set_index("id")
    assert set(incidents["id"]) == set(delivered.index)
    some = incidents.set_index("id").loc[delivered.index[::997]]
    expected = geopandas.GeoSeries(geopandas.points_from_xy(delivered["lon"][::997], delivered["lat"][::997]), crs=4326).to_crs(UTM)
    assert some["x"].to_numpy() == pytest.approx(expected.x.to_numpy(), abs=0.002)
    assert some["y"].to_numpy() == pytest.approx(expected.y.to_numpy(), abs=0.002)
    assert (some["has_clock"].to_numpy() == delivered["occurred_at"][::997].str.contains("T").to_numpy()).all()
    assert incidents.attrs["crs"] == UTM


def test_incidents_are_those_of_the_file(city, incidents, project):
    with sqlite3.connect(project) as database:
        rows = pandas.read_sql_query("SELECT * FROM incidents", database)
    assert incidents["id"].tolist() == rows["id"].tolist()
    for column in ("category", "subcategory", "agency", "severity", "status", "grid_code"):
        assert incidents[column].tolist() == rows[column].tolist(), column
    for column in ("occurred_at", "closed_at"):
        assert incidents[column].equals(pandas.to_datetime(rows[column])), column
    assert (incidents["has_clock"] == (rows["occurred_at"].str.len() > 10)).all()
    table = city.table("incidents")
    assert table["atom_id"].tolist() == rows["atom_id"].astype("Int64").tolist()
    assert len(table) == len(rows) and table.geometry.x.equals(incidents["x"])


def test_a_date_passes_only_where_its_whole_day_lies_in_the_range(city):
    noon = city.incidents("Noise violation", start="2025-03-01T12:00", end="2025-03-03")
    assert noon["occurred_at"].min() == pandas.Timestamp("2025-03-02")
    assert city.incidents("Noise violation", start="2025-03-01", end="2025-03-01T23:00").empty


def test_a_category_that_no_incident_has_is_refused(city):
    with pytest.raises(gridloom.DataError, match="'Rats'.*311 Rodent"):
        city.incidents("Rats")


def test_a_missing_file_another_file_and_another_layer_are_refused(city, tmp_path):
    with pytest.raises(FileNotFoundError, match="gridloom fuse"):
        gridloom.open(tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("no project")
    with pytest.raises(gridloom.DataError, match="no project file"):
        gridloom.open(tmp_path / "text.gpkg")
    with pytest.raises(gridloom.DataError, match="police_precincts"):
        city.layer("police")


def test_locate_in_bulk_agrees_with_the_command_and_with_the_incidents(city, incidents, binary, project):
    some = incidents.iloc[::50]
    found = city.locate(some["x"], some["y"], crs=UTM)
    assert list(found.index) == list(some.index)
    expected = some["grid_code"].where(some["grid_code"].notna(), None)
    assert (found["grid"].to_numpy() == expected.to_numpy()).all()
    answer = json.loads(subprocess.run([binary, "locate", project, "-73.9857", "40.7484", "--json"], check=True,
                                       capture_output=True).stdout)
    one = city.locate([-73.9857], [40.7484]).iloc[0]
    text = json.dumps(answer)
    assert f'"{one["grid"]}"' in text and f'"{one["police_precincts"]}"' in text and not one["on_boundary"]


def test_locate_answers_none_outside_and_for_no_position(city):
    found = city.locate([0.0, numpy.nan, -73.9857], [0.0, 40.7, 40.7484])
    assert found["grid"].isna().tolist() == [True, True, False]
    assert found["atom"].tolist()[:2] == [-1, -1]
    with pytest.raises(ValueError, match="one shape"):
        city.locate([1, 2], [3])
    with pytest.raises(gridloom.DataError):
        city.locate([1], [3], crs="EPSG:999999")


# --- counts


def test_counts_sum_to_the_events_and_equal_a_group_by(city, incidents):
    table = gridloom.counts(city, by=["category"], period="Y")
    told = table.attrs["provenance"]
    assert list(table.columns) == ["cell", "period", "category", "events"]
    assert table["events"].sum() == told["counted"] and told["counted"] + told["outside"] == told["n"] == len(incidents)
    expected = incidents.groupby(["grid_code", incidents["occurred_at"].dt.year, "category"]).size()
    assert sorted(table["events"]) == sorted(expected)
    one = table.iloc[1234]
    assert expected[(one["cell"], one["period"].year, one["category"])] == one["events"]


def test_counts_in_other_cells_agree_with_their_own_sum(city):
    fines = city.incidents("Noise violation")
    precincts = city.layer("police_precincts")
    table = gridloom.counts(fines, by=[], cells=precincts)
    located = city.locate(fines["x"], fines["y"], crs=UTM)
    assert table["events"].sum() + table.attrs["provenance"]["outside"] == len(fines)
    assert table["events"].sum() == pytest.approx(located["grid"].notna().sum(), rel=0.001)
    assert set(table["cell"]) <= set(precincts["id"])


def test_events_without_a_clock_never_count_at_an_hour():
    events = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-05-01", "2024-05-01 13:10", "2024-05-02 13:50"]),
                               "has_clock": [False, True, True], "grid_code": ["a", "a", "a"]})
    table = gridloom.counts(events, by=["hour"])
    assert table.values.tolist() == [["a", 13, 2]] and table.attrs["provenance"]["without_clock"] == 1


DATED = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-05-01", "2024-05-01 13:10", "2024-05-01 17:59:59", "2024-05-02 18:00"]),
                          "has_clock": [False, True, True, True], "grid_code": ["a"] * 4})


@pytest.mark.parametrize("period", ["H", "h", "6H", "T", "30T", "min", "30min", "S", "1H30T", "L"])
def test_dates_count_in_no_period_shorter_than_a_day(period):
    told = gridloom.counts(DATED, by=[], period=period).attrs["provenance"]
    assert (told["counted"], told["without_clock"]) == (3, 1)


@pytest.mark.parametrize("period", ["D", "W", "W-SAT", "M", "Q", "Y", "3M", "24H"])
def test_dates_count_in_days_and_longer_periods(period):
    assert gridloom.counts(DATED, by=[], period=period).attrs["provenance"]["counted"] == 4


def test_several_units_are_one_period_from_midnight_and_january():
    quarters = gridloom.counts(DATED, by=[], period="6H")
    assert quarters["period"].astype(str).tolist() == ["2024-05-01 12:00", "2024-05-02 18:00"] and quarters["events"].tolist() == [2, 1]
    assert quarters["period"].dt.end_time.iloc[0] == pandas.Timestamp("2024-05-01 17:59:59.999999999")
    full = gridloom.counts(DATED, by=[], period="6H", zeros=True)
    assert full["events"].tolist() == [2, 0, 0, 0, 0, 1] and full["period"].dt.start_time.diff().nunique() == 1
    months = DATED.assign(occurred_at=pandas.to_datetime(["2023-12-31", "2024-01-01", "2024-03-31", "2024-04-01"]))
    table = gridloom.counts(months, by=[], period="3M")
    assert table["period"].dt.start_time.astype(str).tolist() == ["2023-10-01", "2024-01-01", "2024-04-01"]
    assert table["events"].tolist() == [1, 2, 1]
    assert table["period"].dt.end_time.equals(gridloom.counts(months, by=[], period="Q")["period"].dt.end_time)


@pytest.mark.parametrize("period", ["2D", "2W", "5M", "5H", "7T", "48H", "2Y", "B", "MS", "-1D", "0H", "decade"])
def test_periods_that_begin_nowhere_are_refused(period):
    with pytest.raises(gridloom.DataError, match="6H, 30T, 3M"):
        gridloom.counts(DATED, by=[], period=period)


def test_times_with_a_zone_and_texts_are_refused_with_what_to_do():
    with pytest.raises(gridloom.DataError, match="tz_convert"):
        gridloom.counts(DATED.assign(occurred_at=DATED["occurred_at"].dt.tz_localize("UTC")), by=["hour"])
    with pytest.raises(gridloom.DataError, match="to_datetime"):
        gridloom.counts(DATED.assign(occurred_at=DATED["occurred_at"].astype(str)), by=[], period="D")


def test_missing_values_categories_and_unknown_times_count_as_what_they_are():
    events = DATED.assign(agency=["x", None, "x", "y"], kind=pandas.Categorical(["k", "k", None, "k"], categories=["k", "l"]))
    assert gridloom.counts(events, by=["kind"]).shape == (2, 3)
    full = gridloom.counts(events, by=["agency", "kind"], zeros=True)
    assert full.shape == (6, 4) and full["events"].sum() == 4
    events.loc[3, "occurred_at"] = pandas.NaT
    for zeros in (False, True):
        told = gridloom.counts(events, by=[], period="D", zeros=zeros).attrs["provenance"]
        assert (told["n"], told["counted"], told["undated"]) == (4, 3, 1)


def test_events_without_a_place_and_at_null_island_are_outside():
    events = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-01-31"] * 4), "x": [500150.0, numpy.nan, -8e6, 500150.0],
                               "y": [4500050.0, 4500050.0, 0.0, numpy.inf]})
    events.attrs["crs"] = UTM
    table = gridloom.counts(events, by=[], cells=squares(2, 1))
    assert table.values.tolist() == [["c1", 1]] and table.attrs["provenance"]["outside"] == 3


def test_zeros_are_told_on_request_and_a_common_border_counts_once():
    events = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-01-31", "2024-03-01"]), "x": [500100.0, 500150.0],
                               "y": [4500050.0, 4500050.0]})
    events.attrs["crs"] = UTM
    table = gridloom.counts(events, by=[], period="M", cells=squares(2, 1), zeros=True)
    assert table["events"].tolist() == [1, 0, 0, 0, 0, 1]
    assert table["period"].astype(str).tolist() == ["2024-01", "2024-02", "2024-03"] * 2


def test_an_unknown_column_to_count_by_is_refused(city):
    with pytest.raises(gridloom.DataError, match="'kind'.*category"):
        gridloom.counts(city, by=["kind"])


def test_suppressed_counts_cannot_be_told_from_the_totals():
    public = gridloom.suppress(pandas.DataFrame({"a": [3, 20, 30], "b": [9, 10, 11]}, index=["x", "y", "z"]), k=5)
    assert numpy.isnan(public.loc["x", "a"]) and public.loc["total", "total"] == 83
    for line in (public.loc["x"], public["a"]):  # one blank alone would follow from the total
        assert line.isna().sum() != 1
    with pytest.raises(gridloom.DataError, match="whole numbers"):
        gridloom.suppress(pandas.DataFrame({"a": [1.5]}))


# --- heatmaps


def brute_force(xy, weights, array_shape, transform, bandwidth):
    cell, _, west, _, _, north = transform
    x = west + cell * (numpy.arange(array_shape[1]) + 0.5)
    y = north - cell * (numpy.arange(array_shape[0]) + 0.5)
    u2 = ((x[None, :, None] - xy[:, 0]) ** 2 + (y[:, None, None] - xy[:, 1]) ** 2) / bandwidth**2
    return (numpy.where(u2 <= 1, 3 / numpy.pi * (1 - u2) ** 2, 0) * weights).sum(axis=2) / bandwidth**2 * 1e6


def test_a_heatmap_equals_the_definition():
    random = numpy.random.default_rng(7)
    xy = numpy.round(random.uniform([500000, 4500000], [503000, 4502000], (200, 2)), 3)
    weights = random.uniform(0, 3, 200)
    for given in (None, weights):
        surface = gridloom.heatmap(xy, 400, 75, weights=given, bounds=(500000, 4500000, 503000, 4502000), crs=UTM)
        expected = brute_force(xy, 1 if given is None else weights, surface.array.shape, surface.transform, 400)
        assert numpy.abs(surface.array - expected).max() <= 1e-9 * expected.max()
        assert surface.bounds == (500000 - 500000 % 75, 4500000, pytest.approx(503025, abs=75), pytest.approx(4502025, abs=75))
    assert surface.units == "weight per km²" and surface.crs == UTM


@pytest.mark.parametrize("kernel", ["uniform", "epanechnikov", "quartic", "triweight", "gaussian"])
def test_the_integral_of_a_heatmap_is_the_number_of_events(kernel):
    xy = numpy.array([[500010.0, 4500020.0], [500900.0, 4500700.0], [501000.0, 4500020.0]])
    surface = gridloom.heatmap(xy, 300, 10, kernel=kernel, bounds=(497000, 4497000, 504000, 4504000))
    assert surface.array.sum() * 10 * 10 / 1e6 == pytest.approx(3, rel=2e-3)
    assert surface.provenance["kernel"] == kernel and surface.provenance["n"] == 3


@pytest.mark.parametrize("edge", ["uniform", "diggle"])
def test_edge_correction_makes_up_for_what_was_not_counted_beyond_the_limit(edge):
    ground = shapely.geometry.box(500000, 4500000, 502000, 4502000).difference(shapely.geometry.box(500900, 4500900, 501100, 4501100))
    east, north = numpy.meshgrid(numpy.arange(500010, 502000, 20.0), numpy.arange(4500010, 4502000, 20.0))
    xy = numpy.column_stack([east.ravel(), north.ravel()])  # 2500 events per km², but none in the hole
    xy = xy[(numpy.abs(xy - [501000, 4501000]) > 100).any(axis=1)]
    plain = gridloom.heatmap(xy, 300, 50, mask=ground, crs=UTM)
    corrected = gridloom.heatmap(xy, 300, 50, mask=ground, edge=edge, crs=UTM)
    assert plain.array[0, 0] < 1000 and numpy.isnan(corrected.array[20, 20])
    if edge == "uniform":
        assert numpy.nanmin(corrected.array) > 2350 and numpy.nanmax(corrected.array) < 2650
    else:
        assert numpy.nansum(corrected.array) * 0.05**2 == pytest.approx(len(xy), rel=0.02)
    assert corrected.provenance["edge"] == edge
    with pytest.raises(gridloom.DataError, match="mask"):
        gridloom.heatmap(xy, 300, 50, edge=edge)
    with pytest.raises(gridloom.DataError, match="none, uniform, diggle"):
        gridloom.heatmap(xy, 300, 50, mask=ground, edge="torus")


def test_frames_and_arrays_give_the_same_heatmap(city):
    rats = city.incidents("311 Rodent", "2014-01-01", "2014-02-01")
    frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(rats["x"], rats["y"]), crs=UTM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        surfaces = [gridloom.heatmap(points, 800, 200, threads=threads, crs=UTM)
                    for points, threads in ((rats, 1), (frame, 2), (rats[["x", "y"]].to_numpy(), 3))]
    assert (surfaces[0].array == surfaces[1].array).all() and (surfaces[0].array == surfaces[2].array).all()
    assert surfaces[0].provenance["window"] == ["2014-01-01", "2014-02-01"]


def test_degrees_and_feet_are_refused_and_the_message_names_what_to_do():
    degrees = geopandas.GeoSeries(geopandas.points_from_xy([-73.9, -73.8], [40.7, 40.8]), crs=4326)
    with pytest.raises(gridloom.DataError, match=r"degrees.*to_crs.*EPSG:32618"):
        gridloom.heatmap(degrees, 500, 50)
    with pytest.raises(gridloom.DataError, match=r"look like longitude and latitude.*EPSG:32618"):
        gridloom.heatmap(numpy.array([[-73.9, 40.7], [-73.8, 40.8]]), 500, 50)
    with pytest.raises(gridloom.DataError, match="foot"):
        gridloom.heatmap(degrees.to_crs(2263), 500, 50)
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.weights(squares(2, 2).to_crs(4326))
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.weights(squares(2, 2).to_crs(4326), kind="knn", k=1)


@pytest.mark.parametrize("crs", [3857, 3395, "+proj=merc +lat_ts=0 +datum=WGS84 +units=m"])
def test_metres_that_are_none_on_the_ground_are_refused(crs):
    mercator = geopandas.GeoSeries(geopandas.points_from_xy([-73.9, -73.8, 0], [40.7, 40.8, 0]), crs=4326).to_crs(crs)
    for call in (lambda: gridloom.heatmap(mercator, 500, 50), lambda: gridloom.weights(squares(2, 2).to_crs(crs)),
                 lambda: gridloom.weights(squares(2, 2).to_crs(crs), kind="knn", k=1),
                 lambda: gridloom.bandwidth(mercator, "scott"), lambda: gridloom.regular_cells(squares(2, 2).to_crs(crs), 50)):
        with pytest.raises(gridloom.DataError, match=r"3[0-3]\..*EPSG:32618"):
            call()


def test_national_grids_are_metres():
    for crs, lon, lat in ((32618, -75, 40.7), (5070, -73.9, 40.7), (2154, 9, 41.5), (3857, 103.8, 1.3)):
        points = geopandas.GeoSeries(geopandas.points_from_xy([lon, lon + 0.01], [lat, lat]), crs=4326).to_crs(crs)
        assert gridloom.heatmap(points, 500, 100).crs == f"EPSG:{crs}"


def test_weights_of_points_are_matched_by_their_labels():
    points = pandas.DataFrame({"x": [500000.0, 501000.0, 502000.0], "y": 4500000.0, "severity": [1.0, 2, 9]}, index=["a", "b", "c"])
    expected = gridloom.heatmap(points, 300, 50, weights=points["severity"].to_numpy(), crs=UTM).array
    for weights in (points["severity"].sort_values(ascending=False), points["severity"].sample(frac=1, random_state=4)):
        assert (gridloom.heatmap(points, 300, 50, weights=weights, crs=UTM).array == expected).all()
    for wrong, word in ((points["severity"].reset_index(drop=True), "labels do not match.*'a'"), (points["severity"][:2], "'c'")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.heatmap(points, 300, 50, weights=wrong, crs=UTM)
    numbered = points.reset_index(drop=True)
    with pytest.raises(gridloom.DataError, match="another order"):
        gridloom.heatmap(numbered[["x", "y"]].to_numpy(), 300, 50, weights=numbered["severity"].sort_values(ascending=False))


def test_coincident_points_are_told_with_their_share():
    xy = numpy.array([[500000.0, 4500000.0]] * 3 + [[500500.0, 4500000.0]])
    with pytest.warns(gridloom.CoincidenceWarning, match="75 %.*3 at the fullest"):
        surface = gridloom.heatmap(xy, 100, 50)
    assert surface.provenance["coincident_share"] == 0.75


def timed(*texts):
    at = pandas.DataFrame({"x": 500000.0 + 10 * numpy.arange(len(texts)), "y": 4500000.0, "occurred_at": pandas.to_datetime(list(texts))})
    at.attrs["crs"] = UTM
    return at


def test_a_density_per_year_is_divided_by_the_time_of_its_points_or_the_period():
    events = timed("2020-01-01", "2020-07-01 12:00", "2021-12-31 23:00")
    whole = gridloom.heatmap(events, 300, 50)
    with pytest.warns(UserWarning, match="2.00 years, 2020-01-01 until before 2022-01-01"):
        yearly = gridloom.heatmap(events, 300, 50, per="year")
    years = 731 / 365.2425
    assert numpy.allclose(yearly.array * years, whole.array) and yearly.units == "events per km² per year"
    told = yearly.provenance["per"]
    assert told["units"] == pytest.approx(years) and told["open_ends"] == "those of the points" and told["left_out"] == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stated = gridloom.heatmap(events, 300, 50, per="month", period=("2020-01-01", "2021-01-01"))
        places = gridloom.heatmap(events[["x", "y"]].to_numpy(), 300, 50, per="year", period=("2020-01-01", "2024-01-01"), crs=UTM)
    assert stated.provenance["n"] == 2 and stated.provenance["per"]["left_out"] == 1
    assert stated.provenance["per"]["units"] == pytest.approx(366 / 365.2425 * 12)
    assert numpy.allclose(places.array * 1461 / 365.2425, whole.array)


def test_weights_follow_their_points_into_the_period():
    events = timed("2020-01-01", "2020-07-01", "2021-12-31")
    weights = pandas.Series([5.0, 1.0, 9.0])
    period = ("2020-06-01", "2021-06-01")
    with_series, with_array = (gridloom.heatmap(events, 300, 50, per="day", period=period, bounds=(499000, 4499000, 501000, 4501000), weights=w)
                               for w in (weights.sort_values(), weights.to_numpy()))
    assert (with_series.array == with_array.array).all()
    assert with_series.array.sum() * 0.05**2 * 365 == pytest.approx(1, rel=0.01)


def test_rats_are_divided_by_their_own_years(city):
    with pytest.warns(UserWarning, match="6.12 years, 2010-01-01.*4 without a time, or far"):
        surface = gridloom.heatmap(city.incidents("311 Rodent"), 500, 500, per="year")
    assert surface.provenance["per"]["left_out"] == 4


@pytest.mark.parametrize("points, more, message", [
    (timed("2020-01-01 08:00", "2020-01-01 09:00"), {"per": "year"}, "too short"),
    (timed("2020-01-01").drop(columns="occurred_at"), {"per": "year"}, r"period=\(start, end\)"),
    (timed(None), {"per": "year"}, "no point has a time"),
    (timed("2020-01-01", "2021-01-01"), {"per": "decade"}, "month"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": ("2021-01-01", "2020-01-01")}, "too short"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": (2020, 2021)}, "2020-01-01"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": ("2020-01-01T00:00Z", None)}, "time zone"),
    (timed("2020-01-01", "2021-01-01"), {"period": ("2020-01-01", None)}, "per='year'")])
def test_what_cannot_be_divided_by_is_refused(points, more, message):
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.heatmap(points, 300, 50, **more)


@pytest.mark.parametrize("change, message", [
    ({"kernel": "cone"}, "cone.*quartic"), ({"bandwidth": 0}, "bandwidth"), ({"cell": numpy.nan}, "cell"),
    ({"weights": [1, -1]}, "weights"), ({"weights": [1]}, "weights"), ({"cell": 0.001, "bandwidth": 5000}, "million pixels"),
    ({"bounds": (1, 1, 0, 0)}, "bounds"), ({"points": numpy.zeros((3, 3))}, "shape"),
    ({"points": numpy.array([[numpy.nan, 5e6]])}, "finite"), ({"points": numpy.empty((0, 2))}, "no points")])
def test_arguments_that_make_no_sense_are_refused(change, message):
    given = {"points": numpy.array([[500000.0, 4500000.0], [500700.0, 4500000.0]]), "bandwidth": 500, "cell": 50, **change}
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.heatmap(**given)


def test_the_mask_blanks_pixels_outside_and_files_read_back(tmp_path):
    xy = numpy.array([[500050.0, 4500050.0], [500350.0, 4500250.0]])
    surface = gridloom.heatmap(xy, 300, 20, crs=UTM, mask=shapely.geometry.Point(500200, 4500200).buffer(200))
    assert numpy.isnan(surface.array[0, 0]) and surface.array[10, 10] > 0
    surface.to_geotiff(tmp_path / "heat.tif")
    raster = gdal.Open(str(tmp_path / "heat.tif"))
    assert raster.GetGeoTransform() == (500000, 20, 0, 4500400, 0, -20)
    assert raster.GetRasterBand(1).GetUnitType() == surface.units and float(raster.GetMetadata()["BANDWIDTH_M"]) == 300
    read = raster.ReadAsArray()
    assert numpy.allclose(read, surface.array.astype("float32"), equal_nan=True)
    surface.to_png(tmp_path / "heat.png", title="Two events", width=700)
    picture = Image.open(tmp_path / "heat.png")
    assert picture.size[0] == 700 and len(set(picture.convert("RGB").getdata())) > 100
    with pytest.raises(gridloom.DataError, match="CRS"):
        gridloom.heatmap(xy, 300, 20).to_geotiff(tmp_path / "none.tif")
    assert not (tmp_path / "none.tif").exists()


# --- weights and hot spots


@pytest.mark.parametrize("kind", ["queen", "rook"])
def test_contiguity_of_polygons_equals_that_of_the_lattice(kind):
    found = gridloom.weights(squares(7, 5), kind=kind)
    expected = gridloom.Weights.lattice(7, 5, queen=kind == "queen")
    for a, b in zip(found.arrays(), expected.arrays()):
        assert (a == b).all()


def test_contiguity_of_the_grids_is_that_of_their_shapes(city):
    grids = city.grids().iloc[:300]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        queen = gridloom.weights(grids)
    shapes = list(grids.geometry)
    expected = {(i, j) for i, a in enumerate(shapes) for j, b in enumerate(shapes) if i != j and a.intersects(b)}
    first, neighbour, _ = queen.arrays()
    assert {(i, int(j)) for i in range(len(queen)) for j in neighbour[first[i]:first[i + 1]]} == expected


def test_weights_of_points_and_their_parameters():
    xy = numpy.array([[0.0, 0], [100, 0], [300, 0], [1000, 0]])
    assert gridloom.weights(xy, kind="knn", k=1).arrays()[1].tolist() == [1, 0, 1, 2]
    with pytest.warns(UserWarning, match="1 of 4 cells have no neighbours"):
        band = gridloom.weights(xy, kind="distance", distance=200)
    assert band.arrays()[1].tolist() == [1, 0, 2, 1] and band.islands.tolist() == [3]
    kernel = gridloom.weights(xy[:3], kind="kernel", bandwidth=250, kernel="epanechnikov")
    assert kernel.arrays()[2] == pytest.approx([1 - 0.16, 1 - 0.16, 1 - 0.64, 1 - 0.64])
    for wrong in ({"kind": "distance"}, {"kind": "bishop"}, {"kind": "queen"}, {"kind": "knn", "k": 9}):
        with pytest.raises(gridloom.DataError):
            gridloom.weights(xy, **wrong)
    with pytest.raises(gridloom.DataError, match="neighbour"):
        gridloom.Weights.from_neighbours([[1], [5]])


def test_getis_ord_gives_the_published_values():
    # Six points of esda's tests (BSD), band 15; z of G and G* as spdep and esda give them.
    xy = numpy.array([[10.0, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]])
    band = gridloom.weights(xy, kind="distance", distance=15)
    values = pandas.Series([2, 3, 3.2, 5, 8, 7], index=list("abcdef"))
    g = gridloom.hotspots(values, band, "gi", permutations=99)
    star = gridloom.hotspots(values, band, "gi_star", permutations=99)
    assert g["z"].to_numpy() == pytest.approx([-1.0136728985503, -0.0436158942017, 1.3155870289605, -0.3141267582046,
                                               1.1537398581068, 1.7783394086211], rel=1e-9)
    assert star["z"].to_numpy() == pytest.approx([-1.397276262012, -0.289177615627, 0.650649635161, -0.289177615627,
                                                  1.234520883520, 2.024243309390], rel=1e-9)
    assert list(star.index) == list("abcdef")


def test_a_cluster_is_found_and_the_record_is_complete():
    random = numpy.random.default_rng(3)
    values = random.poisson(2.0, (20, 20))
    values[4:8, 4:8] += 12
    queen = gridloom.Weights.lattice(20, 20)
    for inference in ("automatic", "permutation"):
        found = gridloom.hotspots(values.ravel(), queen, inference=inference, seed=5, window="May")
        hot = (found["class"] == "hot").to_numpy().reshape(20, 20)
        core = hot[4:8, 4:8] if inference == "automatic" else hot[5:7, 5:7]  # permutations leave the cell itself out
        assert core.all() and hot.sum() <= 40 and not hot[12:, :].any()
        told = found.attrs["provenance"]
        assert {"method", "inference", "correction", "alpha", "permutations", "seed", "n", "weights", "cautions"} <= set(told)
        assert (told["method"], told["correction"], told["n"], told["seed"]) == ("gi_star", "fdr", 400, 5)
    again = gridloom.hotspots(values.ravel(), queen, inference="permutation", seed=5, threads=3)
    assert (again["p"] == found["p"]).all()
    moran = gridloom.hotspots(values.ravel(), queen, "moran")
    assert moran.attrs["provenance"]["method"] == "local_moran" and (moran["class"] == "high_high").sum() >= 9
    assert gridloom.moran(values.ravel(), queen)["z"] > 5


def labelled():
    """Cells, counts with a cluster and people, by label; one cell has next to nobody."""
    cells = squares(12, 12).set_index("code")
    number = numpy.random.default_rng(3).poisson(3.0, (12, 12))
    number[3:6, 3:6] += 14
    people = numpy.full(144, 1000.0)
    number[11, 8], people[140] = 7, 0.014
    return cells, pandas.Series(number.ravel(), cells.index), pandas.Series(people, cells.index)


def test_values_and_populations_find_their_cells_by_label():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    assert queen.index.equals(cells.index) and queen.row_standardised().index.equals(cells.index)
    expected = gridloom.hotspots(number, queen, population=people, seed=5)
    assert (expected["class"] == "hot").sum() >= 9
    for order in (number.sort_values(ascending=False).index, number.sample(frac=1, random_state=2).index):
        found = gridloom.hotspots(number[order], queen, population=people.sort_values(), seed=5)
        assert found.index.equals(order)
        pandas.testing.assert_frame_equal(found.loc[cells.index], expected)
    assert gridloom.moran(number.sort_values(), queen)["value"] == gridloom.moran(number.to_numpy(), queen)["value"]
    assert gridloom.bivariate_moran(number.sort_values(), people, queen) == gridloom.bivariate_moran(number, people, queen)
    as_array = gridloom.hotspots(number.to_numpy(), queen, population=people.to_numpy(), seed=5)
    assert (as_array["class"].to_numpy() == expected["class"].to_numpy()).all()


def test_labels_that_do_not_match_are_refused():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    for wrong, word in ((number.reset_index(drop=True), "labels do not match.*'c0'"), (number.drop("c7"), "'c7'"),
                        (pandas.concat([number, number[:1]]), "stand twice")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.hotspots(wrong, queen)
    with pytest.raises(gridloom.DataError, match="the populations"):
        gridloom.hotspots(number, queen, population=people.reset_index(drop=True))
    lattice, numbered = gridloom.Weights.lattice(12, 12), number.reset_index(drop=True)
    assert gridloom.hotspots(numbered, lattice)["p"].equals(gridloom.hotspots(number.to_numpy(), lattice)["p"])
    with pytest.raises(gridloom.DataError, match="another order"):
        gridloom.hotspots(numbered.sort_values(ascending=False), lattice)


def test_rates_of_next_to_nobody_are_left_out_and_told():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    found = gridloom.hotspots(number, queen, population=people)
    told = found.attrs["provenance"]
    assert found.loc["c140", "class"] == "untested" and numpy.isnan(found.loc["c140", "p"])
    assert told["least_population"] == 100 and told["n"] == 143
    assert told["left_out"] == {"cells": 1, "events": number["c140"], "people": pytest.approx(0.014)}
    assert any("under 100" in caution for caution in told["cautions"])
    drowned = gridloom.hotspots(number, queen, population=people, least_population=0)
    assert drowned.attrs["provenance"]["left_out"]["cells"] == 0
    assert (drowned["class"] == "hot").sum() < (found["class"] == "hot").sum()


def test_shares_of_standardised_rates_are_not_told():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    for method in ("gi_star", "gi"):
        found = gridloom.hotspots(number, queen, method, population=people)
        assert found["statistic"].isna().all() and found["z"].notna().sum() == 143 and (found["class"] == "hot").any()
        assert any("statistic is left out" in caution for caution in found.attrs["provenance"]["cautions"])
        plain = gridloom.hotspots(number, queen, method)
        assert plain["statistic"].notna().all()
        assert not any("statistic" in caution for caution in plain.attrs["provenance"]["cautions"])


@pytest.mark.parametrize("method", ["standardised", "smoothed", "locally smoothed"])
def test_rates_keep_labels_and_leave_out_next_to_nobody(method):
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    with pytest.warns(UserWarning, match="under 100: 1, with"):
        found = gridloom.rates(number.sort_values(), people, method, queen)
    assert found.index.equals(number.sort_values().index) and found[found.isna()].index.tolist() == ["c140"]
    assert found.attrs["provenance"]["left_out"]["cells"] == 1
    with pytest.warns(UserWarning):
        array = gridloom.rates(number.to_numpy(), people.to_numpy(), method, queen)
    assert isinstance(array, numpy.ndarray) and numpy.array_equal(array, found[cells.index].to_numpy(), equal_nan=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gridloom.rates(number, people, method, queen, least_population=0).notna().all()
    with pytest.raises(gridloom.DataError, match="labels do not match"):
        gridloom.rates(number, people.reset_index(drop=True), method, queen)


def test_values_that_do_not_fit_the_cells_are_refused():
    queen = gridloom.Weights.lattice(5, 5)
    for values, word in (([1.0] * 24, "shape"), ([numpy.nan] * 25, "finite|number")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.hotspots(values, queen)
    with pytest.raises(gridloom.DataError, match="gi_star"):
        gridloom.hotspots(range(25), queen, "median")
    with pytest.raises(gridloom.DataError, match="fdr"):
        gridloom.hotspots(range(25), queen, correction="holm")


# --- long calls

LONG = """
    import os, signal, sys, threading, time
    import numpy
    import gridloom
    random = numpy.random.default_rng(1)
    queen = gridloom.Weights.lattice(400, 400)
    values = random.normal(size=160000)
    shares, ticks, done = [], [], threading.Event()
    def count():
        while not done.wait(0.02): ticks.append(1)
    threading.Thread(target=count, daemon=True).start()
    stop = threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    stop.start()
    try:
        gridloom.hotspots(values, queen, permutations=99999, threads=2, progress=shares.append)
        print("it ended by itself")
    except KeyboardInterrupt:
        assert shares and all(0 <= s <= 1 for s in shares) and shares == sorted(shares), shares
        print("stopped", len(ticks) >= 5)
    done.set()
"""


def test_a_long_call_lets_other_threads_run_reports_and_stops_on_ctrl_c():
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(LONG)], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "PYTHONPATH": str(PACKAGE)})
    assert run.stdout.strip() == "stopped True", run.stdout + run.stderr


def test_what_the_progress_callback_raises_ends_the_call():
    def refuse(share):
        raise RuntimeError("enough")
    queen = gridloom.Weights.lattice(300, 300)
    with pytest.raises(RuntimeError, match="enough"):
        gridloom.hotspots(numpy.arange(90000.0), queen, permutations=99999, progress=refuse)


def test_every_public_name_has_documentation_and_type_hints():
    assert (PACKAGE / "gridloom" / "py.typed").is_file()
    for name in gridloom.__all__:
        thing = getattr(gridloom, name)
        assert thing.__doc__, name
        if callable(thing) and not isinstance(thing, type):
            assert "return" in thing.__annotations__, name


def test_the_lines_of_the_readme_run(project, tmp_path, monkeypatch):
    lines = [line[4:] for line in (ROOT / "README.md").read_text().splitlines() if line.startswith(">>> ")]
    assert len(lines) >= 6
    (tmp_path / "nyc.gpkg").symlink_to(project)
    monkeypatch.chdir(tmp_path)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("\n".join(lines), names)
    assert (tmp_path / "rats.png").stat().st_size > 10000
    assert len(names["spots"]) == len(names["grids"]) and (names["spots"]["class"] == "hot").any()


# --- the examples


def run_example(name, project, folder, *options):
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    return subprocess.run([sys.executable, EXAMPLES / name, project, folder, *options], check=True, capture_output=True,
                          text=True, env=environment, timeout=600).stdout


def coloured(path):
    """A picture with many colours, not an empty sheet."""
    picture = Image.open(path).convert("RGB")
    return picture.size[0] == 1400 and len(picture.getcolors(1 << 24)) > 500


def test_rat_sightings(project, city, tmp_path):
    said = run_example("rat_sightings.py", project, tmp_path)
    grids = pandas.read_csv(tmp_path / "rat_hotspots.csv", dtype={"code": str})
    rats = city.incidents("311 Rodent", "2010-01-01", "2016-01-01")
    assert grids["sightings"].sum() == rats["grid_code"].notna().sum() and len(grids) == len(city.grids())
    assert (grids["class"] == "hot").sum() > 10 and set(grids["class"]) <= {"hot", "cold", "not_significant", "untested"}
    assert (grids.loc[grids["class"] == "hot", "q"] <= 0.05).all()
    assert len(geopandas.read_file(tmp_path / "rat_hotspots.geojson")) == len(grids)
    months = pandas.read_csv(tmp_path / "rat_months.csv", index_col="period")
    assert months.shape == (72, 5) and abs(months.to_numpy().sum() - grids["sightings"].sum()) <= 5
    assert "fdr" in said and coloured(tmp_path / "rat_hotspots.png")


def test_collisions(project, city, tmp_path):
    run_example("collisions.py", project, tmp_path)
    hours = pandas.read_csv(tmp_path / "collision_hours.csv", index_col="hour")
    collisions = city.incidents("Motor vehicle collision")
    timed = collisions[collisions["has_clock"] & collisions["grid_code"].notna()]
    assert hours.shape == (24, 5) and abs(hours.to_numpy().sum() - len(timed)) <= 5
    grids = geopandas.read_file(tmp_path / "collision_grids.geojson")
    assert len(grids) == 50 and grids["collisions"].is_monotonic_decreasing
    raster = gdal.Open(str(tmp_path / "collision_density.tif"))
    density = raster.ReadAsArray()
    assert raster.GetMetadata()["N"] == str(len(collisions))
    assert numpy.nansum(density) * 50 * 50 / 1e6 == pytest.approx(len(collisions), rel=0.03)  # some reaches beyond the shore
    assert coloured(tmp_path / "collision_density.png")


def test_noise(project, city, tmp_path):
    said = run_example("noise.py", project, tmp_path)
    precincts = pandas.read_csv(tmp_path / "noise_precincts.csv")
    violations = city.incidents("Noise violation")
    assert len(precincts) == 76 and abs(precincts["violations"].sum() - violations["grid_code"].notna().sum()) <= 5
    assert precincts["residents"].sum() == pytest.approx(8175133, rel=0.001)
    months = pandas.read_csv(tmp_path / "noise_months.csv", index_col="period")
    shown = months.drop(index="total").drop(columns="total").to_numpy()
    assert not ((shown > 0) & (shown < 5)).any()
    assert len(geopandas.read_file(tmp_path / "noise_precincts.geojson")) == 76
    assert "local_moran" in said and coloured(tmp_path / "noise_precincts.png")
