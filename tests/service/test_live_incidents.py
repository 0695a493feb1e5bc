"""What a running server shows of incidents that come, through it and past it, and what it does when its project is replaced."""

import csv
import gzip
import io
import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error

import pytest

from client import fetch, refused, tile_path, unchanged
from events import LAT, LON, counts, event, grid_at, having, heat, ids, imported, post, row, total, write
from geopackage import rows
from running import answer_of, ran, run, serving, until
from small_city import SOUTH, STEP, WEST
from vector_tiles import incidents_by_grid


def test_the_epoch_tells_that_something_came(binary, copy):
    with serving(binary, copy) as (url, _):
        before = fetch(url + "/api/incidents/epoch")
        assert before.json["incidents"] == 4
        assert unchanged(url + "/api/incidents/epoch", before.headers["ETag"])
        answer = post(url, [event("n1")])
        assert not unchanged(url + "/api/incidents/epoch", before.headers["ETag"])
        after = fetch(url + "/api/incidents/epoch").json
        assert after == {"epoch": answer["epoch"], "incidents": 5} and after["epoch"] > before.json["epoch"]


def test_the_map_of_incidents_follows(binary, copy):
    with serving(binary, copy) as (url, _):
        lon, lat = quiet_place(url)
        place = tile_path(15, lon, lat)
        address = {name: f"{url}/tiles/{name}/WebMercatorQuad/{place}" for name in ("incidents", "grids", "zones")}
        layer = "?layer=police"
        kept = [address["grids"] + ".png", address["zones"] + ".png" + layer, address["zones"] + ".mvt" + layer]
        changed = [address["incidents"] + ".png", address["incidents"] + "@2x.png", address["incidents"] + ".mvt", address["grids"] + ".mvt",
                   url + "/tiles/incidents.json"]
        before = {at: etag(at) for at in kept + changed}
        far = f"{url}/tiles/incidents/WebMercatorQuad/15/0/0.png"
        blank = etag(far)
        post(url, [event(f"n{i}", lon=lon, lat=lat) for i in range(2000)])
        assert [at for at in kept if etag(at) != before[at]] == []
        assert [at for at in changed if etag(at) == before[at]] == []
        assert etag(far) == blank
        grid = grid_at(url, lon, lat)
        assert grid["incidents"] == 2000
        for name in ("incidents", "grids"):
            assert incidents_by_grid(fetch(address[name] + ".mvt").body)[grid["code"]] == 2000


def etag(address):
    return fetch(address).headers["ETag"]


def quiet_place(url):
    """Well inside a grid without incidents."""
    for x in range(16):
        for y in range(12):
            lon, lat = WEST + (x + 0.5) * STEP / 4, SOUTH + (y + 0.5) * STEP / 4
            if grid_at(url, lon, lat)["incidents"] == 0:
                return lon, lat
    raise AssertionError("every grid has incidents")


