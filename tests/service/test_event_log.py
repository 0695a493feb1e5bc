"""The log beside a project: what is acknowledged is there, comes into the project's tables within seconds, and is never lost."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.error

import pytest
from osgeo import ogr

from client import fetch, refused
from events import event, grid_at, having, imported, post, row, seen_by_others, total, write
from geopackage import features, rows
from running import digest, kill, ran, run, serving, until
from small_city import SOUTH, STEP, WEST, SmallCity, feature, square


def log_of(project):
    return str(project) + "-log"


def in_log(project, columns="count(*)"):
    return rows(log_of(project), f"SELECT {columns} FROM incident_log")


def fold(binary, project):
    done = run(binary, "fold", project, "--json")
    return done.returncode, json.loads(done.stdout)


def test_table_incidents_has_what_was_posted_within_seconds(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event("n1"), event("1", category="moved", lon=WEST + 3.5 * STEP, lat=SOUTH + 2.5 * STEP)])
        until(lambda: "n1" in seen_by_others(copy))
        located, seen = grid_at(url)["code"], seen_by_others(copy)
        assert seen["n1"] == located and seen["1"] != located and len(seen) == 5
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
    ran(binary, "verify", copy)


def test_an_import_is_in_the_table_when_it_is_done(binary, copy, tmp_path):
    imported(binary, copy, tmp_path, [row("n1"), row("far", lon=WEST - STEP, lat=SOUTH)])
    seen = seen_by_others(copy)
    assert "n1" in seen and seen["far"] is None
    zones = dict(rows(copy, "SELECT layer || unit_id, incidents FROM zones"))
    assert zones["policeP1"] == 4, "three of the fusion and one more"
    ran(binary, "verify", copy)
    assert total(binary, copy) == 6


@pytest.mark.soak
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
        holder = sqlite3.connect(log_of(copy), isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        done = []
        posts = [threading.Thread(target=lambda i=i: done.append(post(url, [event(f"late{i}")])["added"])) for i in range(8)]
        for thread in posts:
            thread.start()
        for x in range(40):  # cold tiles, more than there are workers
            assert fetch(f"{url}/tiles/grids/WebMercatorQuad/17/{109337 + x}/51234.png")
        assert not done, "the appends wait"
        holder.execute("ROLLBACK")
        for thread in posts:
            thread.join()
        assert done == [1] * 8 and having(url) == 13


def test_an_append_that_waits_too_long_is_answered_and_may_be_sent_again(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event("first")])
        holder = sqlite3.connect(log_of(copy), isolation_level=None)
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
        assert in_log(copy) == [(5,)], "the log keeps them while the project is in WAL"
        assert reader.execute("SELECT count(*) FROM incidents").fetchone() == (4,)
    reader.execute("COMMIT")
    reader.close()
    assert total(binary, copy) == 9
    ran(binary, "verify", copy)


def test_the_project_alone_has_all_that_was_folded(binary, copy, city, tmp_path):
    with serving(binary, copy) as (url, _):
        post(url, [event(f"n{i}") for i in range(30)])
    alone = shutil.copy(copy, tmp_path / "alone.gpkg")
    assert total(binary, alone) == 34
    # What came after the fusion is known as such: fusing again keeps it.
    plain = city.fuse(binary, to=alone)
    assert plain.returncode == 1 and "30 incidents" in plain.stderr
    city.fused(binary, "--update", to=alone)
    assert total(binary, alone) == 34 and len(seen_by_others(alone)) == 34


def test_records_leave_the_log_once_the_project_has_them(binary, copy):
    with serving(binary, copy) as (url, _):
        post(url, [event(f"n{i}") for i in range(30)])
        until(lambda: in_log(copy) == [(0,)], 10)
        answer = post(url, [event("next")])
        assert answer["added"] == 1
    (last,), = rows(copy, "SELECT max(seq) FROM incident_log")
    assert last == 31, "numbers are never used again"
    assert total(binary, copy) == 35


def test_a_log_of_another_project_is_told_and_not_read(binary, copy, city, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    second = SmallCity(other)
    second.catalogue["id"] = "second"
    project = second.fused(binary)
    with serving(binary, copy) as (url, process):
        post(url, [event("mine")])
        kill(process)
    shutil.copy(log_of(copy), log_of(project))
    for command in (["incidents", "counts", project], ["serve", project, "--port", "0"], ["verify", project]):
        done = run(binary, *command, timeout=30)
        assert done.returncode == 1 and "another project" in done.stderr and "city.gpkg-log" in done.stderr, (command, done.stderr)
    # Nor is a city fused to where a log lies that still has something.
    os.remove(project)
    refused_fuse = second.fuse(binary)
    assert refused_fuse.returncode == 1 and "another project" in refused_fuse.stderr
    assert total(binary, copy) == 5
@pytest.mark.soak
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
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    ran(binary, "verify", copy)


@pytest.fixture
def of_before(root, tmp_path):
    """A project of the last version that kept what was appended inside it (tests/data/projects)."""
    path = tmp_path / "before.gpkg"
    path.write_bytes(gzip.decompress((root / "tests/data/projects/log_inside.gpkg.gz").read_bytes()))
    return path


def test_a_project_of_before_is_read_and_brought_up(binary, of_before, city):
    assert digest(binary, of_before) == "d6d79a9d8df76f034b60bb691883b427", "as the version said that wrote it"
    assert total(binary, of_before) == 6
    assert set(seen_by_others(of_before)) == {"1", "2", "3", "4"}, "that version did not fold"
    with serving(binary, of_before) as (url, _):
        assert having(url) == 6
        assert post(url, [event("new")])["added"] == 1
        until(lambda: set(seen_by_others(of_before)) == {"1", "2", "3", "4", "old1", "old2", "new"})
    assert rows(of_before, "SELECT category, occurred_on FROM incidents WHERE id = '1'") == [("moved", "2024-06-02")]
    assert rows(of_before, "SELECT max(seq) FROM incident_log") == [(4,)]
    assert total(binary, of_before) == 7
    ran(binary, "verify", of_before)
    city.fused(binary, "--update", to=of_before)
    assert total(binary, of_before) == 7
    assert rows(of_before, "SELECT table_name FROM gpkg_contents WHERE table_name LIKE 'zones_%' ORDER BY 1") == [("zones_health",), ("zones_police",)]


# --- whether it is ready ---

def ready(url):
    try:
        return fetch(url + "/readyz").status, ""
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
        assert fetch(url + "/healthz").json["status"] == "ok", "it lives, and answers from what it has"
        status, detail = refused(post, url, [event("x")]) if how != "damaged" else (503, "")
        assert status == 503 and str(tmp_path) not in detail and "SELECT" not in detail


@pytest.mark.soak
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
        imported(binary, copy, tmp_path, [row("n1")])
        until(lambda: having(url) == 5)
        assert ready(url) == (200, "")


# --- copies, links and fusions that meet ---

def pair(project, to):
    """A copy of a project and its log."""
    to.mkdir()
    shutil.copy(log_of(project), log_of(to / "city.gpkg"))
    return shutil.copy(project, to / "city.gpkg")


def test_a_log_that_is_older_than_its_project_loses_nothing_new(binary, copy, tmp_path):
    imported(binary, copy, tmp_path, [row("n1")])
    other = pair(copy, tmp_path / "other")
    imported(binary, copy, tmp_path, [row("n2"), row("n3")])
    shutil.copy(copy, other)  # the project alone
    imported(binary, other, tmp_path, [row("n4")])
    with serving(binary, other) as (url, _):
        assert post(url, [event("n5")])["added"] == 1
    assert set(seen_by_others(other)) == {"1", "2", "3", "4", "n1", "n2", "n3", "n4", "n5"} and total(binary, other) == 9


def test_copies_that_went_different_ways_are_told(binary, copy, tmp_path):
    imported(binary, copy, tmp_path, [row("n1")])
    other = pair(copy, tmp_path / "other")
    imported(binary, copy, tmp_path, [row("n2")])
    imported(binary, other, tmp_path, [row("m2")])
    before = in_log(other, "id")
    shutil.copy(copy, other)  # n2 has the number that m2 has in the log
    fold(binary, copy)
    done = run(binary, "fold", other)
    assert done.returncode == 1 and "different ways" in done.stderr, done.stderr
    assert ("m2",) in before and ("m2",) in in_log(other, "id"), "it stays"


def test_a_project_older_than_its_log_is_told(binary, copy, tmp_path):
    old = shutil.copy(copy, tmp_path / "old.gpkg")
    for id in ("n1", "n2", "n3"):
        imported(binary, copy, tmp_path, [row(id)])
    fold(binary, copy)  # they have left the log
    imported(binary, copy, tmp_path, [row("n4")])
    shutil.copy(old, copy)
    done = run(binary, "fold", copy)
    assert done.returncode == 1 and "3 incidents" in done.stderr and "older than the log" in done.stderr


def test_a_link_to_a_project_has_the_same_log(binary, copy, tmp_path):
    link = tmp_path / "current.gpkg"
    link.symlink_to(copy)
    with serving(binary, link) as (url, _):
        imported(binary, copy, tmp_path, [row("i1")])
        assert post(url, [event("x2")])["added"] == 1
        until(lambda: having(url) == 6)
    assert {"i1", "x2"} <= set(seen_by_others(copy)) and total(binary, copy) == 6
    assert not os.path.exists(log_of(link))


def test_updates_one_after_the_other_move_no_incident(binary, copy, city, tmp_path):
    def place(id):
        return next((point.GetX(), point.GetY()) for attributes, point in features(copy, "incidents") if attributes["id"] == id)

    imported(binary, copy, tmp_path, [row("n1")])
    where = place("n1")
    city.layers["communities"].append(feature({"code": "370202003", "name": "新"}, square(-3, 0, 0, 3)))
    city.layers["police"].append(feature({"id": "P0", "name": "新所"}, square(-3, 0, 0, 3)))
    for turn in range(3):
        city.fused(binary, "--update", to=copy)
        assert place("n1") == pytest.approx(where, abs=0.002)
        imported(binary, copy, tmp_path, [row(f"turn{turn}")])
        assert place(f"turn{turn}") == pytest.approx(where, abs=0.002)
    assert total(binary, copy) == 8
    ran(binary, "verify", copy)


def test_two_fusions_of_one_catalogue_are_two_projects(binary, copy, city, tmp_path):
    twin = city.fused(binary)
    with serving(binary, copy) as (url, process):
        post(url, [event("only here")])
        kill(process)
    shutil.copy(log_of(copy), log_of(twin))
    done = run(binary, "fold", twin)
    assert done.returncode == 1 and "another project" in done.stderr


def test_another_fusion_copied_into_the_file_is_found_out(binary, copy, city):
    another = city.fused(binary)
    with serving(binary, copy) as (url, _):
        with open(another, "rb") as new, open(copy, "r+b") as served:  # the same inode
            served.truncate()
            shutil.copyfileobj(new, served)
        until(lambda: ready(url)[0] == 503)
        status, detail = refused(post, url, [event("x")])
        assert status == 503 and "replaced" in detail
@pytest.mark.soak
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
    events = write(tmp_path / "many.csv", [row(f"m{i}", category=f"kind {i}") for i in range(66_000)])
    done = run(binary, "incidents", "import", copy, events)
    assert done.returncode == 1 and "65536 different texts" in done.stderr
    assert total(binary, copy) == 4
    with serving(binary, copy) as (url, _):
        assert post(url, [event("n1")])["added"] == 1
