"""Projects of older formats: read where they lie, brought up by who writes, the same as one that is made today."""

import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import pytest

from geopackage import rows
from golden_city import golden_city
from running import digest, ran, run, serving

FORMATS = {1: "8841bdff45c745336e1667952d1ea141", 2: "8841bdff45c745336e1667952d1ea141"}  # the digest that each version told of its file
TODAY = max(FORMATS) + 1
APPENDED = ("1,2024-06-02,moved,120.315,36.065", "new,2024-06-03T10:00:00,noise,120.325,36.075")
FIELDS = ("id=id", "occurred_at=at", "category=kind", "lon=lon", "lat=lat")


def imported(binary, project, *records):
    table = project.with_suffix(".csv")
    table.write_text("\n".join(("id,at,kind,lon,lat", *records)) + "\n")
    ran(binary, "incidents", "import", project, table, *(word for field in FIELDS for word in ("--field", field)))


def format_of(project):
    return int(rows(project, "SELECT value FROM gridloom_meta WHERE key = 'format_version'")[0][0])


@pytest.fixture(scope="module")
def fresh(binary, tmp_path_factory):
    """The city of the golden files, made today."""
    project = golden_city(tmp_path_factory.mktemp("fresh")).fused(binary)
    imported(binary, project, *APPENDED)
    ran(binary, "incidents", "scale", project, "--max", "40")
    return project


@pytest.fixture(params=FORMATS)
def old(request, root, tmp_path):
    path = tmp_path / f"format_{request.param}.gpkg"
    path.write_bytes(gzip.decompress((root / f"tests/data/projects/{path.name}.gz").read_bytes()))
    return path


def columns_of(project, name):
    """Those that say the same whatever the day, and in every format: the older ones had fewer facts, and no colours until
    the next fusion."""
    other = ("cause", "facts", "valid_from", "colour")
    return sorted(column for column, in rows(project, f"SELECT name FROM pragma_table_info('{name}')") if column not in other)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


TABLES = ["grids", "atoms", "overlaps", "boundaries", "conflicts", "zones", "incidents", "crosswalk", "responsibilities", "quality", "plans",
          "layers", "columns", "aligned_police", "delivered_beats", "admin_1"]


def test_there_is_a_file_of_every_older_format(root, fresh):
    assert format_of(fresh) == TODAY
    assert {path.name for path in (root / "tests/data/projects").glob("format_*")} == {f"format_{n}.gpkg.gz" for n in FORMATS}


def test_it_is_read_where_it_lies_and_stays_as_it_is(binary, old):
    before = old.read_bytes()
    os.chmod(old, 0o444)
    os.chmod(old.parent, 0o555)
    try:
        assert digest(binary, old) == FORMATS[format_of(old)], "as the version said that wrote it"
        assert run(binary, "verify", old).returncode == 0
        assert json.loads(ran(binary, "locate", old, "--json", "--", "120.325", "36.075").stdout)
    finally:
        os.chmod(old.parent, 0o755)
    assert old.read_bytes() == before


def test_the_report_of_it_is_that_of_a_new_one(binary, old, fresh, tmp_path):
    for language in ("en", "zh"):
        pages = []
        for project in (old, fresh):
            page = tmp_path / f"{project.stem}.html"
            ran(binary, "report", project, "-o", page, lang=language)
            pages.append(re.sub(r"\d{4}-\d\d-\d\d", "a day", page.read_text()))
        assert pages[0] == pages[1]


def test_who_writes_brings_it_up_to_what_is_made_today(binary, old, fresh):
    told = digest(binary, old)
    ran(binary, "incidents", "scale", old, "--max", "50")
    assert format_of(old) == TODAY
    assert digest(binary, old) == told and run(binary, "verify", old).returncode == 0
    for name in TABLES:
        columns = columns_of(fresh, name)
        assert columns_of(old, name) == columns, name
        query = f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(name)} ORDER BY fid"
        assert rows(old, query) == rows(fresh, query), name
    assert rows(old, "SELECT table_name FROM gpkg_contents ORDER BY 1") == rows(fresh, "SELECT table_name FROM gpkg_contents ORDER BY 1")
    assert rows(old, "PRAGMA integrity_check") == [("ok",)]


