"""Incidents that come after the fusion: import, counts, and what a kill leaves."""

import csv
import io
import json
import math
import os
import signal
import subprocess
import time
import urllib.parse

import numpy
import pytest
from osgeo import gdal

from client import fetch, refused, tile_path
from events import LAT, LON, counts, event, grid_at, having, heat, post, row, total, write
from running import answer_of, kill, ran, run, serving, until
from small_city import SOUTH, STEP, WEST

gdal.UseExceptions()


def test_import_merges_rejects_and_turns_zones_into_local_time(binary, copy, tmp_path):
    events = write(tmp_path / "new.csv", [
        ("1", "2024-03-05T10:00:00", "", LON, LAT),  # known: the later time wins, its category stays
        ("z", "2024-03-31T16:30:00Z", "heat", LON, LAT),  # in Shanghai the next day
        ("far", "2024-03-01T12:00:00", "heat", WEST + 1, SOUTH + 1),
        ("none", "2024-03-01T12:00:00", "heat", "", ""),
        ("zero", "2024-03-01T12:00:00", "heat", 0, 0),
        ("when", "01.03.2024", "heat", LON, LAT),
        ("", "2024-03-01", "heat", LON, LAT),
    ])
    answer = answer_of(binary, "incidents", "import", copy, events)
    assert (answer["added"], answer["updated"], answer["outside"], answer["rejected"], answer["incidents"]) == (2, 1, 1, 4, 6)
    rejected = list(csv.DictReader(open(answer["rejects"])))
    assert [(line["row"], line["id"]) for line in rejected] == [("4", "none"), ("5", "zero"), ("6", "when"), ("7", "")]
    assert [line["reason"].split(":")[0] for line in rejected] == ["no coordinates", "coordinates 0,0", "'occurred_at' begins with a month or a day", "no id"]
    days = {(line["day"], line["category"]): int(line["count"]) for line in counts(binary, copy, "day,category")}
    assert days == {("2024-03-01", "noise"): 1, ("2024-03-02", "noise"): 1, ("2024-03-02", "litter"): 1, ("2024-03-05", "noise"): 1,
                    ("2024-04-01", "heat"): 1, ("2024-03-01", "heat"): 1}
    ran(binary, "verify", copy)


def test_import_through_the_catalogues_mapping_and_named_fields(binary, copy, city, tmp_path):
    events = write(tmp_path / "new.csv", [("n1", "2024-04-01", "noise", LON, LAT)], header=("id", "at", "kind", "lon", "lat"))
    ran(binary, "incidents", "import", copy, events, "--mapping", city.write())
    events = write(tmp_path / "new2.csv", [("n2", "2024-04-01", "noise", LON, LAT)], header=("Key", "at", "kind", "X", "Y"))
    fields = [word for field in ("id=Key", "occurred_at=at", "category=kind", "lon=X", "lat=Y") for word in ("--field", field)]
    ran(binary, "incidents", "import", copy, events, *fields)
    assert total(binary, copy) == 6


@pytest.mark.parametrize("header, line, words", [
    (("key", "occurred_at", "lon", "lat"), ("1", "2024-01-01", LON, LAT), ["new.csv", "'id'"]),
    (("id", "occurred_at", "x", "y"), ("1", "2024-01-01", LON, LAT), ["new.csv", "'lon' and 'lat'", "--field"]),
])
def test_a_file_that_cannot_be_read_says_what_to_do_and_changes_nothing(binary, copy, tmp_path, header, line, words):
    before = copy.read_bytes()
    done = run(binary, "incidents", "import", copy, write(tmp_path / "new.csv", [line], header))
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr
    assert copy.read_bytes() == before


def test_counts_by_hour_leave_dates_without_an_hour_and_filters_apply(binary, copy):
    hours = {line["hour"]: int(line["count"]) for line in counts(binary, copy, "hour")}
    assert hours == {"": 1, "2": 1, "12": 1, "23": 1}
    assert [line["count"] for line in counts(binary, copy, "category", "--hours", "22-4")] == ["2"]
    assert sum(int(line["count"]) for line in counts(binary, copy, "grid,month", "--weekdays", "6")) == 2  # a Saturday
    wrong = run(binary, "incidents", "counts", copy, "--by", "grid,decade")
    assert wrong.returncode == 1 and "'decade'" in wrong.stderr and "month" in wrong.stderr


