"""The catalogues, the JSON Schema for editors and the reader agree on what a catalogue is."""

import copy
import json

import jsonschema
import pytest
import yaml

from running import run

CATALOGUES = ["gisdata/nyc/city.yaml", "gisdata/qingdao/city.yaml", "tests/unit/io/data/all_keys.yaml"]


@pytest.fixture(scope="module")
def schema(root):
    return json.loads((root / "gisdata/city.schema.json").read_text())


@pytest.fixture(scope="module")
def validator(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def walk(value, path=()):
    """Every map inside a value, with its path."""
    if isinstance(value, dict):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from walk(child, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def is_data(path):
    """Maps whose keys are data (fields, codes), not words of the catalogue."""
    return path and (path[-1] in ("where", "names", "weights", "nests_in"))


@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues_fit_the_schema(root, validator, name):
    catalogue = yaml.safe_load((root / name).read_text())
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(catalogue)]
    assert errors == []


def properties(node, schema, seen=()):
    """All (object path, key) pairs that the schema knows; references to definitions are followed."""
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from properties(schema["$defs"][name], schema, seen + (name,))
    for key, child in node.get("properties", {}).items():
        yield (), key
        for path, inner in properties(child, schema, seen):
            yield (key,) + path, inner
    for child in [node["items"]] if "items" in node else []:
        yield from properties(child, schema, seen)
    for child in node.get("anyOf", []):
        yield from properties(child, schema, seen)


def test_the_example_uses_every_key_of_the_schema(root, schema):
    example = yaml.safe_load((root / "tests/unit/io/data/all_keys.yaml").read_text())
    used = set()
    for path, value in walk(example):
        names = tuple(p for p in path if isinstance(p, str))
        used |= {(names, key) for key in value}
    # Places are either lon and lat or x and y: each pair must occur somewhere.
    pairs = {"lon", "lat", "x", "y"}
    assert pairs <= {key for _, key in used}
    # A title may be one text or two, a key one field or several, a CRS declared or not: the object form must occur
    # somewhere.
    flexible = {"title", "department", "name", "key", "names", "crs"}
    assert {"name", "towgs84", "grid", "ballpark"} <= {key for path, key in used if path and path[-1] == "crs"}
    missing = {(path, key) for path, key in properties(schema, schema)
               if (path, key) not in used and key not in pairs and not (path and path[-1] in flexible)}
    assert missing == set()


def mutations(catalogue):
    """Every key of the catalogue misspelt, one at a time."""
    for path, value in walk(catalogue):
        if is_data(path):
            continue
        for key in value:
            broken = copy.deepcopy(catalogue)
            target = at(broken, path)
            target[f"{key}x"] = target.pop(key)
            yield path + (key,), broken


@pytest.mark.parametrize("name", CATALOGUES[1:])
def test_a_misspelt_key_is_refused_by_schema_and_reader(root, validator, binary, tmp_path, name):
    catalogue = yaml.safe_load((root / name).read_text())
    folder = (root / name).parent
    for path, value in walk(catalogue):  # the copies lie elsewhere
        for key in ("source", "codes"):
            if isinstance(value.get(key), str):
                value[key] = str(folder / value[key])
    seen = set()
    for path, broken in mutations(catalogue):
        kind = tuple("*" if isinstance(p, int) else p for p in path)
        if kind in seen:
            continue
        seen.add(kind)
        assert not validator.is_valid(broken), f"the schema accepts {path} misspelt"
        file = tmp_path / "city.yaml"
        file.write_text(yaml.safe_dump(broken, allow_unicode=True))
        done = run(binary, "fuse", file, "-o", tmp_path / "out.gpkg")
        assert done.returncode == 1, f"the reader accepts {path} misspelt"
        assert f"{file}:" in done.stderr and "key" in done.stderr, done.stderr
        assert not (tmp_path / "out.gpkg").exists()
    assert len(seen) > 30
