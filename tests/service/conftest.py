import shutil

import pytest

from small_city import SmallCity


@pytest.fixture
def city(tmp_path):
    return SmallCity(tmp_path)


@pytest.fixture(scope="session")
def small_project(binary, tmp_path_factory):
    """The small city, fused once. To be read only."""
    return SmallCity(tmp_path_factory.mktemp("small")).fused(binary)


@pytest.fixture
def copy(small_project, tmp_path):
    """The small city to write to."""
    return shutil.copy(small_project, tmp_path / "copy.gpkg")
