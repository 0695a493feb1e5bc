"""What the Python suites share: the binary, the fused sample city, a running server.

GRIDLOOM names the binary (default: build/gridloom), GRIDLOOM_PROJECT a fused New York (default: fused anew, once per run).
"""

import os
import pathlib
import signal
import subprocess

import pytest

from running import serving

# A shell starts what runs in the background with SIGINT ignored, and every program that a test starts would inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def binary():
    path = pathlib.Path(os.environ.get("GRIDLOOM", ROOT / "build" / "gridloom")).resolve()
    assert path.is_file(), f"{path} is missing: build it, or name it in GRIDLOOM"
    return path


@pytest.fixture(scope="session")
def project(binary, tmp_path_factory):
    given = os.environ.get("GRIDLOOM_PROJECT")
    if given:
        assert pathlib.Path(given).is_file(), f"GRIDLOOM_PROJECT={given} is missing"
        return pathlib.Path(given).resolve()
    target = tmp_path_factory.mktemp("nyc") / "nyc.gpkg"
    subprocess.run([binary, "fuse", ROOT / "gisdata/nyc/city.yaml", "-o", target], check=True, capture_output=True)
    return target


@pytest.fixture(scope="session")
def server(binary, project):
    with serving(binary, project) as (url, _):
        yield url
