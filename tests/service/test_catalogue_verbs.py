"""gridloom init, check and schema: a catalogue from nothing, and everything that is wrong with one at once."""

import pathlib
import csv
import json
import shutil

import jsonschema
import pytest
import yaml
from osgeo import gdal

from running import answer_of, ran, run
from small_city import LAYERS, SOUTH, STEP, WEST, SmallCity, feature, square

gdal.UseExceptions()


@pytest.fixture
def city(tmp_path):
    return SmallCity(tmp_path)


def codes(answer):
    return [mistake["code"] for mistake in answer["mistakes"]]


def checked(binary, catalogue, code):
    done = run(binary, "check", catalogue, "--json")
    assert done.returncode == code, (done.stdout, done.stderr)
    return json.loads(done.stdout)


# --- check

def test_a_sound_city_passes(binary, city):
    answer = checked(binary, city.write(), 0)
    assert answer["mistakes"] == [] and answer["layers"] == 2 and answer["cells"] == 5 and answer["incidents"] == 4


def test_five_mistakes_of_the_catalogue_and_five_of_the_files_are_told_in_one_run(binary, city):
    city.layer("police")["accurracy"] = 5  # unknown key
    city.layer("health")["rank"] = 0  # out of range
    city.catalogue["allowed_gaps"] = {"layers": ["polic"]}  # no such layer
    city.catalogue["time_zone"] = "Asia/Shangai"
    city.catalogue["layers"].append({"id": "fire", "source": "fire.geojson", "key": "id"})  # no such file
    city.layer("police")["key"] = "number"  # no such field
    city.layer("police")["name"] = "nme"  # nor this
    city.layers["people"][0]["properties"]["people"] = "many"
    city.layers["health"] = [{"type": "Feature", "properties": {"id": "H1", "name": "a"},
                              "geometry": {"type": "Point", "coordinates": [WEST, SOUTH]}}]  # no polygons
    city.catalogue["incidents"]["category"] = "sort"  # no such column
    path = city.write()
    answer = checked(binary, path, 3)
    assert sorted(codes(answer)) == sorted(["key_unknown", "number_out_of_range", "layer_unknown", "time_zone_malformed",
                                            "source_missing", "field_missing", "field_missing", "amount_is_no_number",
                                            "no_polygons", "column_missing"])
    assert all(str(path) in m["where"][0] and ":" in m["where"][0] for m in answer["mistakes"])
    told = run(binary, "check", path, lang="zh")
    assert told.returncode == 3 and "错误" in told.stdout and "是否应为“accuracy”" in told.stdout
    # fuse tells the catalogue's own at once, then the files'
    fused = run(binary, "fuse", path, "-o", city.project)
    assert fused.returncode == 1 and "5 mistakes" in fused.stderr and "accurracy" in fused.stderr and "fire.geojson" in fused.stderr


def test_fuse_tells_all_that_is_wrong_with_the_files(binary, city):
    city.layer("police")["key"] = "number"
    city.layer("health")["key"] = "code"
    city.catalogue["population"]["people"] = "pop"
    done = city.fuse(binary)
    assert done.returncode == 1 and done.stderr.count("there is no field") == 3, done.stderr


def test_a_catalogue_without_a_usable_crs_still_has_its_files_looked_at(binary, city):
    city.catalogue["crs"] = "EPSG:4326"
    city.layer("police")["key"] = "number"
    assert sorted(codes(checked(binary, city.write(), 3))) == ["field_missing", "working_crs_in_degrees"]


def test_many_rows_with_one_fault_are_counted(binary, city):
    for cell in city.layers["people"]:
        cell["properties"]["people"] = "x"
    found = codes(checked(binary, city.write(), 3))
    assert found.count("amount_is_no_number") == 10 and found.count("more_alike") == 1


def test_a_catalogue_in_gbk_is_told_to_be_no_utf8(binary, city):
    path = city.write()
    path.write_bytes(path.read_text().encode("gbk"))
    assert "is not UTF-8" in run(binary, "check", path).stderr


# --- schema and slips

