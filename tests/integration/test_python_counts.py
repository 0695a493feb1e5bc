"""The Python package: counts by cell, period and category, and what may be published of them."""

import gridloom
import numpy
import pandas
import pytest

from ground import UTM, squares


def test_counts_sum_to_the_events_and_equal_a_group_by(nyc, incidents):
    table = gridloom.counts(nyc, by=["category"], period="Y")
    told = table.attrs["provenance"]
    assert list(table.columns) == ["cell", "period", "category", "events"]
    assert table["events"].sum() == told["counted"] and told["counted"] + told["outside"] == told["n"] == len(incidents)
    expected = incidents.groupby(["grid_code", incidents["occurred_at"].dt.year, "category"]).size()
    assert sorted(table["events"]) == sorted(expected)
    one = table.iloc[1234]
    assert expected[(one["cell"], one["period"].year, one["category"])] == one["events"]


def test_counts_in_other_cells_agree_with_their_own_sum(nyc):
    fines = nyc.incidents("Noise violation")
    precincts = nyc.layer("police_precincts")
    table = gridloom.counts(fines, by=[], cells=precincts)
    located = nyc.locate(fines["x"], fines["y"], crs=UTM)
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


def test_an_unknown_column_to_count_by_is_refused(nyc):
    with pytest.raises(gridloom.DataError, match="'kind'.*category"):
        gridloom.counts(nyc, by=["kind"])


def test_suppressed_counts_cannot_be_told_from_the_totals():
    public = gridloom.suppress(pandas.DataFrame({"a": [3, 20, 30], "b": [9, 10, 11]}, index=["x", "y", "z"]), k=5)
    assert numpy.isnan(public.loc["x", "a"]) and public.loc["total", "total"] == 83
    for line in (public.loc["x"], public["a"]):  # one blank alone would follow from the total
        assert line.isna().sum() != 1
    with pytest.raises(gridloom.DataError, match="whole numbers"):
        gridloom.suppress(pandas.DataFrame({"a": [1.5]}))
