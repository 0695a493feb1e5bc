"""Bad input ends with one clear error, or a reported repair, and leaves no half-written file."""

import gzip

import pytest

from running import answer_of, run
from small_city import square


def refused(city, binary, *words):
    """Fuses, expects one clear error that says all the words, and nothing left behind. Returns the message."""
    done = city.fuse(binary)
    after = {p.name for p in city.folder.iterdir()}
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("error: "), done.stderr
    for word in words:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"
    assert done.stdout == ""
    leftovers = after - {"city.yaml", "incidents.csv", *(f"{name}.geojson" for name in city.layers)}
    assert not {name for name in leftovers if "gpkg" in name}, leftovers
    return lines[0]


def findings(city, binary):
    return answer_of(binary, "fuse", city.write(), "-o", city.project, "--findings")["finding_list"]


def test_the_small_city_itself_fuses(city, binary):
    summary = answer_of(binary, "fuse", city.write(), "-o", city.project)
    assert summary["faults"] == [] and summary["grids"] >= 2
    assert city.project.stat().st_size > 0
    assert not list(city.folder.glob("*tmp*")) and not list(city.folder.glob("city.gpkg?*"))


def test_missing_catalogue(city, binary):
    city.write()
    done = run(binary, "fuse", city.folder / "none.yaml", "-o", city.folder / "x.gpkg")
    assert done.returncode == 1 and "none.yaml" in done.stderr and len(done.stderr.splitlines()) == 1


def test_missing_file(city, binary):
    city.layer("police")["source"] = "nowhere.geojson"
    refused(city, binary, "nowhere.geojson", "city.yaml")


def test_a_typo_names_the_nearest_key(city, binary):
    city.layer("police")["acuracy"] = city.layer("police").pop("accuracy")
    refused(city, binary, "city.yaml:", "acuracy", "did you mean 'accuracy'")


def test_a_catalogue_that_is_no_yaml(city, binary):
    path = city.write()
    path.write_text("id: [unclosed")
    city.write = lambda: path
    refused(city, binary, "city.yaml")


def test_unknown_working_crs(city, binary):
    city.catalogue["crs"] = "EPSG:999999"
    refused(city, binary, "EPSG:999999")


def test_unknown_layer_crs(city, binary):
    city.layer("police")["crs"] = "EPSG:999999"
    refused(city, binary, "EPSG:999999")


def test_a_working_crs_in_degrees(city, binary):
    city.catalogue["crs"] = "EPSG:4490"
    refused(city, binary, "EPSG:4490", "projected")


def test_no_such_field(city, binary):
    city.layer("police")["key"] = "Ident"
    refused(city, binary, "police", "Ident")


def test_no_such_column(city, binary):
    city.catalogue["incidents"]["category"] = "sort"
    refused(city, binary, "incidents.csv", "sort")


def test_empty_layer(city, binary):
    city.layers["police"] = []
    refused(city, binary, "police")


def test_swapped_coordinates(city, binary):
    for feature in city.layers["police"]:
        feature["geometry"]["coordinates"] = [[[y, x] for x, y in ring] for ring in feature["geometry"]["coordinates"]]
    refused(city, binary, "police", "swapped")


def test_a_truncated_file(city, binary):
    path = city.write()
    packed = gzip.compress((city.folder / "police.geojson").read_bytes())
    (city.folder / "police.geojson.gz").write_bytes(packed[: len(packed) // 2])
    city.layer("police")["source"] = "police.geojson.gz"
    refused(city, binary, "police")
    assert path.exists()


def test_a_file_that_is_no_layer(city, binary):
    (city.folder / "noise.geojson").write_bytes(bytes(range(256)) * 16)
    city.layer("police")["source"] = "noise.geojson"
    refused(city, binary, "noise.geojson")


@pytest.mark.parametrize("ring", [
    square(0, 0, 3, 3)[:2] * 2,                                  # no ground
    [[120.30, 36.05]],                                           # a point
])
def test_invalid_rings_are_dropped_and_reported(city, binary, ring):
    city.layers["police"][1]["geometry"] = {"type": "Polygon", "coordinates": [square(3, 0, 4, 3), ring]}
    found = findings(city, binary)
    assert any(f["layer"] == "police" and f["feature"] == "P2" for f in found), found


def test_a_bow_tie_is_repaired_and_reported(city, binary):
    west, east = square(0, 0, 3, 3), square(3, 0, 4, 3)
    city.layers["police"][1]["geometry"]["coordinates"] = [[east[0], east[2], east[1], east[3], east[0]]]
    city.layers["police"][0]["geometry"]["coordinates"] = [west]
    found = findings(city, binary)
    assert any(f["layer"] == "police" and f["feature"] == "P2" for f in found), found


def test_a_cell_without_geometry_is_reported(city, binary):
    city.layers["health"].append({"type": "Feature", "properties": {"id": "H9", "name": "none"}, "geometry": None})
    assert any(f["feature"] == "H9" for f in findings(city, binary))


def test_an_old_result_survives_a_failure(city, binary):
    before = city.fused(binary).read_bytes()
    city.layers["police"] = []
    assert city.fuse(binary).returncode == 1
    assert city.project.read_bytes() == before


def test_an_output_that_cannot_be_written(city, binary):
    done = city.fuse(binary, to=city.folder / "none" / "x.gpkg")
    assert done.returncode == 1 and "x.gpkg" in done.stderr