def test_ids_that_hold_commas_arrows_and_quotes_stay_whole(binary, old, fresh):
    ran(binary, "incidents", "scale", old, "--max", "50")
    for project in (old, fresh):
        named = {cell for column in ("ids_before", "ids_after") for ids, in rows(project, f"SELECT {column} FROM conflicts")
                 for cell in json.loads(ids)}
        assert {"P>2", "P1,P>2", "H,2", "H'\"3"} <= named
        cells = {cell for layer in ("police", "health", "beats", "schools") for cell, in rows(project, f"SELECT id FROM aligned_{layer}")}
        assert named <= cells


def test_what_others_added_stays(binary, old):
    with sqlite3.connect(old) as database:
        database.execute("CREATE TABLE mine (seen TEXT)")
        database.execute("INSERT INTO mine VALUES ('yes')")
        ids = "ids" if format_of(old) == 1 else "ids_before"
        database.execute(f"CREATE VIEW my_conflicts AS SELECT fid, {ids} FROM conflicts")
        database.execute("CREATE VIEW my_moments AS SELECT id, occurred_at FROM incidents")
        database.execute("ALTER TABLE conflicts ADD COLUMN checked TEXT DEFAULT 'by me'")
    before, moments = rows(old, "SELECT * FROM my_conflicts"), rows(old, "SELECT * FROM my_moments")
    ran(binary, "incidents", "scale", old, "--max", "50")
    assert rows(old, "SELECT seen FROM mine") == [("yes",)]
    assert rows(old, "SELECT * FROM my_conflicts") == before and before
    assert rows(old, "SELECT * FROM my_moments") == moments and moments
    assert {checked for checked, in rows(old, "SELECT checked FROM conflicts")} == {"by me"}
    assert run(binary, "verify", old).returncode == 0


def test_a_server_serves_it_and_brings_it_up_when_it_folds(binary, old):
    with serving(binary, old):
        assert format_of(old) < TODAY, "a reader writes nothing"
    imported(binary, old, "more,2024-06-04,noise,120.325,36.075")
    assert format_of(old) == TODAY
    assert rows(old, "SELECT count(*) FROM incidents") == [(6,)]


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new_one(binary, old, tmp_path):
    sound, told, was = old.read_bytes(), digest(binary, old), format_of(old)
    began = time.monotonic()
    ran(binary, "incidents", "scale", old, "--max", "50")
    whole = time.monotonic() - began
    assert format_of(old) == TODAY
    seen = set()
    for attempt in range(20):
        old.write_bytes(sound)
        process = subprocess.Popen([binary, "incidents", "scale", old, "--max", "50"], stdout=subprocess.DEVNULL)
        time.sleep(whole * (attempt + 1) / 20)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert digest(binary, old) == told
        seen.add(format_of(old))
        assert rows(old, "PRAGMA integrity_check") == [("ok",)]
    assert seen <= {was, TODAY}


def test_a_newer_one_is_refused_with_what_it_needs(binary, fresh, tmp_path):
    newer = tmp_path / "newer.gpkg"
    newer.write_bytes(fresh.read_bytes())
    with sqlite3.connect(newer) as database:
        database.execute("UPDATE gridloom_meta SET value = ? WHERE key = 'format_version'", (str(TODAY + 1),))
        database.execute("UPDATE gridloom_meta SET value = '99.1.0' WHERE key = 'written_by'")
    before = newer.read_bytes()
    for command in (("verify", newer), ("report", newer, "-o", tmp_path / "r.html"), ("incidents", "scale", newer, "--max", "4")):
        done = run(binary, *command)
        assert done.returncode == 1
        assert f"{TODAY + 1}" in done.stderr and "99.1.0" in done.stderr, done.stderr
    assert newer.read_bytes() == before
