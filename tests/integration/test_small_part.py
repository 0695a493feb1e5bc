"""Fusion of a small part: one borough cut out of the frame, the departments' layers delivered whole."""

import gzip
import json

import pytest
import yaml

from geopackage import rows
from running import ROOT, ran

NYC = ROOT / "gisdata" / "nyc"
BOROUGH = 5  # Staten Island


def cut(name, keep, folder):
    """Copies a GeoJSON layer with the features that `keep` accepts."""
    collection = json.loads(gzip.open(NYC / name).read())
    collection["features"] = [f for f in collection["features"] if keep(f["properties"])]
    assert collection["features"]
    (folder / name.removesuffix(".gz")).write_text(json.dumps(collection))
    return name.removesuffix(".gz")


@pytest.fixture(scope="module")
def part(binary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("part")
    catalogue = yaml.safe_load((NYC / "city.yaml").read_text())
    for level in catalogue["frame"]["levels"]:
        if level.get("key") == "BoroCode":
            level["source"] = cut(level["source"], lambda p: p["BoroCode"] == BOROUGH, folder)
        elif level.get("key") == "BoroCD":
            level["source"] = cut(level["source"], lambda p: p["BoroCD"] // 100 == BOROUGH, folder)
    for entry in catalogue["layers"] + [catalogue["population"], catalogue["incidents"]] + catalogue.get("linework", []):
        entry["source"] = str(NYC / entry["source"])
    catalogue.pop("facilities", None)
    (folder / "city.yaml").write_text(yaml.safe_dump(catalogue, allow_unicode=True))
    target = folder / "part.gpkg"
    ran(binary, "fuse", folder / "city.yaml", "-o", target)
    return target


def test_the_proof_holds(binary, part):
    ran(binary, "verify", part)


def test_only_the_borough_is_in_the_frame(part):
    parents = {code for (code,) in rows(part, "SELECT DISTINCT parent FROM grids")}
    assert parents and all(code.startswith(str(BOROUGH)) for code in parents)


def test_its_people_are_those_of_its_census_tracts(part):
    tracts = json.loads(gzip.open(NYC / "census_tracts_2010.geojson.gz").read())["features"]
    census = sum(t["properties"]["pop2010"] for t in tracts if t["properties"]["boro_ct2010"].startswith(str(BOROUGH)))
    assert rows(part, "SELECT SUM(population) FROM grids")[0][0] == pytest.approx(census, rel=1e-9)


def test_units_of_other_boroughs_answer_for_nothing(part):
    precincts = rows(part, "SELECT DISTINCT unit_id FROM responsibilities WHERE layer = 'police_precincts' AND status != 'vacant'")
    assert {unit for unit, in precincts} == {"120", "122", "123"}
