"""The working CRS must count in metres of the ground, not of the map."""

import pytest


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3395"])
def test_a_city_in_mercator_is_refused_with_the_crs_to_take(binary, city, crs):
    city.catalogue["crs"] = crs
    done = city.fuse(binary)
    assert done.returncode == 1 and not city.project.exists()
    assert all(word in done.stderr for word in ("city.yaml", crs, "24." if crs == "EPSG:3857" else "23.", "EPSG:32651")), done.stderr