def test_the_schema_is_inside_the_binary_and_takes_what_init_writes(binary, city, tmp_path, root):
    lone = tmp_path / "elsewhere" / "gridloom"
    lone.parent.mkdir()
    shutil.copy(binary, lone)
    schema = json.loads(ran(lone, "schema", cwd=lone.parent).stdout)
    assert schema == json.loads((root / "gisdata/city.schema.json").read_text())
    city.write()
    written = init(binary, city.folder)
    jsonschema.validate(yaml.safe_load(written.read_text()), schema)


@pytest.mark.parametrize("words, meant", [(["fusee", "city.yaml"], "fuse"), (["incidents", "imprt"], "import")])
def test_a_mistyped_command_is_told_what_was_meant(binary, words, meant):
    english, chinese = run(binary, *words), run(binary, *words, lang="zh")
    assert english.returncode == chinese.returncode == 2
    assert f"did you mean '{meant}'?" in english.stderr and f"是否应为“{meant}”" in chinese.stderr


# --- warnings of fuse

def test_fuse_warns_where_nobody_lives_and_where_few_are_in_the_band(binary, city):
    city.catalogue["unify"]["households"] = {"min": 5000, "max": 6000}
    assert "warning: only" in city.fuse(binary).stderr
    del city.catalogue["population"]
    assert "警告：没有“population”" in city.fuse(binary, lang="zh").stderr


# --- init

def init(binary, folder, *options, name="made.yaml"):
    """Of the files in a folder, without the catalogue that lies there."""
    files = sorted(f for f in folder.iterdir() if f.suffix not in (".yaml", ".gpkg-log"))
    ran(binary, "init", *files, "-o", folder / name, *options)
    return folder / name


def test_init_knows_the_roles_keys_and_columns_of_a_small_city(binary, city):
    city.write()
    made = yaml.safe_load(init(binary, city.folder).read_text())
    assert made["frame"]["levels"][1] == {"id": "community", "title": {"en": "Community", "zh": "社区"},
                                          "source": "communities.geojson", "key": "code", "name": "name"}
    assert {l["id"]: l["key"] for l in made["layers"]} == {"police": "id", "health": "id"}
    assert made["population"] == {"source": "people.geojson", "key": "id", "people": "people"}
    assert made["incidents"] == {"source": "incidents.csv", "lon": "lon", "lat": "lat", "id": "id", "occurred_at": "at",
                                 "category": "kind"}
    assert (made["crs"], made["code"], made["time_zone"]) == ("EPSG:4549", "370202", "Asia/Shanghai")
    assert made["layers"][1]["department"] == {"en": "Police", "zh": "公安"}


def chinese(city):
    renamed = {"communities": "社区", "police": "派出所", "health": "卫健", "people": "人口"}
    fields = {"code": "代码", "name": "名称", "id": "编号", "people": "常住人口"}
    city.write()
    for old, new in renamed.items():
        for f in city.layers[old]:
            f["properties"] = {fields[k]: v for k, v in f["properties"].items()}
        (city.folder / f"{new}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": city.layers[old]}))
        (city.folder / f"{old}.geojson").unlink()


def gbk_shapefiles(city):
    city.write()
    for name in LAYERS:
        gdal.VectorTranslate(str(city.folder / f"{name}.shp"), str(city.folder / f"{name}.geojson"), dstSRS="EPSG:4549",
                             layerCreationOptions=["ENCODING=GBK"], reproject=True)
        (city.folder / f"{name}.cpg").unlink(missing_ok=True)
        (city.folder / f"{name}.geojson").unlink()
        dbf = city.folder / f"{name}.dbf"
        dbf.write_bytes(dbf.read_bytes()[:29] + b"\0" + dbf.read_bytes()[30:])  # no language driver
    (city.folder / "health.prj").unlink()


def one_geopackage(city):
    city.write()
    for n, name in enumerate(LAYERS):
        gdal.VectorTranslate(str(city.folder / "all.gpkg"), str(city.folder / f"{name}.geojson"), layerName=name,
                             accessMode="update" if n else "overwrite")
        (city.folder / f"{name}.geojson").unlink()


def eastings(city):
    city.write()
    rows = [("编号", "发生时间", "事件类型", "横坐标", "纵坐标")]
    rows += [(str(i), f"2024/3/{i} 8:30", "噪声", 527500 + 100 * i, 3992500 + 100 * i) for i in range(1, 9)]
    with open(city.folder / "incidents.csv", "w", newline="", encoding="gbk") as file:
        csv.writer(file).writerows(rows)


