"""Damaged project files are found and refused."""

import contextlib
import json
import os
import random
import sqlite3

import pytest

from client import fetch
from geopackage import rows
from running import ran, run, serving


def damage_an_index(path):
    """Rows and index part ways: readable to the last byte, and wrong."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript("""
            CREATE INDEX my_codes ON grids (code);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = 'CREATE INDEX my_codes ON grids (name)' WHERE name = 'my_codes';
        """)


def damage_a_page(path):
    """A page of the table `quality`, which no question but verify asks for, is overwritten."""
    (size,), = rows(path, "PRAGMA page_size")
    (page,), = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'quality'")
    with open(path, "r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff" * 60)


def cut_short(path):
    os.truncate(path, path.stat().st_size - 3 * 4096)


@pytest.mark.parametrize("damage", [damage_an_index, damage_a_page, cut_short])
def test_verify_finds_and_serve_refuses_a_damaged_file(binary, copy, damage):
    damage(copy)
    done = run(binary, "verify", copy)
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert "no faults" not in done.stdout and f"damaged_file: {copy}: " in done.stdout
    told = run(binary, "verify", copy, "--json")
    assert told.returncode == 3
    faults = json.loads(told.stdout)["faults"]
    assert faults and all(fault["kind"] == "damaged_file" and str(copy) in fault["what"] for fault in faults)
    served = run(binary, "serve", copy, "--port", "0")
    assert served.returncode == 1 and str(copy) in served.stderr and "the file is damaged" in served.stderr
    assert served.stderr.count("error: ") == 1 and served.stdout == ""


def test_what_sqlite_rejects_neither_verify_nor_serve_accepts(binary, small_project, tmp_path):
    """Bits flipped anywhere: no file that SQLite's own check rejects is called sound."""
    chance, whole, rejected = random.Random(5), small_project.read_bytes(), 0
    for attempt in range(60):
        data = bytearray(whole)
        for _ in range(8):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{attempt}.gpkg"
        path.write_bytes(data)
        try:
            sound = rows(path, "PRAGMA integrity_check") == [("ok",)]
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # it may name what is damaged
            sound = False
        if not sound:
            rejected += 1
            done = run(binary, "verify", path)
            assert done.returncode in (1, 3), (attempt, done.stdout, done.stderr)
            assert path.name in done.stdout + done.stderr
            if rejected <= 8:
                served = run(binary, "serve", path, "--port", "0")
                assert served.returncode == 1 and path.name in served.stderr, (attempt, served.stderr)
        path.unlink()
    assert rejected >= 10


def test_a_sound_file_is_verified_and_served(binary, small_project):
    ran(binary, "verify", small_project)
    with serving(binary, small_project) as (url, _):
        assert fetch(f"{url}/readyz").status == 200


@pytest.mark.parametrize("version", ["nan", "inf", "-1", "0", "1.5", "one", ""])
def test_a_project_of_no_known_format_is_refused(binary, copy, version):
    with contextlib.closing(sqlite3.connect(copy)) as database, database:
        database.execute("UPDATE gridloom_meta SET value = ? WHERE key = 'format_version'", (version,))
    done = run(binary, "verify", copy)
    assert done.returncode == 1 and str(copy) in done.stderr and "'format_version'" in done.stderr, done.stderr
