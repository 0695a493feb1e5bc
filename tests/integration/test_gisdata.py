"""The sample data is what its provenance says. (*.properties are notes that GDAL leaves beside gzip files it has read.)"""

import hashlib
import re

import pytest

MIB = 1 << 20


@pytest.mark.parametrize("city, limit", [("nyc", 25), ("qingdao", 3)])
def test_sample_cities_stay_small(root, city, limit):
    assert sum(f.stat().st_size for f in (root / "gisdata" / city).iterdir()) <= limit * MIB


def test_every_file_of_new_york_is_listed_and_unaltered(root):
    folder = root / "gisdata" / "nyc"
    listed = dict(re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", (folder / "PROVENANCE.md").read_text(), re.M))
    files = {f.name: f for f in folder.iterdir() if f.suffix not in (".md", ".yaml", ".properties")}
    assert set(listed) == set(files)
    assert {name: hashlib.sha256(f.read_bytes()).hexdigest() for name, f in files.items()} == listed


def test_every_file_of_qingdao_is_described(root):
    folder = root / "gisdata" / "qingdao"
    text = (folder / "PROVENANCE.md").read_text()
    for file in folder.iterdir():
        assert file.suffix in (".md", ".yaml", ".properties") or f"`{file.name}`" in text, file.name
    real = hashlib.sha256((folder / "admin_levels.geojson.gz").read_bytes()).hexdigest()
    assert real in text


def test_nothing_in_the_code_knows_the_sample_city(root):
    """Any other city works by writing its own catalogue. Comments may give examples, and so may help texts name files."""
    words = re.compile(r"New York|Brooklyn|Manhattan|Boro(Code|CD)|police_precincts|Qingdao|青岛|370200")
    found = [f"{path.relative_to(root)}: {line.strip()}"
             for folder in ("engine", "tiles", "server") for path in (root / folder).rglob("*")
             if path.suffix in (".h", ".cpp") and "node_modules" not in path.parts
             for line in path.read_text().splitlines() if words.search(line.split("//")[0])]
    assert found == []
