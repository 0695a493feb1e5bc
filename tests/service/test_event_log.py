"""The log beside a project: what is acknowledged is there, comes into the project's tables within seconds, and is never lost."""

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error

import pytest
from osgeo import ogr

from running import serving
from small_city import SOUTH, STEP, WEST
from test_incidents import LAT, LON, copy, event, get, post, refused, run, total, write  # noqa: F401
from test_live_incidents import having, until


def rows(project, query):
    with sqlite3.connect(f"file:{project}?mode=ro", uri=True, timeout=10) as database:
        return database.execute(query).fetchall()


def seen_by_others(project):
    """What QGIS and ogr2ogr see: ids and grids of table incidents."""
    dataset = ogr.Open(str(project))  # must live as long as its layers
    layer = dataset.GetLayerByName("incidents")
    return {feature["id"]: feature["grid_code"] for feature in layer}


def kill(process):
    """Ends a server at once; `serving` takes it for one that ended in good order."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.returncode = 0


def verified(binary, project):
    done = subprocess.run([binary, "verify", project], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def fold(binary, project):
    done = subprocess.run([binary, "fold", project, "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def test_table_incidents_has_what_was_posted_within_seconds(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event("n1"), event("1", category="moved", lon=WEST + 3.5 * STEP, lat=SOUTH + 2.5 * STEP)])
        until(lambda: "n1" in seen_by_others(copy))
        located = json.loads(get(f"{url}/api/locate?lon={LON}&lat={LAT}")[1])["grid"]
        seen = seen_by_others(copy)
        assert seen["n1"] == located["code"] and seen["1"] != located["code"] and len(seen) == 5
        assert rows(copy, "SELECT category FROM incidents WHERE id = '1'") == [("moved",)]
        # The index of space follows.
        dataset = ogr.Open(str(copy))
        layer = dataset.GetLayerByName("incidents")
        west, east, south, north = layer.GetExtent()
        layer.SetSpatialFilterRect(west, south, east, north)
        assert len([f for f in layer]) == 5
        assert rows(copy, "SELECT rtreecheck('rtree_incidents_geom')") == [("ok",)]
        (until_when,), = rows(copy, "SELECT value FROM gridloom_meta WHERE key = 'incidents_at'")
        assert until_when.startswith("20") and until_when.endswith("Z")
    assert verified(binary, copy)[0], verified(binary, copy)[1]


def test_an_import_is_in_the_table_when_it_is_done(binary, copy, tmp_path):
    assert run(binary, "import", copy, write(tmp_path / "new.csv", [("n1", "2024-05-01T10:00:00", "heat", LON, LAT), ("far", "2024-05-01", "heat", WEST - STEP, SOUTH)])).returncode == 0
    seen = seen_by_others(copy)
    assert "n1" in seen and seen["far"] is None
    zones = dict(rows(copy, "SELECT layer || unit_id, incidents FROM zones"))
    assert zones["policeP1"] == 4, "three of the fusion and one more"
    assert verified(binary, copy)[0]
    assert total(binary, copy) == 6


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_project_that_another_holds_delays_no_append(binary, copy, mode):
    """Another program writes to the project for three seconds: posts go on, tiles too, and the table follows afterwards."""
    with serving(binary, copy) as (url, _):
        post(url, [event("first")])
        until(lambda: "first" in seen_by_others(copy))
        holder = sqlite3.connect(copy, isolation_level=None)
        holder.execute(f"BEGIN {mode}")
        for i in range(10):
            assert post(url, [event(f"held{i}")])["added"] == 1
        assert having(url) == 15
        holder.execute("COMMIT")
        holder.close()
        until(lambda: len(seen_by_others(copy)) == 15, 10)


def test_a_log_that_another_holds_delays_appends_and_nothing_else(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event("first")])
        holder = sqlite3.connect(str(copy) + "-log", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        done = []
        posts = [threading.Thread(target=lambda i=i: done.append(post(url, [event(f"late{i}")])["added"])) for i in range(8)]
        for thread in posts:
            thread.start()
        for x in range(40):  # cold tiles, more than there are workers
            assert get(f"{url}/tiles/grids/WebMercatorQuad/17/{109337 + x}/51234.png")
        assert not done, "the appends wait"
        holder.execute("ROLLBACK")
        for thread in posts:
            thread.join()
        assert done == [1] * 8 and having(url) == 13


def test_an_append_that_waits_too_long_is_answered_and_may_be_sent_again(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event("first")])
        holder = sqlite3.connect(str(copy) + "-log", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        status, detail = refused(post, url, [event("late")], headers={"X-Request-Timeout": "1"})
        assert status == 503 and "not known" in detail
        holder.execute("ROLLBACK")
        again = post(url, [event("late")])
        assert again["added"] + again["updated"] == 1 and having(url) == 6


def test_qgis_in_wal_mode_endangers_nothing(binary, copy):
    """QGIS turns a project to WAL while it looks at it, and holds a snapshot."""
    reader = sqlite3.connect(copy, isolation_level=None)
    reader.execute("PRAGMA journal_mode = WAL")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM incidents").fetchone() == (4,)
    with serving(binary, copy) as (url, _):
        for i in range(5):
            post(url, [event(f"w{i}")])
        until(lambda: len(rows(copy, "SELECT id FROM incidents")) == 9)
        assert rows(str(copy) + "-log", "SELECT count(*) FROM incident_log") == [(5,)], "the log keeps them while the project is in WAL"
        assert reader.execute("SELECT count(*) FROM incidents").fetchone() == (4,)
    reader.execute("COMMIT")
    reader.close()
    assert total(binary, copy) == 9 and verified(binary, copy)[0]


def test_the_project_alone_has_all_that_was_folded(binary, copy, city, tmp_path):
    with serving(binary, copy) as (url, _):
        post(url, [event(f"n{i}") for i in range(30)])
    alone = shutil.copy(copy, tmp_path / "alone.gpkg")
    assert total(binary, alone) == 34
    # What came after the fusion is known as such: fusing again keeps it.
    plain = subprocess.run([binary, "fuse", city.write(), "-o", alone, "--lang", "en"], capture_output=True, text=True)
    assert plain.returncode == 1 and "30 incidents" in plain.stderr
    again = subprocess.run([binary, "fuse", city.write(), "-o", alone, "--update"], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert total(binary, alone) == 34 and len(seen_by_others(alone)) == 34


def test_records_leave_the_log_once_the_project_has_them(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event(f"n{i}") for i in range(30)])
        until(lambda: rows(str(copy) + "-log", "SELECT count(*) FROM incident_log") == [(0,)], 10)
        answer = post(url, [event("next")])
        assert answer["added"] == 1
    (last,), = rows(copy, "SELECT max(seq) FROM incident_log")
    assert last == 31, "numbers are never used again"
    assert total(binary, copy) == 35


def test_a_log_of_another_project_is_told_and_not_read(binary, copy, city, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    from small_city import SmallCity
    second = SmallCity(other)
    second.catalogue["id"] = "second"
    assert second.fuse(binary).returncode == 0
    project = second.folder / "city.gpkg"
    with serving(binary, copy) as (url, process):
        post(url, [event("mine")])
        kill(process)
    shutil.copy(str(copy) + "-log", str(project) + "-log")
    for command in (["incidents", "counts", project], ["serve", project, "--port", "0"], ["verify", project]):
        done = subprocess.run([binary, *command, "--lang", "en"], capture_output=True, text=True, timeout=30)
        assert done.returncode == 1 and "another project" in done.stderr and "city.gpkg-log" in done.stderr, (command, done.stderr)
    # Nor is a city fused to where a log lies that still has something.
    os.remove(project)
    refused_fuse = second.fuse(binary)
    assert refused_fuse.returncode == 1 and "another project" in refused_fuse.stderr
    assert total(binary, copy) == 5


def test_kill_at_any_moment_of_folding_leaves_every_record_once(binary, copy, tmp_path):
    posted = 0
    for attempt in range(10):
        with serving(binary, copy) as (url, process):
            for batch in range(3):
                post(url, [event(f"{attempt}-{batch}-{i}") for i in range(400)])
                posted += 400
            time.sleep(0.12 * attempt)
            kill(process)
        assert total(binary, copy) == 4 + posted
    status, answer = fold(binary, copy)
    assert status == 0 and not answer["busy"]
    assert len(seen_by_others(copy)) == 4 + posted
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)] and verified(binary, copy)[0]


@pytest.fixture
def of_before(root, tmp_path):
    """A project of the last version that kept what was appended inside it (tests/data/projects)."""
    path = tmp_path / "before.gpkg"
    path.write_bytes(gzip.decompress((root / "tests/data/projects/log_inside.gpkg.gz").read_bytes()))
    return path


def digest(binary, project):
    return json.loads(subprocess.run([binary, "verify", project, "--digest", "--json"], capture_output=True, text=True).stdout)["digest"]


def test_a_project_of_before_is_read_and_brought_up(binary, of_before, city):
    assert digest(binary, of_before) == "d6d79a9d8df76f034b60bb691883b427", "as the version said that wrote it"
    assert total(binary, of_before) == 6
    assert set(seen_by_others(of_before)) == {"1", "2", "3", "4"}, "that version did not fold"
    with serving(binary, of_before) as (url, _):
        assert having(url) == 6
        assert post(url, [event("new")])["added"] == 1
        until(lambda: set(seen_by_others(of_before)) == {"1", "2", "3", "4", "old1", "old2", "new"})
    assert rows(of_before, "SELECT category, occurred_at FROM incidents WHERE id = '1'") == [("moved", "2024-06-02")]
    assert rows(of_before, "SELECT max(seq) FROM incident_log") == [(4,)]
    assert total(binary, of_before) == 7 and verified(binary, of_before)[0]
    again = subprocess.run([binary, "fuse", city.write(), "-o", of_before, "--update"], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert total(binary, of_before) == 7
    assert rows(of_before, "SELECT table_name FROM gpkg_contents WHERE table_name LIKE 'zones_%' ORDER BY 1") == [("zones_health",), ("zones_police",)]


# --- whether it is ready ---

def ready(url):
    try:
        return get(url + "/readyz") and (200, "")
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["detail"]


@pytest.mark.parametrize("how, word", [("replaced", "replaced"), ("gone", "replaced"), ("damaged", "damaged")])
def test_readyz_says_when_incidents_cannot_be_taken(binary, copy, small_project, tmp_path, how, word):
    with serving(binary, copy) as (url, _):
        assert ready(url) == (200, "")
        if how == "replaced":
            shutil.copy(small_project, tmp_path / "new.gpkg")
            os.rename(tmp_path / "new.gpkg", copy)
        elif how == "gone":
            os.remove(copy)
        else:
            os.truncate(copy, os.path.getsize(copy) // 2 // 4096 * 4096)
        until(lambda: ready(url)[0] == 503)
        detail = ready(url)[1]
        assert word in detail and "/" not in detail
        assert json.loads(get(url + "/healthz")[1])["status"] == "ok", "it lives, and answers from what it has"
        status, detail = refused(post, url, [event("x")]) if how != "damaged" else (503, "")
        assert status == 503 and str(tmp_path) not in detail and "SELECT" not in detail


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a file system of its own")
def test_a_full_disk_and_a_read_only_one_are_told(binary, copy, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).returncode != 0:
        pytest.skip("no file systems can be mounted here")
    try:
        project = shutil.copy(copy, disk / "city.gpkg")
        with serving(binary, project) as (url, _):
            assert post(url, [event("before")])["added"] == 1
            with open(disk / "filler", "wb") as filler:
                try:
                    while True:
                        filler.write(b"x" * 65536)
                        filler.flush()
                except OSError:
                    pass
            until(lambda: ready(url)[0] == 503)
            status, detail = refused(post, url, [event(f"x{i}", category="y" * 200) for i in range(3000)])
            assert status == 503 and str(disk) not in detail and "INSERT" not in detail
            os.remove(disk / "filler")
            until(lambda: ready(url)[0] == 200)
            assert post(url, [event("after")])["added"] == 1
        assert total(binary, project) == 6
        assert subprocess.run(["mount", "-o", "remount,ro", disk]).returncode == 0
        with serving(binary, project) as (url, _):
            until(lambda: ready(url)[0] == 503)
            assert refused(post, url, [event("never")])[0] == 503
    finally:
        subprocess.run(["umount", disk])


def test_a_read_only_server_writes_nothing_and_follows_others(binary, copy, tmp_path):
    with serving(binary, copy, "--read-only") as (url, _):
        assert refused(post, url, [event("never")])[0] == 403
        assert os.listdir(tmp_path) == ["copy.gpkg"]
        assert run(binary, "import", copy, write(tmp_path / "new.csv", [("n1", "2024-05-01T10:00:00", "heat", LON, LAT)])).returncode == 0
        until(lambda: having(url) == 5)
        assert ready(url) == (200, "")


# --- copies, links and fusions that meet ---

def imported(binary, project, tmp_path, *ids):
    events = write(tmp_path / f"{'-'.join(ids)}.csv", [(id, "2024-05-01T10:00:00", "heat", LON, LAT) for id in ids])
    done = run(binary, "import", project, events, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pair(project, to):
    """A copy of a project and its log."""
    to.mkdir()
    shutil.copy(str(project) + "-log", str(to / "city.gpkg") + "-log")
    return shutil.copy(project, to / "city.gpkg")


def test_a_log_that_is_older_than_its_project_loses_nothing_new(binary, copy, tmp_path):
    imported(binary, copy, tmp_path, "n1")
    other = pair(copy, tmp_path / "other")
    imported(binary, copy, tmp_path, "n2", "n3")
    shutil.copy(copy, other)  # the project alone
    imported(binary, other, tmp_path, "n4")
    with serving(binary, other) as (url, _):
        assert post(url, [event("n5")])["added"] == 1
    assert set(seen_by_others(other)) == {"1", "2", "3", "4", "n1", "n2", "n3", "n4", "n5"} and total(binary, other) == 9


def test_copies_that_went_different_ways_are_told(binary, copy, tmp_path):
    imported(binary, copy, tmp_path, "n1")
    other = pair(copy, tmp_path / "other")
    imported(binary, copy, tmp_path, "n2")
    imported(binary, other, tmp_path, "m2")
    log = str(other) + "-log"
    before = rows(log, "SELECT id FROM incident_log")
    shutil.copy(copy, other)  # n2 has the number that m2 has in the log
    fold(binary, copy)
    done = subprocess.run([binary, "fold", other, "--lang", "en"], capture_output=True, text=True)
    assert done.returncode == 1 and "different ways" in done.stderr, done.stderr
    assert ("m2",) in before and ("m2",) in rows(log, "SELECT id FROM incident_log"), "it stays"


def test_a_project_older_than_its_log_is_told(binary, copy, tmp_path):
    old = shutil.copy(copy, tmp_path / "old.gpkg")
    for id in ("n1", "n2", "n3"):
        imported(binary, copy, tmp_path, id)
    fold(binary, copy)  # they have left the log
    imported(binary, copy, tmp_path, "n4")
    shutil.copy(old, copy)
    done = subprocess.run([binary, "fold", copy, "--lang", "en"], capture_output=True, text=True)
    assert done.returncode == 1 and "3 incidents" in done.stderr and "older than the log" in done.stderr


def test_a_link_to_a_project_has_the_same_log(binary, copy, tmp_path):
    link = tmp_path / "current.gpkg"
    link.symlink_to(copy)
    with serving(binary, link) as (url, _):
        imported(binary, copy, tmp_path, "i1")
        assert post(url, [event("x2")])["added"] == 1
        until(lambda: having(url) == 6)
    assert {"i1", "x2"} <= set(seen_by_others(copy)) and total(binary, copy) == 6
    assert not os.path.exists(str(link) + "-log")


def test_updates_one_after_the_other_move_no_incident(binary, copy, city, tmp_path):
    def place(id):
        dataset = ogr.Open(str(copy))
        return next((f.GetGeometryRef().GetX(), f.GetGeometryRef().GetY()) for f in dataset.GetLayerByName("incidents") if f["id"] == id)

    imported(binary, copy, tmp_path, "n1")
    where = place("n1")
    from small_city import feature, square
    city.layers["communities"].append(feature({"code": "370202003", "name": "新"}, square(-3, 0, 0, 3)))
    city.layers["police"].append(feature({"id": "P0", "name": "新所"}, square(-3, 0, 0, 3)))
    for turn in range(3):
        done = subprocess.run([binary, "fuse", city.write(), "-o", copy, "--update"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert place("n1") == pytest.approx(where, abs=0.002)
        imported(binary, copy, tmp_path, f"turn{turn}")
        assert place(f"turn{turn}") == pytest.approx(where, abs=0.002)
    assert total(binary, copy) == 8 and verified(binary, copy)[0]


def test_two_fusions_of_one_catalogue_are_two_projects(binary, copy, city, tmp_path):
    assert city.fuse(binary).returncode == 0
    twin = city.folder / "city.gpkg"
    with serving(binary, copy) as (url, process):
        post(url, [event("only here")])
        kill(process)
    shutil.copy(str(copy) + "-log", str(twin) + "-log")
    done = subprocess.run([binary, "fold", twin, "--lang", "en"], capture_output=True, text=True)
    assert done.returncode == 1 and "another project" in done.stderr


def test_another_fusion_copied_into_the_file_is_found_out(binary, copy, city):
    assert city.fuse(binary).returncode == 0
    with serving(binary, copy) as (url, process):
        with open(city.folder / "city.gpkg", "rb") as new, open(copy, "r+b") as served:  # the same inode
            served.truncate()
            shutil.copyfileobj(new, served)
        until(lambda: ready(url)[0] == 503)
        status, detail = refused(post, url, [event("x")])
        assert status == 503 and "replaced" in detail


def test_two_servers_on_a_held_project_both_take_incidents(binary, copy):
    with serving(binary, copy) as (one, _), serving(binary, copy) as (other, _):
        for url in (one, other):
            post(url, [event("warm" + url[-5:])])
        until(lambda: having(one) == having(other) == 6)
        holder = sqlite3.connect(copy, isolation_level=None)
        until(lambda: locked(holder))
        for i in range(4):
            assert post(other, [event(f"o{i}")])["added"] == 1
            assert post(one, [event(f"a{i}")])["added"] == 1
        holder.execute("COMMIT")
        holder.close()
        until(lambda: having(one) == having(other) == 14, 10)
    assert total(binary, copy) == 14


def locked(connection):
    try:
        return connection.execute("BEGIN EXCLUSIVE") is not None
    except sqlite3.OperationalError:
        return False


def test_an_import_that_no_server_could_hold_is_refused_before_it_is_written(binary, copy, tmp_path):
    events = write(tmp_path / "many.csv", [(f"m{i}", "2024-05-01", f"kind {i}", LON, LAT) for i in range(66_000)])
    done = run(binary, "import", copy, events)
    assert done.returncode == 1 and "65536 different texts" in done.stderr
    assert total(binary, copy) == 4
    with serving(binary, copy) as (url, _):
        assert post(url, [event("n1")])["added"] == 1
