"""The Python package: counts by cell, periods and texts, and what may be published of them."""

import datetime

import gridloom
import numpy
import pandas
import pytest

from ground import UTM, squares

DATED = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-05-01", "2024-05-01 13:10", "2024-05-01 17:59:59", "2024-05-02 18:00"]),
                          "has_clock": [False, True, True, True], "grid_code": ["a"] * 4})


def rows(table):
    """As lists, None for what is missing."""
    return table.astype(object).where(table.notna(), None).values.tolist()


def test_counts_sum_to_the_events_and_equal_a_group_by(nyc, incidents):
    table = gridloom.counts(nyc, by=["grid", "year", "category"])
    told = table.attrs["provenance"]
    assert list(table.columns) == ["grid", "year", "category", "count"]
    assert table["count"].sum() == told["n"] == told["counted"] + told["outside"] == len(incidents)
    expected = incidents.groupby(["grid_code", incidents["occurred_at"].dt.year, "category"]).size()
    inside = table[table["grid"].notna()]
    assert len(inside) == len(expected)
    assert (expected.loc[list(zip(inside["grid"], inside["year"], inside["category"]))].to_numpy() == inside["count"].to_numpy()).all()


@pytest.mark.parametrize("by", ["grid,quarter,category", "weekday,hour", "month_of_year,agency", "grid,week", "grid,day", ""])
def test_a_frame_of_incidents_counts_as_the_project_does(nyc, by):
    ours = gridloom.counts(nyc, by=by, category="Noise violation", start="2024-06-01")
    frame = gridloom.counts(nyc.incidents("Noise violation", start="2024-06-01"), by=by)
    assert sorted(rows(ours), key=str) == sorted(rows(frame), key=str) and ours["count"].sum() > 100  # cells in the order of their codes
    for key in ("n", "counted", "outside", "without_period"):
        assert ours.attrs["provenance"][key] == frame.attrs["provenance"][key]


def test_counts_in_other_cells_agree_with_their_own_sum(nyc):
    fines = nyc.incidents("Noise violation")
    precincts = nyc.layer("police_precincts")
    table = gridloom.counts(fines, cells=precincts)
    located = nyc.locate(fines["x"], fines["y"], crs=UTM)
    told = table.set_index("cell")["count"]
    assert table["count"].sum() == len(fines) and set(table["cell"].dropna()) <= set(precincts["id"])
    assert told[told.index.notna()].sum() == pytest.approx(located["grid"].notna().sum(), rel=0.001)
    here = located["police_precincts_here"].value_counts()
    inside = told[told.index.notna()]
    assert (inside.reindex(here.index).to_numpy() == here.to_numpy()).mean() > 0.9  # but for places on a border
    by_layer = gridloom.counts(nyc, by="police_precincts", category="Noise violation").set_index("police_precincts")["count"]
    assert by_layer[by_layer.index.notna()].sum() == inside.sum()


def test_events_without_a_clock_never_count_at_an_hour():
    table = gridloom.counts(DATED, by=["grid", "hour"])
    assert rows(table) == [["a", None, 1], ["a", 13, 1], ["a", 17, 1], ["a", 18, 1]]
    assert table.attrs["provenance"]["without_period"] == 1 and str(table["hour"].dtype) == "Int64"


def test_every_period_is_told_in_words_that_files_take(tmp_path):
    told = {by: rows(gridloom.counts(DATED, by=by)) for by in gridloom._gridloom.PERIODS}
    assert told["day"] == [["2024-05-01", 3], ["2024-05-02", 1]] and told["week"] == [["2024-04-29", 4]]
    assert told["month"] == [["2024-05", 4]] and told["quarter"] == [["2024-Q2", 4]] and told["year"] == [[2024, 4]]
    assert told["weekday"] == [[3, 3], [4, 1]] and told["month_of_year"] == [[5, 4]]
    cells = squares(1, 1)
    events = DATED.assign(x=500050.0, y=4500050.0)
    events.attrs["crs"] = UTM
    frame = cells.merge(gridloom.counts(events, by="month,hour", cells=cells), left_on="code", right_on="cell")
    frame.to_file(tmp_path / "months.gpkg")
    assert "2024-05" in frame.to_json()


def test_zeros_are_every_hour_weekday_and_month_of_the_year():
    for by, number in (("hour", 24 + 1), ("weekday", 7), ("month_of_year", 12)):
        table = gridloom.counts(DATED, by=by, zeros=True)
        assert len(table) == number and table["count"].sum() == 4
    with pytest.raises(gridloom.DataError, match="cells=city.grids"):
        gridloom.counts(DATED, zeros=True)


def test_zeros_of_a_project_are_every_grid_and_the_months_asked_about(nyc):
    grids = len(nyc.grids())
    table = gridloom.counts(nyc, by="grid,month", zeros=True, category="Noise violation", start="2025-01-01", end="2025-05-01")
    inside = table[table["grid"].notna()]
    assert len(inside) == grids * 4 and sorted(inside["month"].unique()) == ["2025-01", "2025-02", "2025-03", "2025-04"]
    asked = nyc.incidents("Noise violation", start="2025-01-01", end="2025-05-01")
    assert table["count"].sum() == len(asked)
    with pytest.raises(gridloom.DataError, match="rows, more than"):
        gridloom.counts(nyc, by="grid,day,category,subcategory", zeros=True)


