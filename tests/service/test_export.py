"""`gridloom export`: what other offices' software reads of it, with names that fit, and what does not fit is told."""

import csv
import json

import pytest
from osgeo import gdal, ogr

from events import answer_of
from geopackage import rows
from running import ran, run



def opened(path):
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    assert dataset, path
    return dataset


def fields_of(layer):
    definition = layer.GetLayerDefn()
    return [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]


def export(binary, project, output, *more, lang="en"):
    return json.loads(ran(binary, "export", project, "-o", output, "--json", *more, lang=lang).stdout)["written"]


@pytest.mark.parametrize("names, encoding", [("zh", "gbk"), ("en", "gbk"), ("en", "utf-8")])
def test_a_shapefile_has_names_and_numbers_that_fit(binary, project, tmp_path, names, encoding):
    target = tmp_path / "网格.shp"
    (told,) = export(binary, project, target, "--names", names, "--encoding", encoding)
    assert told["cut"]["texts"] == told["unencoded"]["texts"] == 0
    dataset = opened(target)
    layer = dataset.GetLayer(0)
    stored = rows(project, "SELECT code, area_m2, population, households, name_zh, valid_from FROM grids ORDER BY fid")
    assert layer.GetFeatureCount() == told["rows"] == len(stored)
    called = [field.GetName() for field in fields_of(layer)]
    assert len(set(called)) == len(called) == len(rows(project, "SELECT name FROM pragma_table_info('grids')")) - 2
    coding = "gbk" if encoding == "gbk" else "utf-8"
    assert max(len(name.encode(coding)) for name in called) <= 10
    code, area, people, households, name, day = \
        ("网格编码", "面积", "人口", "户数", "中文名称", "生效日期") if names == "zh" else ("grid_code", "area_m2", "people", "househ", "name_zh", "valid_from")
    for feature, row in zip(layer, stored):
        assert (feature[code], feature[name]) == (row[0], row[4])
        assert feature[area] == pytest.approx(row[1], abs=0.051) and feature[people] == pytest.approx(row[2], abs=0.051)
        assert feature[households] == pytest.approx(row[3], abs=0.051)
        assert feature[day] == row[5].replace("-", "/")
    meaning = dict(list(csv.reader(open(tmp_path / "网格.fields.csv", encoding="utf-8-sig")))[1:])
    assert list(meaning) == called and meaning[area] == "area_m2"


def test_texts_are_as_wide_as_they_are(binary, small_project, tmp_path):
    export(binary, small_project, tmp_path / "grids.shp", "--encoding", "gbk")
    codes = {code for code, in rows(small_project, "SELECT code FROM grids")}
    shapes = opened(tmp_path / "grids.shp")
    field = next(f for f in fields_of(shapes.GetLayer(0)) if f.GetName() == "grid_code")
    assert field.GetWidth() == max(map(len, codes))


@pytest.mark.parametrize("ending, driver", [("geojson", "GeoJSON"), ("fgb", "FlatGeobuf")])
def test_formats_of_the_web_keep_every_shape_and_value(binary, small_project, tmp_path, ending, driver):
    target = tmp_path / f"police.{ending}"
    export(binary, small_project, target, "--layer", "police", "--names", "en")
    dataset = opened(target)
    assert dataset.GetDriver().ShortName == driver
    layer = dataset.GetLayer(0)
    stored = opened(small_project)
    original = stored.GetLayerByName("aligned_police")
    found = {feature["id"]: feature.geometry().Clone() for feature in layer}
    for feature in original:
        shape = feature.geometry().Clone()
        if ending == "geojson":  # RFC 7946
            shape.TransformTo(layer.GetSpatialRef())
        assert found.pop(feature["id"]).SymDifference(shape).GetArea() < 1e-6 * shape.GetArea()
    assert not found


def test_a_drawing_has_a_layer_for_each_table(binary, small_project, tmp_path):
    target = tmp_path / "city.dxf"
    export(binary, small_project, target, "--layer", "grids", "--layer", "police", "--names", "zh")
    layers = {}
    drawing = opened(target)
    for feature in drawing.GetLayer(0):
        layers.setdefault(feature["Layer"], []).append(feature.geometry())
    assert set(layers) == {"统一治理网格", "公安（对齐后）"}
    assert len(layers["统一治理网格"]) >= rows(small_project, "SELECT count(*) FROM grids")[0][0]
    refused = run(binary, "export", small_project, "-o", target, "--layer", "crosswalk")
    assert refused.returncode == 2 and "crosswalk" in refused.stderr


def test_a_workbook_has_a_sheet_for_each_table_and_ids_stay_texts(binary, small_project, tmp_path):
    target = tmp_path / "city.xlsx"
    export(binary, small_project, target, "--layer", "all", "--names", "zh")
    book = opened(target)
    sheets = {book.GetLayer(i).GetName(): book.GetLayer(i) for i in range(book.GetLayerCount())}
    assert len(sheets) == book.GetLayerCount() and {"统一治理网格", "事件（当地时间）"} <= set(sheets)
    codes = [code for code, in rows(small_project, "SELECT code FROM grids ORDER BY fid")]
    assert [feature["网格编码"] for feature in sheets["统一治理网格"]] == codes
    days = [day for day, in rows(small_project, "SELECT occurred_on FROM incidents ORDER BY fid")]
    assert [feature["发生日期"].replace("/", "-") for feature in sheets["事件（当地时间）"]] == days


