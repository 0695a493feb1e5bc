"""The fused New York as the Python package opens it; R's answers, asked once a run."""

import gridloom
import pytest

from peers.rscript import Answers


@pytest.fixture(scope="session")
def nyc(project):
    return gridloom.open(project)


@pytest.fixture(scope="session")
def incidents(nyc):
    return nyc.incidents()


@pytest.fixture(scope="session")
def spdep(tmp_path_factory):
    return Answers("statistics.R", tmp_path_factory.mktemp("spdep"))


@pytest.fixture(scope="session")
def spatstat(tmp_path_factory):
    return Answers("density.R", tmp_path_factory.mktemp("spatstat"))
