"""What a command cannot write, on standard output or to a file, is an error."""

import os
import resource
import shutil
import signal
import stat
import subprocess

import pytest

from running import ran, run


def errors_of(text):
    """Without the lines that a slow run writes as it goes."""
    return [line for line in text.splitlines() if line.startswith("error: ")]


PRINTING = {
    "counts": ["incidents", "counts", "PROJECT"],
    "replay": ["incidents", "replay", "PROJECT", "--speed", "1e9"],
    "scale": ["incidents", "scale", "PROJECT"],
    "import": ["incidents", "import", "PROJECT", "INCIDENTS", "--field", "occurred_at=at", "--field", "category=kind"],
    "verify": ["verify", "PROJECT"],
    "verify as JSON": ["verify", "PROJECT", "--json"],
    "locate": ["locate", "PROJECT", "120.305", "36.055"],
    "locate many": ["locate", "PROJECT", "--points", "INCIDENTS"],
    "heatmap": ["heatmap", "PROJECT", "-o", "FOLDER/heat.tif"],
    "hotspots": ["hotspots", "PROJECT", "-o", "FOLDER/spots.geojson", "--cells", "square", "--size", "500"],
    "report": ["report", "PROJECT", "-o", "FOLDER/report.html"],
    "fuse": ["fuse", "CATALOGUE", "-o", "FOLDER/again.gpkg"],
    "serve": ["serve", "PROJECT", "--port", "0"],
    "help": ["--help"],
    "help of a verb": ["fuse", "--help"],
    "version": ["--version"],
}


def command(name, project, folder):
    words = {"PROJECT": project, "FOLDER": folder, "INCIDENTS": project.parent / "incidents.csv", "CATALOGUE": project.parent / "city.yaml"}
    parts = []
    for part in PRINTING[name]:
        for word, text in words.items():
            part = part.replace(word, str(text))
        parts.append(part)
    return parts


@pytest.mark.parametrize("name", PRINTING)
def test_a_full_standard_output_is_an_error(binary, small_project, copy, tmp_path, name):
    shutil.copy(small_project.parent / "incidents.csv", tmp_path)
    for file in small_project.parent.glob("*"):
        if file.suffix in (".yaml", ".geojson"):
            shutil.copy(file, tmp_path)
    with open("/dev/full", "w") as full:
        done = subprocess.run([binary, *command(name, copy, tmp_path), "--lang", "en"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "error: standard output cannot be written" in done.stderr


def no_more_than(size):
    """For a child: files end at so many bytes, as a full disk would have it."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


WRITING = {
    "counts.csv": ["incidents", "counts", "PROJECT", "--by", "grid,month,category"],
    "places.csv": ["locate", "PROJECT", "--points", "INCIDENTS"],
    "heat.tif": ["heatmap", "PROJECT", "--cell", "20"],
    "heat.png": ["heatmap", "PROJECT", "--cell", "20"],
    "levels.geojson": ["heatmap", "PROJECT", "--levels", "1,2"],
    "grids.csv": ["heatmap", "PROJECT", "--zones", "grids"],
    "spots.csv": ["hotspots", "PROJECT", "--cells", "square", "--size", "500"],
    "spots.gpkg": ["hotspots", "PROJECT", "--cells", "square", "--size", "500"],
    "report.html": ["report", "PROJECT"],
    "city.gpkg": ["fuse", "CATALOGUE"],
}


@pytest.mark.parametrize("name", WRITING)
def test_an_output_file_that_cannot_be_written_is_an_error(binary, small_project, tmp_path, name):
    words = {"PROJECT": small_project, "INCIDENTS": small_project.parent / "incidents.csv", "CATALOGUE": small_project.parent / "city.yaml"}
    target = tmp_path / name
    target.write_bytes(b"before")
    parts = [str(words.get(part, part)) for part in WRITING[name]]
    done = run(binary, *parts, "-o", target, preexec_fn=no_more_than(60), restore_signals=False)
    assert done.returncode == 1, (done.stdout, done.stderr)
    message, = errors_of(done.stderr)
    assert name in message
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    # The same with room enough.
    ran(binary, *parts, "-o", target)
    assert target.read_bytes() != b"before"


def test_a_pipe_is_not_replaced_by_a_file(binary, small_project, tmp_path):
    pipe = tmp_path / "counts.csv"
    os.mkfifo(pipe)
    done = run(binary, "incidents", "counts", small_project, "-o", pipe)
    assert done.returncode == 1 and str(pipe) in done.stderr and "ordinary file" in done.stderr
    assert stat.S_ISFIFO(pipe.stat().st_mode)