def test_times_in_every_form_are_told_or_refused_with_what_to_do():
    zoned = DATED.assign(occurred_at=DATED["occurred_at"].dt.tz_localize("UTC"))
    with pytest.raises(gridloom.DataError, match="tz_convert"):
        gridloom.counts(zoned, by=["hour"])
    zoned.attrs["time_zone"] = "Asia/Shanghai"
    assert rows(gridloom.counts(zoned, by="hour")) == [[None, 1], [1, 1], [2, 1], [21, 1]]
    with pytest.raises(gridloom.DataError, match="to_datetime"):
        gridloom.counts(DATED.assign(occurred_at=DATED["occurred_at"].astype(str)), by="day")
    objects = DATED.assign(occurred_at=pandas.Series([datetime.date(2024, 5, 1), None, pandas.NaT, datetime.datetime(2024, 5, 2, 3)], dtype=object))
    assert rows(gridloom.counts(objects, by="day")) == [[None, 2], ["2024-05-01", 1], ["2024-05-02", 1]]


@pytest.mark.parametrize("agency", [["x", None, "x", "y"], pandas.array(["x", pandas.NA, "x", "y"], dtype="string"),
                                    pandas.Categorical(["x", None, "x", "y"], categories=["z", "y", "x"]),
                                    pandas.array([1, None, 1, 2], dtype="Int64"), [1.0, numpy.nan, 1.0, 2.0], ["x", pandas.NaT, "x", 7]])
def test_missing_values_and_categories_count_as_what_they_are(agency):
    events = DATED.assign(agency=agency)
    table = gridloom.counts(events, by=["agency"])
    assert sorted(table["count"]) == [1, 1, 2] and table["agency"].isna().tolist() == [True, False, False]
    full = gridloom.counts(events, by=["agency", "hour"], zeros=True)
    assert full["count"].sum() == 4 and len(full) == 3 * 24 + 1


def test_a_clock_that_is_missing_is_none():
    events = DATED.assign(has_clock=pandas.array([None, True, True, False], dtype="boolean"))
    assert rows(gridloom.counts(events, by="hour")) == [[None, 2], [13, 1], [17, 1]]


def test_events_without_a_place_and_at_null_island_are_outside():
    events = pandas.DataFrame({"x": pandas.array([500150.0, None, -8e6, 500150.0], dtype="Float64"), "y": [4500050.0, 4500050.0, 0.0, numpy.inf]})
    events.attrs["crs"] = UTM
    table = gridloom.counts(events, cells=squares(2, 1))
    assert rows(table) == [[None, 3], ["c1", 1]] and table.attrs["provenance"]["outside"] == 3


def test_zeros_are_told_on_request_and_a_common_border_counts_once():
    events = pandas.DataFrame({"occurred_at": pandas.to_datetime(["2024-01-31", "2024-03-01"]), "x": [500100.0, 500150.0],
                               "y": [4500050.0, 4500050.0]})
    events.attrs["crs"] = UTM
    table = gridloom.counts(events, by="month", cells=squares(2, 1), zeros=True)
    assert table["count"].tolist() == [1, 0, 0, 0, 0, 1] and table["cell"].tolist() == ["c0"] * 3 + ["c1"] * 3
    assert table["month"].tolist() == ["2024-01", "2024-02", "2024-03"] * 2


def test_words_that_mean_nothing_are_refused_with_those_that_do(nyc):
    with pytest.raises(gridloom.DataError, match="'kind'.*category"):
        gridloom.counts(nyc, by=["kind"])
    with pytest.raises(gridloom.DataError, match="'decade'.*quarter"):
        gridloom.counts(DATED, by="decade")
    with pytest.raises(gridloom.DataError, match="one kind of cells"):
        gridloom.counts(nyc, by="grid,hexagon", size=500)
    with pytest.raises(gridloom.DataError, match="no filter 'catgory'"):
        gridloom.counts(nyc, catgory="Noise violation")
    with pytest.raises(gridloom.DataError, match="filter it first"):
        gridloom.counts(DATED, category="x")
    with pytest.raises(gridloom.DataError, match="its own cells"):
        gridloom.counts(nyc, cells=squares(1, 1))


@pytest.mark.parametrize("dtype", [int, float, "Int64", object])
def test_suppressed_counts_cannot_be_told_from_the_totals(dtype):
    public = gridloom.suppress(pandas.DataFrame({"a": [3, 20, 30], "b": [9, 10, 11]}, index=["x", "y", "z"]).astype(dtype), k=5)
    assert numpy.isnan(public.loc["x", "a"]) and public.loc["total", "total"] == 83
    for line in (public.loc["x"], public["a"]):  # one blank alone would follow from the total
        assert line.isna().sum() != 1


def test_counts_that_are_none_are_not_published():
    with pytest.raises(gridloom.DataError, match="whole numbers"):
        gridloom.suppress(pandas.DataFrame({"a": [1.5]}))
    with pytest.raises(gridloom.DataError, match="1 counts are missing"):
        gridloom.suppress(pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64")}))
