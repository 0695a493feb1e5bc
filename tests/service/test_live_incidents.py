"""What a running server shows of incidents that come, through it and past it, and what it does when its project is replaced."""

import csv
import gzip
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from running import serving
from small_city import SOUTH, STEP, WEST
from test_incidents import LAT, LON, copy, event, get, heat, post, refused, run, tile_of, total, write  # noqa: F401


def until(check, seconds=5):
    """The first true answer of `check` within some seconds."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return answer


def having(url):
    return json.loads(get(url + "/api/incidents/epoch")[1])["incidents"]


def ids(project):
    with sqlite3.connect(project) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE name IN ('incidents', 'incident_log')")}
        return {row[0] for table in tables for row in database.execute(f"SELECT id FROM {table}")}


def test_the_epoch_tells_that_something_came(binary, copy):
    with serving(binary, copy) as (url, _):
        before = json.loads(get(url + "/api/incidents/epoch")[1])
        assert before["incidents"] == 4
        etag = get(url + "/api/incidents/epoch")[0]["ETag"]
        request = urllib.request.Request(url + "/api/incidents/epoch", headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(request)
        assert unchanged.value.code == 304
        answer = post(url, [event("n1")])
        after = json.loads(get(url + "/api/incidents/epoch")[1])
        assert after == {"epoch": answer["epoch"], "incidents": 5} and after["epoch"] > before["epoch"]


def test_the_map_of_incidents_follows(binary, copy):
    with serving(binary, copy) as (url, _):
        lon, lat = quiet_place(url)
        place = tile_of(15, lon, lat)
        address = {name: f"{url}/tiles/{name}/WebMercatorQuad/{place}" for name in ("incidents", "grids", "zones")}
        layer = "?layer=police"
        kept = [address["grids"] + ".png", address["zones"] + ".png" + layer, address["zones"] + ".mvt" + layer]
        changed = [address["incidents"] + ".png", address["incidents"] + "@2x.png", address["incidents"] + ".mvt", address["grids"] + ".mvt",
                   url + "/tiles/incidents.json"]
        before = {at: get(at)[0]["ETag"] for at in kept + changed}
        far = f"{url}/tiles/incidents/WebMercatorQuad/15/0/0.png"
        blank = get(far)[0]["ETag"]
        post(url, [event(f"n{i}", lon=lon, lat=lat) for i in range(2000)])
        assert [at for at in kept if get(at)[0]["ETag"] != before[at]] == []
        assert [at for at in changed if get(at)[0]["ETag"] == before[at]] == []
        assert get(far)[0]["ETag"] == blank
        grid = json.loads(get(f"{url}/api/locate?lon={lon}&lat={lat}")[1])["grid"]
        assert grid["incidents"] == 2000
        for name in ("incidents", "grids"):
            assert attributes(get(address[name] + ".mvt")[1])[grid["code"]] == 2000


def quiet_place(url):
    """Well inside a grid without incidents."""
    for x in range(16):
        for y in range(12):
            lon, lat = WEST + (x + 0.5) * STEP / 4, SOUTH + (y + 0.5) * STEP / 4
            if json.loads(get(f"{url}/api/locate?lon={lon}&lat={lat}")[1])["grid"]["incidents"] == 0:
                return lon, lat
    raise AssertionError("every grid has incidents")


def attributes(tile):
    """Incidents by code of the grids in a vector tile."""
    from osgeo import gdal
    path = f"/vsimem/{id(tile)}.pbf"
    gdal.FileFromMemBuffer(path, tile)
    dataset = gdal.OpenEx(path, gdal.OF_VECTOR, open_options=["CLIP=NO"])
    return {feature["code"]: feature["incidents"] for feature in dataset.GetLayer(0)}


def test_an_import_by_another_process_shows_within_a_second_or_so(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        place = tile_of(15)
        old = heat(url, place)[0]["ETag"]
        rows = [(f"i{i}", "2024-05-01T10:00:00", "heat", LON, LAT) for i in range(500)] + [("1", "2024-05-01T10:00:00", "", LON, LAT)]
        assert run(binary, "import", copy, write(tmp_path / "new.csv", rows)).returncode == 0
        start = time.monotonic()
        until(lambda: having(url) == 504)
        assert time.monotonic() - start < 2
        assert heat(url, place)[0]["ETag"] != old
        by = "grid,day,category"
        assert get(f"{url}/api/incidents/counts?by={by}")[1].decode() == run(binary, "counts", copy, "--by", by).stdout
        assert json.loads(get(f"{url}/api/locate?lon={LON}&lat={LAT}")[1])["grid"]["incidents"] == 502


def test_imports_and_posts_at_once_are_neither_lost_nor_doubled(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        def importing():
            for i in range(6):
                rows = [(f"i{i}-{j}", "2024-05-01T10:00:00", "heat", LON, LAT) for j in range(50)]
                assert run(binary, "import", copy, write(tmp_path / f"{i}.csv", rows)).returncode == 0

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
        by = "grid,day,category"
        assert get(f"{url}/api/incidents/counts?by={by}")[1].decode() == run(binary, "counts", copy, "--by", by).stdout


def test_a_server_follows_what_is_replayed_into_another(binary, copy):
    with serving(binary, copy) as (one, _), serving(binary, copy) as (other, _):
        done = run(binary, "replay", copy, "--speed", "1e9", "--into", one)
        assert done.returncode == 0, done.stderr
        assert having(one) == 8
        until(lambda: having(other) == 8)


def test_a_killed_import_does_not_stop_the_following(binary, copy, tmp_path):
    with serving(binary, copy) as (url, _):
        for attempt in range(8):
            rows = [(f"{attempt}-{i}", "2024-05-01T10:00:00", "noise", LON, LAT) for i in range(2000)]
            process = subprocess.Popen([binary, "incidents", "import", copy, write(tmp_path / "batch.csv", rows)], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(0.006 * attempt * attempt)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        assert run(binary, "import", copy, write(tmp_path / "last.csv", [("last", "2024-05-01", "noise", LON, LAT)])).returncode == 0
        want = total(binary, copy)
        until(lambda: having(url) == want, 15)


@pytest.mark.parametrize("how", ["fused again", "moved away"])
def test_a_project_that_was_replaced_takes_no_incidents(binary, copy, city, tmp_path, how):
    with serving(binary, copy) as (url, process):
        assert post(url, [event("before")])["added"] == 1
        if how == "fused again":
            done = subprocess.run([binary, "fuse", city.write(), "-o", copy, "--update"], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        else:
            shutil.move(copy, tmp_path / "elsewhere.gpkg")
        status, detail = refused(post, url, [event("after")])
        assert status == 503 and "replaced" in detail and "tart" in detail and str(copy.parent) not in detail
        # What it has it goes on serving.
        assert having(url) == 5 and heat(url, tile_of(14))
        assert not os.path.exists(str(copy) + "-journal")
        if how == "fused again":
            assert ids(copy) == {"1", "2", "3", "4", "before"} or {"before"} <= ids(copy)
            assert "after" not in ids(copy) and total(binary, copy) == 5
        time.sleep(1.2)
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read()
        assert told.count(str(copy)) == 1, "the operator is told, once"


def test_what_was_acknowledged_outlives_fusing_again_at_the_same_time(binary, copy, city):
    catalogue = city.write()
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
            fused = subprocess.run([binary, "fuse", catalogue, "-o", copy, "--update", "--lang", "en"], capture_output=True, text=True)
            stop.set()
            thread.join()
        assert acknowledged and {name.split("/")[-1] for name in acknowledged} <= ids(copy), fused.stderr
        assert fused.returncode == 0 or "added while the city was fused" in fused.stderr


def test_counts_as_json_are_the_table(binary, small_project):
    with serving(binary, small_project) as (url, _):
        table = list(csv.DictReader(io.StringIO(get(url + "/api/incidents/counts?by=grid,month,category")[1].decode())))
        rows = json.loads(get(url + "/api/incidents/counts?by=grid,month,category&format=json")[1])
        assert rows == [{**row, "count": int(row["count"])} for row in table] and rows
        status, detail = refused(get, url + "/api/incidents/counts?format=xml")
        assert status == 400 and "json" in detail


# --- real rows that cannot be taken ---

@pytest.fixture(scope="session")
def dirty(root):
    """Real records without usable coordinates; `reason` says why, in the words of Gridloom."""
    words = {"no coordinates": "no coordinates", "zero coordinates": "coordinates 0,0"}
    with gzip.open(root / "gisdata/nyc/incidents_dirty.csv.gz", "rt", newline="") as file:
        return [{**row, "reason": words[row["reason"]]} for row in csv.DictReader(file)]


@pytest.fixture
def mixed(dirty):
    """The real records, every third one given a place in the city."""
    return [{**row, "lon": LON, "lat": LAT, "reason": ""} if i % 3 == 0 else row for i, row in enumerate(dirty)]


def test_real_dirty_rows_are_rejected_one_by_one_by_an_import(binary, copy, mixed, tmp_path):
    path = tmp_path / "dirty.csv"
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, mixed[0])
        out.writeheader()
        out.writerows(mixed)
    good = {row["id"] for row in mixed if not row["reason"]}
    bad = [(str(i), row["id"], row["reason"]) for i, row in enumerate(mixed, 1) if row["reason"]]
    done = run(binary, "import", copy, path, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["added"], answer["updated"], answer["rejected"], answer["outside"]) == (len(good), 0, len(bad), 0)
    assert answer["incidents"] == total(binary, copy) == 4 + len(good)
    with open(answer["rejects"], newline="") as file:
        rejected = [row for row in csv.reader(file)][1:]
    assert [(row[0], row[2]) for row in rejected] == [(number, id) for number, id, _ in bad]
    for row, (_, _, reason) in zip(rejected, bad):
        assert row[1] == reason == row[-1], "the reason is the source's"
    assert good <= ids(copy) and not {id for _, id, _ in bad} & ids(copy)


def test_real_dirty_rows_are_rejected_one_by_one_over_http(binary, copy, mixed):
    def number(text):
        return float(text) if text != "" else None

    rows = [{key: number(row[key]) if key in ("lon", "lat") else row[key]
             for key in ("id", "occurred_at", "category", "subcategory", "agency", "lon", "lat")} for row in mixed]
    good = [row["id"] for row in mixed if not row["reason"]]
    bad = [(i, row["id"], row["reason"]) for i, row in enumerate(mixed) if row["reason"]]
    with serving(binary, copy) as (url, _):
        answer = post(url, rows)
        assert (answer["added"], answer["updated"]) == (len(good), 0)
        assert [(row["row"], row["id"], row["reason"]) for row in answer["rejected"]] == bad
        assert having(url) == 4 + len(good)
    assert total(binary, copy) == 4 + len(good) and set(good) <= ids(copy)


# --- the heat scale ---

def scale(binary, project, *options):
    done = run(binary, "scale", project, *options, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown_scale(url):
    answer = json.loads(get(url + "/api/incidents")[1])["heat_scale"]
    return answer["version"], answer["lowest"], answer["highest"]


def test_the_heat_scale_is_chosen_kept_and_followed(binary, copy, city):
    first = scale(binary, copy)
    assert not first["chosen"] and first["version"] == 1 and first["highest"] == first["lowest"] * 1e4
    with serving(binary, copy) as (url, _):
        assert shown_scale(url) == (1, first["lowest"], first["highest"])
        place = tile_of(15)
        old = heat(url, place)
        epoch = json.loads(get(url + "/api/incidents/epoch")[1])["epoch"]
        chosen = scale(binary, copy, "--max", "20", "--min", "0.5")
        assert chosen == {"version": 2, "unit": "events per km2", "lowest": 0.5, "highest": 20, "chosen": True}
        until(lambda: shown_scale(url) == (2, 0.5, 20))
        assert heat(url, place)[1] != old[1]
        assert json.loads(get(url + "/api/incidents/epoch")[1])["epoch"] > epoch, "pages ask for the tiles again"
    assert scale(binary, copy, "--max", "20", "--min", "0.5")["version"] == 2, "the same scale keeps its tiles"
    assert scale(binary, copy, "--max", "40") == {**chosen, "version": 3, "lowest": 1, "highest": 40}
    done = subprocess.run([binary, "fuse", city.write(), "-o", copy, "--update"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert scale(binary, copy)["highest"] == 40
    with serving(binary, copy) as (url, _):
        assert shown_scale(url) == (3, 1, 40)
    assert subprocess.run([binary, "verify", copy], capture_output=True).returncode == 0


def test_a_heat_scale_from_the_data_is_that_of_the_densest_grids(binary, copy):
    areas = {row["grid"]: int(row["count"]) for row in csv.DictReader(io.StringIO(run(binary, "counts", copy, "--by", "grid").stdout))}
    with sqlite3.connect(copy) as database:
        densities = sorted(areas[code] / area * 1e6 for code, area in database.execute("SELECT code, area_m2 FROM grids") if code in areas)
    steps = [step * 10.0**power for power in range(6) for step in (1, 2, 5)]
    for percent, rank in ((100, len(densities)), (50, -(-len(densities) // 2))):
        found = scale(binary, copy, "--from-data", "--percentile", percent)
        assert found["highest"] == pytest.approx(min(step for step in steps if step >= densities[rank - 1]))
    only = scale(binary, copy, "--from-data", "--percentile", "100", "--category", "litter")
    litter = {row["grid"] for row in csv.DictReader(io.StringIO(run(binary, "counts", copy, "--by", "grid", "--category", "litter").stdout))}
    with sqlite3.connect(copy) as database:
        density = max(1 / area * 1e6 for code, area in database.execute("SELECT code, area_m2 FROM grids") if code in litter)
    assert only["highest"] == pytest.approx(min(step for step in steps if step >= density))


@pytest.mark.parametrize("options, words", [
    (["--max", "0"], "0 to 0"), (["--max", "-5"], "-5"), (["--min", "7", "--max", "7"], "from 7 to 7"), (["--max", "nan"], "nan"),
    (["--category", "noise"], "--from-data"), (["--from-data", "--category", "nois"], "nois"),
    (["--from-data", "--from", "2050-01-01"], "no incident"), (["--percentile", "50"], "--from-data"),
    (["--from-data", "--percentile", "0"], "percentile"), (["--from-data", "--max", "5"], "--max")])
def test_a_heat_scale_that_is_none_changes_nothing(binary, copy, options, words):
    before = open(copy, "rb").read()
    done = run(binary, "scale", copy, *options)
    assert done.returncode != 0 and words in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 2
    assert open(copy, "rb").read() == before