def rooms(city):
    city.layers["rooms"] = [feature({"id": f"R{x}", "police": "P1" if x < 3 else "P2"}, square(x, 0, x + 1, 3)) for x in range(4)]
    city.write()


def no_administrative_name(city):
    city.layers["zones"] = city.layers.pop("communities")
    city.catalogue["frame"]["levels"][1]["source"] = "zones.geojson"
    city.write()


def drawing(city):
    city.write()
    lines = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"Layer": f["properties"]["id"]},
         "geometry": {"type": "LineString", "coordinates": f["geometry"]["coordinates"][0]}} for f in city.layers["police"]]}
    (city.folder / "lines.json").write_text(json.dumps(lines))
    gdal.VectorTranslate(str(city.folder / "police.dxf"), str(city.folder / "lines.json"), dstSRS="EPSG:4549", reproject=True,
                         format="DXF", skipFailures=True)
    (city.folder / "police.geojson").unlink()


KINDS = [SmallCity.write, drawing, chinese, gbk_shapefiles, one_geopackage, eastings, rooms, no_administrative_name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_init_writes_passes_check_and_fuses(binary, city, kind):
    kind(city)
    shown = ("communities.shp" if kind is gbk_shapefiles else None)
    files = sorted(f for f in city.folder.iterdir() if f.suffix in (".geojson", ".shp", ".gpkg", ".csv", ".dxf"))
    for lang in ("en", "zh"):
        ran(binary, "init", *files, "-o", city.folder / f"{lang}.yaml", lang=lang)
        checked(binary, city.folder / f"{lang}.yaml", 0)
    english, chinese_one = (yaml.safe_load((city.folder / f"{lang}.yaml").read_text()) for lang in ("en", "zh"))
    assert english == chinese_one
    if shown:
        level = english["frame"]["levels"][1]
        assert level["encoding"] == "GB18030" and english["layers"][0]["crs"] == "EPSG:4549", english
    if kind is rooms:
        assert next(l for l in english["layers"] if l["id"] == "rooms")["parent"] == {"layer": "police", "key": "police"}
    if kind is drawing:
        police = next(l for l in english["layers"] if l["id"] == "police")
        assert (police["key"], police["crs"]) == ("Layer", "EPSG:4549")
    if kind is eastings:
        assert english["incidents"]["crs"].startswith("EPSG:") and english["incidents"]["encoding"] == "GB18030"
    answer = answer_of(binary, "fuse", city.folder / "en.yaml", "-o", city.folder / "made.gpkg")
    assert answer["faults"] == [] and answer["grids"] > 0 and answer["incidents"] > 0


def test_init_takes_a_folder_and_writes_over_nothing(binary, city):
    city.write()
    (city.folder / "city.yaml").unlink()
    target = city.folder / "city.yaml"
    ran(binary, "init", ".", cwd=city.folder)
    before = target.read_text()
    again = run(binary, "init", city.folder, "-o", target, lang="zh")
    assert again.returncode == 1 and "--force" in again.stderr and target.read_text() == before
    ran(binary, "init", city.folder, "-o", target, "--force", lang="zh")
    assert target.read_text() != before and "由 gridloom init" in target.read_text()


def test_init_says_why_and_what_it_left_out(binary, city):
    city.fused(binary)
    (city.folder / "broken.geojson").write_text("{")
    (city.folder / "roster.csv").write_text("name,phone\nA,1\nB,2\n")
    shutil.copy(city.folder / "police.geojson", city.folder / "police_copy.geojson")
    text = init(binary, city.folder).read_text()
    assert "# key: 'code' is unique in 2 rows" in text and "# people: 'people' adds up to" in text
    left = text[text.index("# Left out:"):]
    assert "city.gpkg: a project of gridloom fuse" in left and "broken.geojson" in left
    assert "roster.csv: no points" in left and "the same as" in left


def test_init_writes_beside_where_it_is_called(binary, city, monkeypatch):
    city.write()
    (city.folder / "city.yaml").unlink()
    monkeypatch.chdir(city.folder)
    ran(pathlib.Path(binary).resolve(), "init", "communities.geojson", "police.geojson", "people.geojson", "-o", "city.yaml")
    checked(pathlib.Path(binary).resolve(), "city.yaml", 0)
