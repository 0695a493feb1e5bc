"""R's answers, asked once a run."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))

from rscript import Answers  # noqa: E402


@pytest.fixture(scope="session")
def spdep(tmp_path_factory):
    return Answers("statistics.R", tmp_path_factory.mktemp("spdep"))


@pytest.fixture(scope="session")
def spatstat(tmp_path_factory):
    return Answers("density.R", tmp_path_factory.mktemp("spatstat"))
