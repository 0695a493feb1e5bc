import pytest

from small_city import SmallCity


@pytest.fixture
def city(tmp_path):
    return SmallCity(tmp_path)


@pytest.fixture(scope="session")
def small_project(binary, tmp_path_factory):
    small = SmallCity(tmp_path_factory.mktemp("small"))
    done = small.fuse(binary)
    assert done.returncode == 0, done.stderr
    return small.folder / "city.gpkg"