def test_fusing_again_keeps_what_was_added(binary, copy, city, tmp_path):
    events = write(tmp_path / "new.csv", [("late", "2024-04-01T09:00", "heat", LON, LAT), ("1", "2024-03-05T10:00:00", "", LON, LAT)])
    ran(binary, "incidents", "import", copy, events)
    before = counts(binary, copy, "grid,day,category")
    plain = city.fuse(binary, to=copy)
    assert plain.returncode == 1 and "2 incidents" in plain.stderr and "--update" in plain.stderr
    assert counts(binary, copy, "grid,day,category") == before
    for _ in range(2):
        city.fused(binary, "--update", to=copy)
        assert counts(binary, copy, "grid,day,category") == before
@pytest.mark.soak
def test_kill_at_any_moment_leaves_a_whole_batch_or_nothing(binary, copy, tmp_path):
    """Every import that said it was done is there; one that was killed is there as a whole or not at all."""
    acknowledged, batch = 0, 2000
    start = total(binary, copy)
    for attempt in range(12):
        events = write(tmp_path / "batch.csv", [row(f"{attempt}-{i}", category="noise") for i in range(batch)])
        process = subprocess.Popen([binary, "incidents", "import", copy, events, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if attempt % 4:
            time.sleep(0.004 * attempt * attempt)
            os.kill(process.pid, signal.SIGKILL)
        answer, _ = process.communicate()
        have = (total(binary, copy) - start) / batch
        assert have in ((acknowledged + 1,) if answer else (acknowledged, acknowledged + 1))
        acknowledged = int(have)
    assert acknowledged >= 3


# --- while serving ---

def test_heat_in_degrees_shows_what_the_square_shows(server):
    """The same events, radius and scale: at one place both rasters have the same colour, but for pixels on a step of it."""
    z, side = 12, 256
    n = 2**z
    lon, lat = -73.955, 40.74
    x, y = int((lon + 180) / 180 * n), int((90 - lat) / 180 * n)
    degrees = rgba(fetch(f"{server}/tiles/heat/WorldCRS84Quad/{z}/{x}/{y}.png?radius=1500"))
    assert degrees[..., 3].any()
    squares, same, seen = {}, 0, 0
    for j in range(8, side, 31):
        for i in range(8, side, 31):
            at_lon, at_lat = (x + (i + 0.5) / side) / n * 180 - 180, 90 - (y + (j + 0.5) / side) / n * 180
            across = (at_lon + 180) / 360 * 2 * n
            down = (1 - math.asinh(math.tan(math.radians(at_lat))) / math.pi) / 2 * 2 * n
            place = f"{z + 1}/{int(across)}/{int(down)}"
            if place not in squares:
                squares[place] = rgba(heat(server, place, "radius=1500"))
            other = squares[place][int(down % 1 * side), int(across % 1 * side)].astype(int)
            seen += 1
            same += abs(other - degrees[j, i].astype(int)).max() <= 24
    assert seen > 50 and same >= 0.95 * seen
    assert refused(fetch, f"{server}/tiles/heat/WorldCRS84Quad/{z}/{2 * n}/{y}.png")[0] == 404
    assert refused(fetch, f"{server}/tiles/grids/WorldCRS84Quad/{z}/{x}/{y}.png")[0] == 404


def rgba(answer):
    """The pixels of a picture with a palette."""
    path = f"/vsimem/{id(answer)}.png"
    gdal.FileFromMemBuffer(path, answer.body)
    dataset = gdal.Open(path)
    table = dataset.GetRasterBand(1).GetColorTable()
    colours = numpy.array([table.GetColorEntry(i) for i in range(table.GetCount())])
    return colours[dataset.ReadAsArray()]
@pytest.mark.soak
def test_posted_incidents_show_at_once_and_survive_a_kill(binary, copy):
    with serving(binary, copy) as (url, process):
        before = fetch(url + "/api/incidents").json
        grid_epoch = fetch(url + "/healthz").json["epoch"]
        place = tile_path(15, LON, LAT)
        old, plain = heat(url, place), fetch(f"{url}/tiles/grids/WebMercatorQuad/{place}.png")
        answer = post(url, [event("n1"), event("n2", occurred_at="2024-03-31T16:30:00Z"), event("1", agency="police"),
                            event("", category="x"), event("bad", lon="here"), event("when", occurred_at="yesterday"), 7])
        assert (answer["added"], answer["updated"], answer["epoch"]) == (2, 1, before["epoch"] + 1)
        assert [refusal["row"] for refusal in answer["rejected"]] == [3, 4, 5, 6]
        assert "yesterday" in answer["rejected"][2]["reason"]
        after = fetch(url + "/api/incidents").json
        assert after["incidents"] == before["incidents"] + 2 and "police" in after["agencies"]
        assert grid_at(url)["incidents"] == 4
        assert heat(url, place).headers["ETag"] != old.headers["ETag"]
        # What shows no events keeps its epoch and its place in the cache.
        assert fetch(url + "/healthz").json["epoch"] == grid_epoch
        assert fetch(f"{url}/tiles/grids/WebMercatorQuad/{place}.png").headers["ETag"] == plain.headers["ETag"]
        for batch in range(20):
            post(url, [event(f"batch{batch}-{i}") for i in range(50)])
        kill(process)
    assert total(binary, copy) == before["incidents"] + 2 + 1000


def test_posts_that_cannot_be_taken(binary, copy):
    with serving(binary, copy) as (url, _):
        assert refused(post, url, b"{") == (400, "The body is not JSON: it ends or goes wrong at byte 2.")
        assert refused(post, url, b'{"id": 1}')[0] == 400
        assert refused(post, url, [event("x")], headers={"Origin": "https://elsewhere.example"})[0] == 403
        assert post(url, [])["added"] == 0
        assert post(url, [event("x")], headers={"Origin": url})["added"] == 1


def test_counts_over_http_equal_the_command(binary, small_project):
    with serving(binary, small_project) as (url, _):
        answer = fetch(url + "/api/incidents/counts?by=grid,month,category&hours=22-4")
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert answer.text == ran(binary, "incidents", "counts", small_project, "--by", "grid,month,category", "--hours", "22-4").stdout
        status, detail = refused(fetch, url + "/api/incidents/counts?by=decade")
        assert status == 400 and "'decade'" in detail


@pytest.mark.parametrize("filters, ids", [
    (["--agency", "police"], ["1"]), (["--severity", "high"], ["2", "3"]), (["--agency", "fire", "--agency", "police"], ["1", "2"]),
    (["--area", f"{WEST},{SOUTH},{WEST + STEP},{SOUTH + STEP}"], ["1"]), (["--area", "police:P2"], ["3"]),
    (["--area", "community:370202001"], ["1", "2"]), (["--severity", "high", "--area", "police:P1"], ["2"])])
def test_agency_severity_and_area_select_the_same_from_the_command_and_over_http(binary, copy, tmp_path, filters, ids):
    rows = [("1", "2025-01-01T10:00", "storm", "police", "low", LON, LAT), ("2", "2025-01-01T11:00", "storm", "fire", "high", LON + STEP, LAT),
            ("3", "2025-01-01T12:00", "storm", "", "high", WEST + 3.5 * STEP, LAT), ("4", "2025-01-01T12:00", "storm", "", "", WEST - STEP, LAT)]
    rows = [(f"new-{id}", *others) for id, *others in rows]
    header = ("id", "occurred_at", "category", "agency", "severity", "lon", "lat")
    ran(binary, "incidents", "import", copy, write(tmp_path / "new.csv", rows, header))
    found = counts(binary, copy, "grid", "--category", "storm", *filters)
    assert sum(int(line["count"]) for line in found) == len(ids)
    pairs = list(zip(filters[::2], filters[1::2]))
    query = urllib.parse.urlencode([("category", "storm"), *((key[2:], value) for key, value in pairs)])
    with serving(binary, copy) as (url, _):
        assert list(csv.DictReader(io.StringIO(fetch(f"{url}/api/incidents/counts?by=grid&{query}").text))) == found
        assert fetch(f"{url}/api/incidents?{query}").json["selected"] == len(ids)
        # The tiles of the selection alone are those of all while the others are away.
        place = tile_path(14, LON, LAT)
        assert heat(url, place, query).headers["ETag"] != heat(url, place).headers["ETag"]


def test_the_grids_of_an_area_count_what_the_grid_counts(binary, small_project):
    for line in counts(binary, small_project, "grid"):
        only = counts(binary, small_project, "grid", "--area", f"grid:{line['grid']}")
        assert only == [line]


@pytest.mark.parametrize("area, words", [("grid:7", ["grid", "'7'"]), ("school:7", ["'school'", "police", "community"]),
                                         ("1,2,3", ["west,south,east,north"]), ("3,2,1,4", ["west < east"]),
                                         ("-180,-90,180,90", ["km"])])
def test_an_area_that_is_none_says_what_would_be(binary, small_project, area, words):
    done = run(binary, "incidents", "counts", small_project, "--area", area)
    assert done.returncode == 1
    with serving(binary, small_project) as (url, _):
        status, detail = refused(heat, url, tile_path(14, LON, LAT), urllib.parse.urlencode({"area": area}))
    assert status == 400
    for word in words:
        assert word in done.stderr and word in detail


def test_heat_tiles_follow_filters_and_agree_where_they_meet(binary, small_project):
    with serving(binary, small_project) as (url, _):
        place = tile_path(14, LON, LAT)
        z, x, y = map(int, place.split("/"))
        tile = rgba(heat(url, place, "radius=800"))
        assert tile.shape == (256, 256, 4) and (tile[..., 3] > 0).any()
        # @2x of a tile are the four tiles of the next zoom, pixel for pixel.
        double = rgba(heat(url, place, "radius=800", "@2x"))
        children = [[rgba(heat(url, f"{z + 1}/{2 * x + dx}/{2 * y + dy}", "radius=800")) for dx in (0, 1)] for dy in (0, 1)]
        assert (double == numpy.vstack([numpy.hstack(pair) for pair in children])).all()
        # Filters.
        assert not rgba(heat(url, place, "from=2030-01-01"))[..., 3].any()
        assert heat(url, place, "hours=22-4").body != heat(url, place).body
        # The order and repetition of categories makes no other tile.
        one = heat(url, place, "category=noise&category=litter").headers["ETag"]
        assert one == heat(url, place, "category=litter&category=noise&category=noise").headers["ETag"]
        # Far away all tiles are one small transparent picture.
        blank = heat(url, f"{z}/0/0")
        assert len(blank.body) < 2000 and not rgba(blank)[..., 3].any()


@pytest.mark.parametrize("query, words", [("radius=0", "radius"), ("radius=x", "radius"), ("hours=25-1", "hours"),
                                          ("weekdays=0", "weekdays"), ("from=soon", "soon"), ("category=nois", "nois"),
                                          ("radius=5&radius=6", "more than once")])
def test_heat_tiles_that_cannot_be(binary, small_project, query, words):
    with serving(binary, small_project) as (url, _):
        status, detail = refused(heat, url, tile_path(14, LON, LAT), query)
        assert status == 400 and words in detail


def test_replay_prints_events_as_of_now(binary, small_project):
    done = ran(binary, "incidents", "replay", small_project, "--speed", "1e9")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [e["id"].rsplit("-", 1)[1] for e in events] == ["2", "1", "3", "4"]
    today = {time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 - back)) for back in (0, 60)}
    assert {e["occurred_at"][:10] for e in events} <= today, "in Shanghai's wall clock"
    assert len(events[2]["occurred_at"]) == 10, "a date without a clock stays one"
    assert abs(events[3]["lon"] - (WEST + 3.5 * STEP)) < 1e-6


def test_replay_feeds_a_running_server_at_its_speed(binary, copy):
    def replay(speed):
        return [binary, "incidents", "replay", copy, "--speed", speed, "--limit", "2", "--into", url + "/"]

    with serving(binary, copy) as (url, _):
        # 21.5 hours lie between the first two events: at this speed two seconds.
        ran(*replay("38700"))
        assert having(url) == 6
        assert sum(int(line["count"]) for line in counts(binary, copy, "category", "--from", "2026-01-01")) == 2
        # At a hundredth of it the first comes, and the second is waited for.
        with subprocess.Popen(replay("387")) as slow:
            until(lambda: having(url) == 7)
            assert slow.poll() is None
            slow.terminate()
        assert having(url) == 7
    nobody = run(binary, "incidents", "replay", copy, "--speed", "1e9", "--into", url)
    assert nobody.returncode == 1 and url in nobody.stderr