def test_sheets_that_are_alike_once_cut_are_told_apart(binary, city, tmp_path):
    title = "城市治理" * 8  # 32 characters, one more than Excel takes
    for layer, end in zip(city.catalogue["layers"], "甲乙"):
        layer["title"]["zh"] = title + end
    project, target = city.fused(binary), tmp_path / "all.xlsx"
    export(binary, project, target, "--layer", "all", "--names", "zh")
    book = opened(target)
    names = [book.GetLayer(i).GetName() for i in range(book.GetLayerCount())]
    assert len(set(names)) == len(names) and max(map(len, names)) == 31
    assert all(any(name.endswith(end) for name in names) for end in (" 2", " 3"))


@pytest.mark.parametrize("encoding, coding", [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gbk")])
def test_a_table_for_excel_is_in_the_encoding_asked_for(binary, small_project, tmp_path, encoding, coding):
    target = tmp_path / "incidents.csv"
    export(binary, small_project, target, "--layer", "incidents", "--names", "zh", "--encoding", encoding)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    with open(target, encoding=coding, newline="") as file:
        table = list(csv.DictReader(file))
    stored = rows(small_project, "SELECT id, occurred_on, occurred_at, category FROM incidents ORDER BY fid")
    assert [(row["标识"], row["发生日期"], row["类别"]) for row in table] == [(i, day, kind) for i, day, _, kind in stored]
    assert [row["发生时间"] for row in table] == [at for _, _, at, _ in stored]
    assert float(table[0]["X"]) > 1e5


def test_what_an_encoding_or_a_format_cannot_hold_is_told_with_its_place(binary, city, tmp_path):
    police = city.layers["police"][0]
    police["properties"] |= {"name": "Ķ区", "duty": "长" * 200}
    city.catalogue["layers"][0]["fields"] = "duty"
    unit = rows(project := city.fused(binary), "SELECT id FROM aligned_police WHERE name = 'Ķ区'")[0][0]
    target = tmp_path / "p.shp"
    done = run(binary, "export", project, "-o", target, "--layer", "police", "--encoding", "gbk")
    assert done.returncode == 0, done.stderr
    assert f"aligned_police {unit}, name: Ķ区" in done.stderr and f"aligned_police {unit}, duty: 长" in done.stderr
    (told,) = export(binary, project, target, "--layer", "police", "--encoding", "gbk")
    assert told["unencoded"] == {"texts": 1, "named": [{"table": "aligned_police", "feature": unit, "column": "name", "value": "Ķ区"}]}
    assert told["cut"]["texts"] == 1 and told["cut"]["named"][0]["column"] == "duty"
    shapes = opened(target)
    held = next(feature for feature in shapes.GetLayer(0) if feature["id"] == unit)
    assert (held["name"], held["duty"]) == ("?区", "长" * 127)  # whole characters
    (told,) = export(binary, project, tmp_path / "p.fgb", "--layer", "police")
    assert told["unencoded"]["texts"] == told["cut"]["texts"] == 0


def test_a_folder_takes_a_file_for_each_table(binary, small_project, tmp_path):
    told = export(binary, small_project, tmp_path / "out", "--to", "csv", "--layer", "grids", "--layer", "quality")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["grids.csv", "quality.csv"]
    assert [part["rows"] for part in told] == [rows(small_project, f"SELECT count(*) FROM {name}")[0][0] for name in ("grids", "quality")]


@pytest.mark.parametrize("arguments, expected", [
    (("-o", "x.csv", "--layer", "gridz"), "did you mean grids"),
    (("-o", "x.txt"), ".shp"),
    (("-o", "x.shp", "--to", "csv"), "two formats"),
    (("-o", "x.shp", "--layer", "grids", "--layer", "police"), "folder"),
    (("-o", "x.shp", "--names", "zh", "--encoding", "utf-8"), "gbk"),
    (("-o", "x.geojson", "--encoding", "gbk"), "encoding")])
def test_what_makes_no_sense_is_refused_with_what_does(binary, small_project, tmp_path, arguments, expected):
    done = run(binary, "export", small_project, *(tmp_path / word if word.startswith("x.") else word for word in arguments))
    assert done.returncode == 2 and expected in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_appended_and_not_folded_is_told(binary, copy, tmp_path):
    import sqlite3
    table = tmp_path / "more.csv"
    table.write_text("id,occurred_at,category,lon,lat\nnew,2024-05-01,heat,120.315,36.065\n")
    holder = sqlite3.connect(copy)
    holder.execute("BEGIN IMMEDIATE")
    answer_of(binary, "incidents", "import", copy, table)
    holder.rollback()
    holder.close()
    done = run(binary, "export", copy, "-o", tmp_path / "i.csv", "--layer", "incidents")
    assert done.returncode == 0 and "gridloom fold" in done.stderr
    ran(binary, "fold", copy)
    done = run(binary, "export", copy, "-o", tmp_path / "i.csv", "--layer", "incidents")
    assert "gridloom fold" not in done.stderr and ",heat," in (tmp_path / "i.csv").read_text()
