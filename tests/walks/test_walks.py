# SPDX-License-Identifier: Apache-2.0
"""docs/CHANGING.md leads somewhere: a map, a statistic and an endpoint, each added by following that page alone, are kept as
patches. They are applied to a copy of the sources, built (what did not change comes out of ccache) and run.

A patch that no longer applies: add the thing anew by the page as it is now, and keep the new patch."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WALKS = pathlib.Path(__file__).resolve().parent
LEFT_OUT = shutil.ignore_patterns("build", "build-*", "node_modules", "out", ".git", "dist", "__pycache__")


def run(*command, cwd, **more):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, **more)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def apply(walk, sources):
    run("patch", "-p1", "--fuzz=2", "--no-backup-if-mismatch", "-i", WALKS / f"{walk}.patch", cwd=sources)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The sources with all three walks, built."""
    sources = tmp_path_factory.mktemp("walks") / "gridloom"
    shutil.copytree(ROOT, sources, ignore=LEFT_OUT, symlinks=True)
    for walk in ("map", "statistic", "endpoint"):
        apply(walk, sources)
    run("cmake", "--preset", "release", "-DBUILD_TESTING=ON", cwd=sources)
    run("cmake", "--build", "build", "--target", "gridloom", "unit_engine", "unit_server", "unit_tiles", "gridloom_python", cwd=sources)
    yield sources
    shutil.rmtree(sources, ignore_errors=True)


def unit_tests(sources, library, names):
    told = run(sources / f"build/tests/unit_{library}", f"--gtest_filter={names}", cwd=sources)
    assert "[  PASSED  ]" in told and "[  PASSED  ] 0 tests" not in told, told


@pytest.mark.parametrize("walk", ["map", "statistic", "endpoint"])
def test_a_walk_applies_by_itself(tmp_path, walk):
    for name in [line[6:].strip() for line in (WALKS / f"{walk}.patch").read_text().splitlines() if line.startswith("--- a/")]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    apply(walk, tmp_path)


def test_a_new_map_is_a_file_and_a_row(walked):
    unit_tests(walked, "tiles", "Theme.*:MapTable.*")


def test_a_new_statistic_is_asked_for_by_name(walked):
    unit_tests(walked, "engine", "Dispersion.*")
    code = "import gridloom; print(gridloom.dispersion([0, 3, 0, 1])['value'])"
    told = run("/usr/bin/python3", "-c", code, cwd=walked, env={**os.environ, "PYTHONPATH": str(walked / "build/python")})
    assert float(told) == pytest.approx(2.0)


def test_a_new_endpoint_is_answered_and_described(walked):
    unit_tests(walked, "server", "GridRoute.*:RouteTable.*-*ThePagesInDocs*")
    run(sys.executable, "scripts/docs", cwd=walked)
    assert "/api/grids/{code}" in (walked / "docs/API.md").read_text()
    assert "dispersion" in (walked / "docs/PYTHON.md").read_text()
