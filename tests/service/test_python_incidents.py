"""Python reads the incidents that the engine reads: those of the fusion, imported and posted ones, corrected ones as they are now."""

import gridloom
import pandas
import pytest

from events import LAT, LON, counts, event, imported, post, row
from running import answer_of, serving
from small_city import SOUTH, STEP, WEST

NEW = [row("new", "2024-04-01T09:30:00"), row("day", "2024-04-02", lon=WEST + 2.5 * STEP),
       row("far", "2024-04-03T12:00:00", lon=WEST + 1, lat=SOUTH + 1),
       row("4", "2024-05-02T06:00:00", "", lon=WEST + 1.5 * STEP)]  # known: it moves, its category stays


def by_id(frame):
    return frame.set_index("id")


def grid_at(binary, project, lon, lat):
    return answer_of(binary, "locate", project, lon, lat)["grid"]["code"]


def test_imported_and_corrected_incidents_are_there_at_the_next_call(binary, copy, tmp_path):
    city = gridloom.open(copy)
    before = by_id(city.incidents())
    assert sorted(before.index) == ["1", "2", "3", "4"]
    imported(binary, copy, tmp_path, NEW)
    after = by_id(city.incidents())
    assert sorted(after.index) == ["1", "2", "3", "4", "day", "far", "new"]
    assert after.loc["4", "occurred_at"] == pandas.Timestamp("2024-05-02T06:00") and after.loc["4", "category"] == "litter"
    assert after.loc["4", "grid_code"] == grid_at(binary, copy, WEST + 1.5 * STEP, LAT) != before.loc["4", "grid_code"]
    assert abs(after.loc["4", "x"] - before.loc["4", "x"]) > 1000
    assert after.loc["new", "grid_code"] == grid_at(binary, copy, LON, LAT) and after.loc["far", "grid_code"] is None
    assert after["has_clock"].to_dict() == {"1": True, "2": True, "3": False, "4": True, "new": True, "day": False, "far": True}
    pandas.testing.assert_frame_equal(after.loc[["1", "2", "3"]], before.loc[["1", "2", "3"]])
    pandas.testing.assert_frame_equal(by_id(gridloom.open(copy).incidents()), after)
    assert set(city.incidents("heat")["id"]) == {"new", "day", "far"}


def test_counts_and_the_table_agree_with_the_command(binary, copy, tmp_path):
    city = gridloom.open(copy)
    imported(binary, copy, tmp_path, NEW)
    table = gridloom.counts(city, by=["grid", "category"])
    told = {(line["grid"] or None, line["category"]): int(line["count"]) for line in counts(binary, copy, "grid,category")}
    assert dict(zip(zip(table["grid"], table["category"]), table["count"])) == told
    assert table.attrs["provenance"]["n"] == 7 and table.attrs["provenance"]["outside"] == 1
    rows = by_id(city.table("incidents"))
    frame = by_id(city.incidents())
    assert list(rows.index) == list(frame.index) and rows.crs.to_epsg() == 4549
    assert rows.geometry.x.tolist() == frame["x"].tolist() and rows["grid_code"].tolist() == frame["grid_code"].tolist()
    atoms = city.table("atoms").set_index("atom_id")
    inside = rows[rows["atom_id"].notna()]
    assert (atoms.loc[inside["atom_id"], "grid_code"].to_numpy() == inside["grid_code"].to_numpy()).all()
    assert rows.index[rows["atom_id"].isna()].tolist() == ["far"]


def test_posted_incidents_are_seen_while_the_server_runs(binary, copy):
    city = gridloom.open(copy)
    assert len(city.incidents()) == 4
    with serving(binary, copy) as (url, _):
        assert post(url, [event("p1"), event("p2", lon=WEST + 3.5 * STEP)])["added"] == 2
        assert {"p1", "p2"} <= set(city.incidents()["id"])
        post(url, [event("p1", lon=WEST + 2.5 * STEP)])
        moved = by_id(city.incidents())
        assert len(moved) == 6 and moved.loc["p1", "grid_code"] == grid_at(binary, copy, WEST + 2.5 * STEP, LAT)
    pandas.testing.assert_frame_equal(city.incidents(), moved.reset_index())


def test_a_city_that_was_fused_again_is_read_again(binary, city, tmp_path):
    opened = gridloom.open(city.fused(binary))
    assert opened.layers == ["police", "health"] and opened.locate([LON], [LAT])["police"][0] == "P1"
    city.catalogue["layers"] = [city.layer("police")]
    for feature in city.layers["police"]:
        feature["properties"]["id"] += "b"
    city.fused(binary)
    assert opened.locate([LON], [LAT])["police"][0] == "P1b" and opened.layers == ["police"]
    assert len(opened.incidents()) == 4


def test_start_and_end_are_by_the_citys_clock(small_project):
    city = gridloom.open(small_project)
    late = city.incidents(start=pandas.Timestamp("2024-03-01T15:00", tz="UTC"))  # 23:00 in Shanghai
    assert sorted(late["id"]) == ["1", "3", "4"] and late.attrs["window"][1] == "open"
    for start, word in ((2024, "2024-01-01"), ("last year", "last year")):
        with pytest.raises(gridloom.DataError, match=word):
            city.incidents(start=start)
