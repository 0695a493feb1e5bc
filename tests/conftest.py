"""What the Python suites share: the binary, the fused sample city, a running server.

GRIDLOOM names the binary (default: build/gridloom), GRIDLOOM_PROJECT a fused New York (default: fused anew, once per run).
"""

import os
import pathlib
import signal
import sys

import pytest

from running import BINARY, PACKAGE, ROOT, ran, serving

sys.path.insert(0, str(PACKAGE))

# A shell starts what runs in the background with SIGINT ignored, and every program that a test starts would inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: luck decides what a run meets; scripts/soak runs it again and again")


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def binary():
    assert BINARY.is_file(), f"{BINARY} is missing: build it, or name it in GRIDLOOM"
    return BINARY


@pytest.fixture(scope="session")
def project(binary, tmp_path_factory):
    given = os.environ.get("GRIDLOOM_PROJECT")
    if given:
        assert pathlib.Path(given).is_file(), f"GRIDLOOM_PROJECT={given} is missing"
        return pathlib.Path(given).resolve()
    target = tmp_path_factory.mktemp("nyc") / "nyc.gpkg"
    ran(binary, "fuse", ROOT / "gisdata/nyc/city.yaml", "-o", target)
    return target


@pytest.fixture(scope="session")
def server(binary, project):
    with serving(binary, project) as (url, _):
        yield url
