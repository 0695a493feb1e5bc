"""Incidents that come after the fusion: import, counts, and what a kill leaves."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from small_city import SOUTH, STEP, WEST

LON, LAT = WEST + 0.5 * STEP, SOUTH + 0.5 * STEP


@pytest.fixture
def copy(small_project, tmp_path):
    return shutil.copy(small_project, tmp_path / "copy.gpkg")


def run(binary, *arguments):
    return subprocess.run([binary, "incidents", *map(str, arguments), "--lang", "en"], capture_output=True, text=True)


def write(path, rows, header=("id", "occurred_at", "category", "lon", "lat")):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def counts(binary, project, by, *more):
    done = run(binary, "counts", project, "--by", by, *more)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def total(binary, project):
    return sum(int(row["count"]) for row in counts(binary, project, "category"))


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
    done = run(binary, "import", copy, events, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["added"], answer["updated"], answer["outside"], answer["rejected"], answer["incidents"]) == (2, 1, 1, 4, 6)
    rejected = list(csv.DictReader(open(answer["rejects"])))
    assert [(row["row"], row["id"]) for row in rejected] == [("4", "none"), ("5", "zero"), ("6", "when"), ("7", "")]
    assert [row["reason"].split(":")[0] for row in rejected] == ["no coordinates", "coordinates 0,0", "'occurred_at' is no time", "no id"]
    days = {(row["day"], row["category"]): int(row["count"]) for row in counts(binary, copy, "day,category")}
    assert days == {("2024-03-01", "noise"): 1, ("2024-03-02", "noise"): 1, ("2024-03-02", "litter"): 1, ("2024-03-05", "noise"): 1,
                    ("2024-04-01", "heat"): 1, ("2024-03-01", "heat"): 1}
    verified = subprocess.run([binary, "verify", copy], capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_import_through_the_catalogues_mapping_and_named_fields(binary, copy, city, tmp_path):
    events = write(tmp_path / "new.csv", [("n1", "2024-04-01", "noise", LON, LAT)], header=("id", "at", "kind", "lon", "lat"))
    assert run(binary, "import", copy, events, "--mapping", city.write()).returncode == 0
    events = write(tmp_path / "new2.csv", [("n2", "2024-04-01", "noise", LON, LAT)], header=("Key", "at", "kind", "X", "Y"))
    fields = [word for field in ("id=Key", "occurred_at=at", "category=kind", "lon=X", "lat=Y") for word in ("--field", field)]
    done = run(binary, "import", copy, events, *fields)
    assert done.returncode == 0, done.stderr
    assert total(binary, copy) == 6


@pytest.mark.parametrize("header, row, words", [
    (("key", "occurred_at", "lon", "lat"), ("1", "2024-01-01", LON, LAT), ["new.csv", "'id'"]),
    (("id", "occurred_at", "x", "y"), ("1", "2024-01-01", LON, LAT), ["new.csv", "'lon' and 'lat'", "--field"]),
])
def test_a_file_that_cannot_be_read_says_what_to_do_and_changes_nothing(binary, copy, tmp_path, header, row, words):
    before = open(copy, "rb").read()
    done = run(binary, "import", copy, write(tmp_path / "new.csv", [row], header))
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr
    assert open(copy, "rb").read() == before


def test_counts_by_hour_leave_dates_without_an_hour_and_filters_apply(binary, copy):
    hours = {row["hour"]: int(row["count"]) for row in counts(binary, copy, "hour")}
    assert hours == {"": 1, "2": 1, "12": 1, "23": 1}
    assert [row["count"] for row in counts(binary, copy, "category", "--hours", "22-4")] == ["2"]
    assert sum(int(row["count"]) for row in counts(binary, copy, "grid,month", "--weekdays", "6")) == 2  # a Saturday
    wrong = run(binary, "counts", copy, "--by", "grid,decade")
    assert wrong.returncode == 1 and "'decade'" in wrong.stderr and "month" in wrong.stderr


def test_kill_at_any_moment_leaves_a_whole_batch_or_nothing(binary, copy, tmp_path):
    """Every import that said it was done is there; one that was killed is there as a whole or not at all."""
    acknowledged, batch = 0, 2000
    start = total(binary, copy)
    for attempt in range(12):
        events = write(tmp_path / "batch.csv", [(f"{attempt}-{i}", "2024-05-01T10:00:00", "noise", LON, LAT) for i in range(batch)])
        process = subprocess.Popen([binary, "incidents", "import", copy, events, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if attempt % 4:
            time.sleep(0.004 * attempt * attempt)
            os.kill(process.pid, signal.SIGKILL)
        answer, _ = process.communicate()
        have = (total(binary, copy) - start) / batch
        assert have in ((acknowledged + 1,) if answer else (acknowledged, acknowledged + 1))
        acknowledged = int(have)
    assert acknowledged >= 3