def test_an_import_by_another_process_shows_by_itself(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        place = tile_path(15, LON, LAT)
        old = heat(url, place).headers["ETag"]
        imported(binary, copy, tmp_path, [row(f"i{i}") for i in range(500)] + [row("1", category="")])
        until(lambda: having(url) == 504)
        assert heat(url, place).headers["ETag"] != old
        assert shown_counts(url) == counts(binary, copy, ALL)
        assert grid_at(url)["incidents"] == 502


ALL = "grid,day,category"


def shown_counts(url):
    return list(csv.DictReader(io.StringIO(fetch(f"{url}/api/incidents/counts?by={ALL}").text)))
@pytest.mark.soak
def test_imports_and_posts_at_once_are_neither_lost_nor_doubled(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        def importing():
            for i in range(6):
                imported(binary, copy, tmp_path, [row(f"i{i}-{j}") for j in range(50)])

        thread = threading.Thread(target=importing)
        thread.start()
        posted = 0
        while thread.is_alive() or posted < 20:
            # Ids come again, by then known by another text: the later word wins wherever it was said.
            answer = post(url, [event(f"p{posted}-{j}", category=f"c{posted}") for j in range(5)] + [event("again", category=f"c{posted}")])
            assert answer["added"] + answer["updated"] == 6, "only its own rows are told"
            posted += 1
        thread.join()
        expected = 4 + 300 + 5 * posted + 1
        until(lambda: having(url) == expected)
        assert total(binary, copy) == expected
        assert shown_counts(url) == counts(binary, copy, ALL)


def test_a_server_follows_what_is_replayed_into_another(binary, copy):
    with serving(binary, copy) as (one, _), serving(binary, copy) as (other, _):
        ran(binary, "incidents", "replay", copy, "--speed", "1e9", "--into", one)
        assert having(one) == 8
        until(lambda: having(other) == 8)
@pytest.mark.soak
def test_a_killed_import_does_not_stop_the_following(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        for attempt in range(8):
            batch = write(tmp_path / "batch.csv", [row(f"{attempt}-{i}", category="noise") for i in range(2000)])
            process = subprocess.Popen([binary, "incidents", "import", copy, batch], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.006 * attempt * attempt)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        imported(binary, copy, tmp_path, [row("last")])
        want = total(binary, copy)
        until(lambda: having(url) == want, 15)


@pytest.mark.parametrize("how", ["fused again", "moved away"])
def test_a_project_that_was_replaced_takes_no_incidents(binary, copy, city, tmp_path, how):
    with serving(binary, copy) as (url, process):
        assert post(url, [event("before")])["added"] == 1
        if how == "fused again":
            city.fused(binary, "--update", to=copy)
        else:
            shutil.move(copy, tmp_path / "elsewhere.gpkg")
        status, detail = refused(post, url, [event("after")])
        assert status == 503 and "replaced" in detail and "tart" in detail and str(copy.parent) not in detail
        # What it has it goes on serving.
        assert having(url) == 5 and heat(url, tile_path(14, LON, LAT))
        assert not os.path.exists(str(copy) + "-journal")
        if how == "fused again":
            assert ids(copy) == {"1", "2", "3", "4", "before"} or {"before"} <= ids(copy)
            assert "after" not in ids(copy) and total(binary, copy) == 5
        time.sleep(1.2)
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read()
        assert told.count(str(copy)) == 1, "the operator is told, once"
@pytest.mark.soak
def test_what_was_acknowledged_outlives_fusing_again_at_the_same_time(binary, copy, city):
    for turn in range(6):
        acknowledged, stop = set(), threading.Event()
        with serving(binary, copy) as (url, _):
            def posting():
                for i in range(100_000):
                    if stop.is_set():
                        return
                    try:
                        post(url, [event(f"{turn}-{i}")])
                        acknowledged.add(f"{turn}-{i}")
                    except urllib.error.HTTPError as error:
                        assert error.code == 503, error.read()

            thread = threading.Thread(target=posting)
            thread.start()
            time.sleep(0.05)
            fused = city.fuse(binary, "--update", to=copy)
            stop.set()
            thread.join()
        assert acknowledged and {name.split("/")[-1] for name in acknowledged} <= ids(copy), fused.stderr
        assert fused.returncode == 0 or "added while the city was fused" in fused.stderr


def test_counts_as_json_are_the_table(binary, small_project):
    with serving(binary, small_project) as (url, _):
        table = shown_counts(url)
        listed = fetch(f"{url}/api/incidents/counts?by={ALL}&format=json").json
        assert listed == [{**line, "count": int(line["count"])} for line in table] and listed
        status, detail = refused(fetch, url + "/api/incidents/counts?format=xml")
        assert status == 400 and "json" in detail


# --- real rows that cannot be taken ---

@pytest.fixture(scope="session")
def dirty(root):
    """Real records without usable coordinates; `reason` says why, in the words of Gridloom."""
    words = {"no coordinates": "no coordinates", "zero coordinates": "coordinates 0,0"}
    with gzip.open(root / "gisdata/nyc/incidents_dirty.csv.gz", "rt", newline="") as file:
        return [{**line, "reason": words[line["reason"]]} for line in csv.DictReader(file)]


@pytest.fixture
def mixed(dirty):
    """The real records, every third one given a place in the city."""
    return [{**line, "lon": LON, "lat": LAT, "reason": ""} if i % 3 == 0 else line for i, line in enumerate(dirty)]


def test_real_dirty_rows_are_rejected_one_by_one_by_an_import(binary, copy, mixed, tmp_path):
    path = write(tmp_path / "dirty.csv", [line.values() for line in mixed], mixed[0])
    good = {line["id"] for line in mixed if not line["reason"]}
    bad = [(str(i), line["id"], line["reason"]) for i, line in enumerate(mixed, 1) if line["reason"]]
    answer = answer_of(binary, "incidents", "import", copy, path)
    assert (answer["added"], answer["updated"], answer["rejected"], answer["outside"]) == (len(good), 0, len(bad), 0)
    assert answer["incidents"] == total(binary, copy) == 4 + len(good)
    with open(answer["rejects"], newline="") as file:
        rejected = list(csv.reader(file))[1:]
    assert [(line[0], line[2]) for line in rejected] == [(number, id) for number, id, _ in bad]
    for line, (_, _, reason) in zip(rejected, bad):
        assert line[1] == reason == line[-1], "the reason is the source's"
    assert good <= ids(copy) and not {id for _, id, _ in bad} & ids(copy)


def test_a_key_that_means_nothing_is_refused_with_those_that_do_and_nothing_is_added(binary, copy):
    with serving(binary, copy) as (url, _):
        status, detail = refused(post, url, [event("n1"), event("n2", colour="red")])
        assert status == 400 and "'colour'" in detail and "Row 1" in detail and "occurred_at" in detail
        assert total(binary, copy) == 4
        rejected = post(url, [event("n3", lon="east")], {"Accept-Language": "zh-CN"})["rejected"]
        assert "应为" in rejected[0]["reason"]


def test_real_dirty_rows_are_rejected_one_by_one_over_http(binary, copy, mixed):
    def number(text):
        return float(text) if text != "" else None

    events = [{key: number(line[key]) if key in ("lon", "lat") else line[key]
               for key in ("id", "occurred_at", "category", "subcategory", "agency", "lon", "lat")} for line in mixed]
    good = [line["id"] for line in mixed if not line["reason"]]
    bad = [(i, line["id"], line["reason"]) for i, line in enumerate(mixed) if line["reason"]]
    with serving(binary, copy) as (url, _):
        answer = post(url, events)
        assert (answer["added"], answer["updated"]) == (len(good), 0)
        assert [(refusal["row"], refusal["id"], refusal["reason"]) for refusal in answer["rejected"]] == bad
        assert having(url) == 4 + len(good)
    assert total(binary, copy) == 4 + len(good) and set(good) <= ids(copy)


# --- the heat scale ---

def scale(binary, project, *options):
    return answer_of(binary, "incidents", "scale", project, *options)


def shown_scale(url):
    answer = fetch(url + "/api/incidents").json["heat_scale"]
    return answer["version"], answer["lowest"], answer["highest"]


def test_the_heat_scale_is_chosen_kept_and_followed(binary, copy, city):
    first = scale(binary, copy)
    assert not first["chosen"] and first["version"] == 1 and first["highest"] == first["lowest"] * 1e4
    with serving(binary, copy) as (url, _):
        assert shown_scale(url) == (1, first["lowest"], first["highest"])
        place = tile_path(15, LON, LAT)
        old = heat(url, place)
        epoch = fetch(url + "/api/incidents/epoch").json["epoch"]
        chosen = scale(binary, copy, "--max", "20", "--min", "0.5")
        assert chosen == {"version": 2, "unit": "events per km2", "lowest": 0.5, "highest": 20, "chosen": True}
        until(lambda: shown_scale(url) == (2, 0.5, 20))
        assert heat(url, place).body != old.body
        assert fetch(url + "/api/incidents/epoch").json["epoch"] > epoch, "pages ask for the tiles again"
    assert scale(binary, copy, "--max", "20", "--min", "0.5")["version"] == 2, "the same scale keeps its tiles"
    assert scale(binary, copy, "--max", "40") == {**chosen, "version": 3, "lowest": 1, "highest": 40}
    city.fused(binary, "--update", to=copy)
    assert scale(binary, copy)["highest"] == 40
    with serving(binary, copy) as (url, _):
        assert shown_scale(url) == (3, 1, 40)
    ran(binary, "verify", copy)


def test_a_heat_scale_from_the_data_is_that_of_the_densest_grids(binary, copy):
    areas = dict(rows(copy, "SELECT code, area_m2 FROM grids"))
    densities = sorted(int(line["count"]) / areas[line["grid"]] * 1e6 for line in counts(binary, copy, "grid"))
    steps = [step * 10.0**power for power in range(6) for step in (1, 2, 5)]
    for percent, rank in ((100, len(densities)), (50, -(-len(densities) // 2))):
        found = scale(binary, copy, "--from-data", "--percentile", percent)
        assert found["highest"] == pytest.approx(min(step for step in steps if step >= densities[rank - 1]))
    only = scale(binary, copy, "--from-data", "--percentile", "100", "--category", "litter")
    density = max(1 / areas[line["grid"]] * 1e6 for line in counts(binary, copy, "grid", "--category", "litter"))
    assert only["highest"] == pytest.approx(min(step for step in steps if step >= density))


@pytest.mark.parametrize("options, words", [
    (["--max", "0"], "0 to 0"), (["--max", "-5"], "-5"), (["--min", "7", "--max", "7"], "from 7 to 7"), (["--max", "nan"], "nan"),
    (["--category", "noise"], "--from-data"), (["--from-data", "--category", "nois"], "nois"),
    (["--from-data", "--from", "2050-01-01"], "no incident"), (["--percentile", "50"], "--from-data"),
    (["--from-data", "--percentile", "0"], "percentile"), (["--from-data", "--max", "5"], "--max")])
def test_a_heat_scale_that_is_none_changes_nothing(binary, copy, options, words):
    before = copy.read_bytes()
    done = run(binary, "incidents", "scale", copy, *options)
    assert done.returncode != 0 and words in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 2
    assert copy.read_bytes() == before
