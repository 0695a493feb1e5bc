"""The command line: help, languages, exit codes, JSON, bulk locate, heatmap, digests."""

import csv
import io
import json
import os
import shutil

import pytest
from osgeo import gdal, ogr

from geopackage import features, rows
from running import answer_of, digest, ran, run
from small_city import SOUTH, STEP, WEST, feature, square

gdal.UseExceptions()
ogr.UseExceptions()
VERBS = ["init", "check", "schema", "fuse", "verify", "locate", "heatmap", "report", "serve"]


def run_by_environment(binary, *arguments, **environment):
    """Without --lang."""
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    return run(binary, *arguments, lang=None, env={**clean, **environment})


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help_with_an_example(binary, verb):
    english = run_by_environment(binary, verb, "--help")
    chinese = run_by_environment(binary, verb, "--help", LANG="zh_CN.UTF-8")
    assert english.returncode == chinese.returncode == 0
    assert f"Example:\n  gridloom {verb}" in english.stdout
    assert f"示例：\n  gridloom {verb}" in chinese.stdout
    assert "--json" in english.stdout


def test_the_option_beats_the_environment(binary):
    assert "用法" in run_by_environment(binary, "--help", "--lang", "zh", LANG="en_US.UTF-8").stdout
    assert "Usage" in run_by_environment(binary, "--help", "--lang=en", LANG="zh_CN.UTF-8").stdout


@pytest.mark.parametrize("arguments", [
    [], ["nothing"], ["fuse"], ["fuse", "city.yaml"], ["fuse", "city.yaml", "-o", "city.txt"], ["locate", "x.gpkg"],
    ["locate", "x.gpkg", "1"], ["locate", "x.gpkg", "one", "two"], ["locate", "x.gpkg", "1", "2", "--points", "p.csv"],
    ["heatmap", "x.gpkg", "-o", "h.tif", "--bandwidth", "-5"], ["heatmap", "x.gpkg", "-o", "h.tif", "--hours", "25-4"],
    ["heatmap", "x.gpkg", "-o", "h.tif", "--hours", "night"], ["heatmap", "x.gpkg", "-o", "h.tif", "--from", "yesterday"],
    ["heatmap", "x.gpkg", "-o", "h.tif", "--kernel", "conic"], ["serve", "x.gpkg", "--port", "70000"],
    ["fuse", "city.yaml", "-o", "city.gpkg", "--threads", "0"], ["verify", "x.gpkg", "--nonsense"], ["--lang", "fr", "verify", "x.gpkg"],
])
def test_wrong_use_is_2_and_says_why(binary, arguments):
    done = run_by_environment(binary, *arguments)
    assert done.returncode == 2, done
    assert done.stderr.startswith("error: ") and done.stdout == ""


@pytest.mark.parametrize("arguments", [["verify", "{file}"], ["locate", "{file}", "1", "2"], ["serve", "{file}", "--port", "0"],
                                       ["heatmap", "{file}", "-o", "{folder}/h.tif"]])
@pytest.mark.parametrize("content", [None, b"", b"not a project", b"SQLite format 3\0" + bytes(4096)])
def test_what_is_no_project_is_1_and_one_message(binary, tmp_path, arguments, content):
    file = tmp_path / "x.gpkg"
    if content is not None:
        file.write_bytes(content)
    done = run(binary, *[a.format(file=file, folder=tmp_path) for a in arguments])
    assert done.returncode == 1, done
    assert len(done.stderr.splitlines()) == 1 and "x.gpkg" in done.stderr
    assert not (tmp_path / "h.tif").exists()


def test_errors_come_in_chinese_too(binary):
    assert run(binary, "verify", "none.gpkg", lang="zh").stderr.startswith("错误: ")


def test_verify_finds_a_fault_and_says_3(binary, small_project, tmp_path):
    ran(binary, "verify", small_project)
    broken = shutil.copy(small_project, tmp_path / "broken.gpkg")
    file = ogr.Open(str(broken), 1)
    grid = file.GetLayerByName("grids").GetNextFeature()
    grid["area_m2"] += 1
    file.GetLayerByName("grids").SetFeature(grid)
    del grid, file
    done = run(binary, "verify", broken, "--json")
    assert done.returncode == 3, done
    assert json.loads(done.stdout)["faults"]


def test_the_digest_does_not_depend_on_threads(binary, city):
    digests = set()
    for threads in ("1", "2", "5"):
        done = city.fuse(binary, "--json", "--threads", threads)
        digests.add(json.loads(done.stdout)["digest"])
        digests.add(digest(binary, city.project))
    assert len(digests) == 1 and len(digests.pop()) == 32


def test_the_digest_does_not_depend_on_the_order_of_features(binary, city):
    first = json.loads(city.fuse(binary, "--json").stdout)["digest"]
    for cells in city.layers.values():
        cells.reverse()
    assert json.loads(city.fuse(binary, "--json").stdout)["digest"] == first
    city.layers["police"][0]["geometry"]["coordinates"][0][0][0] += 0.001
    city.layers["police"][0]["geometry"]["coordinates"][0][-1][0] += 0.001
    assert json.loads(city.fuse(binary, "--json").stdout)["digest"] != first


def test_new_york_has_one_digest_for_one_and_two_threads(binary, root, project, tmp_path):
    stored = digest(binary, project)
    for threads in ("1", "2"):
        fused = answer_of(binary, "fuse", root / "gisdata/nyc/city.yaml", "-o", tmp_path / f"{threads}.gpkg", "--threads", threads)
        assert fused["digest"] == stored


def test_bulk_locate_answers_row_by_row(binary, small_project, tmp_path):
    places = [("a", WEST + 0.5 * STEP, SOUTH + 0.5 * STEP), ('with, "comma"', WEST + 3.5 * STEP, SOUTH + 2.5 * STEP),
              ("far", 0, 0), ("bad", "x", 1), ("empty", "", "")]
    with open(tmp_path / "places.csv", "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([("name", "Lon", "LAT"), *places])
    done = ran(binary, "locate", small_project, "--points", tmp_path / "places.csv")
    answers = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["name"] for row in answers] == [name for name, *_ in places]
    assert [row["found"] for row in answers] == ["1", "1", "0", "0", "0"]
    assert answers[1]["police"] == "P2" and answers[1]["police_status"] in ("sole", "split")
    for row, (_, lon, lat) in zip(answers[:2], places):
        one = answer_of(binary, "locate", small_project, lon, lat)
        assert row["grid_code"] == one["grid"]["code"]
        assert row["community_code"] == one["admin"][-1]["code"]
        assert row["health"] == one["responsibilities"][1]["unit_id"]
    written = tmp_path / "answers.csv"
    ran(binary, "locate", small_project, "--points", tmp_path / "places.csv", "-o", written)
    assert written.read_text() == done.stdout


def test_bulk_locate_reads_tables_as_fusions_do(binary, small_project, tmp_path):
    place = (WEST + 0.5 * STEP, SOUTH + 0.5 * STEP)
    (tmp_path / "places.csv").write_text("名称,lon,lat\n甲,%r,%r\n" % place)
    (tmp_path / "gb.csv").write_bytes(("名称;lon;lat\n甲;%r;%r\n" % place).encode("gb18030"))
    (tmp_path / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"名称": "甲"}, "geometry": {"type": "Point", "coordinates": place}}]}))
    (tmp_path / "none.csv").write_text("名称,lon,lat\n")

    def answers(file, **options):
        return list(csv.DictReader(io.StringIO(ran(binary, "locate", small_project, "--points", file, **options).stdout)))

    expected = answers(tmp_path / "places.csv")
    assert expected[0]["found"] == "1" and expected[0]["名称"] == "甲"
    for row in (*answers(tmp_path / "gb.csv"), *answers(tmp_path / "places.geojson")):
        assert {key: row[key] for key in row if key not in ("lon", "lat")} == {key: expected[0][key] for key in expected[0] if key not in ("lon", "lat")}
    assert answers(tmp_path / "none.csv") == []
    assert answers("/dev/stdin", input=(tmp_path / "places.csv").read_text()) == expected


@pytest.mark.parametrize("text, word", [("", "empty"), ("id,east\n1,2\n", "lon"), ("lon,lat\n1\n", "p.csv:2"), ('lon,lat\n"1,2\n', "quote")])
def test_bulk_locate_refuses_what_is_no_table(binary, small_project, tmp_path, text, word):
    (tmp_path / "p.csv").write_text(text)
    done = run(binary, "locate", small_project, "--points", tmp_path / "p.csv", "-o", tmp_path / "out.csv")
    assert done.returncode == 1 and word in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["p.csv"]


def test_locate_says_it_in_words(binary, small_project):
    english = run(binary, "locate", small_project, WEST + 3.5 * STEP, SOUTH + 2.5 * STEP)
    chinese = run(binary, "locate", small_project, WEST + 3.5 * STEP, SOUTH + 2.5 * STEP, lang="zh")
    assert "P2" in english.stdout and "Grid" in english.stdout
    assert "二所" in chinese.stdout and "网格" in chinese.stdout
    outside = run(binary, "locate", small_project, "--", -73.9, 40.7)
    assert outside.returncode == 0 and "outside" in outside.stdout


def heat(binary, project, target, *options):
    return answer_of(binary, "heatmap", project, "-o", target, *options)


def test_heatmap_filters(binary, small_project, tmp_path):
    target = tmp_path / "heat.tif"
    assert heat(binary, small_project, target)["events"] == 4
    assert heat(binary, small_project, target, "--category", "litter")["events"] == 1
    assert heat(binary, small_project, target, "--category", "litter", "--category", "noise")["events"] == 4
    assert heat(binary, small_project, target, "--hours", "22-4")["events"] == 2  # a date without a clock is no midnight
    assert heat(binary, small_project, target, "--from", "2024-03-02")["events"] == 2
    assert heat(binary, small_project, target, "--to", "2024-03-02")["events"] == 2
    unknown = run(binary, "heatmap", small_project, "-o", target, "--category", "noize")
    assert unknown.returncode == 1 and "noize" in unknown.stderr and "noise" in unknown.stderr


def test_heatmap_sums_to_the_events(binary, small_project, tmp_path):
    target = tmp_path / "heat.tif"
    answer = heat(binary, small_project, target, "--bandwidth", "300", "--cell", "20", "--category", "noise")
    raster = gdal.Open(str(target))
    values = raster.ReadAsArray()
    assert raster.GetSpatialRef().GetAuthorityCode(None) == "4549"
    assert raster.GetGeoTransform()[1] == 20
    assert (raster.RasterXSize, raster.RasterYSize) == (answer["columns"], answer["rows"])
    total = values[values == values].sum() * 20 * 20 / 1e6
    assert abs(total - 3) < 0.03  # all three kernels lie inside the city
    assert values[values == values].max() == pytest.approx(answer["highest"], rel=1e-6)


def test_heatmap_leaves_nothing_behind_when_it_fails(binary, small_project, tmp_path):
    done = run(binary, "heatmap", small_project, "-o", tmp_path / "none" / "h.tif")
    assert done.returncode == 1 and not list(tmp_path.iterdir())


def test_a_taken_port_is_one_message(binary, small_project, server):
    port = server.rsplit(":", 1)[1]
    done = run(binary, "serve", small_project, "--port", port)
    assert done.returncode == 1 and port in done.stderr and len(done.stderr.splitlines()) == 1


def grids(path):
    return {grid["code"]: (shape.ExportToWkt(), grid["kind"], grid["name"]) for grid, shape in features(path, "grids")}


def test_an_update_keeps_codes_and_tells_what_changed(binary, city):
    output = city.fused(binary)
    before = grids(output)
    same = city.fuse(binary, "--update", "--json")
    assert json.loads(same.stdout)["codes"] == {"kept": len(before), "given_up": 0, "new": 0}
    assert grids(output) == before
    city.layers["health"][0]["geometry"]["coordinates"][0][2][1] += 0.2 * STEP  # one corner of one health cell
    city.layers["health"][1]["geometry"]["coordinates"][0][1][1] += 0.2 * STEP
    done = city.fuse(binary, "--update", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    after = grids(output)
    assert told["codes"]["kept"] == len(before.keys() & after.keys()) >= 0.95 * len(before)
    assert all(old in before and new in after for old, new in rows(output, "SELECT old_code, new_code FROM succession"))
    assert rows(output, "SELECT version FROM history") == [(1,), (2,), (3,)]


def test_an_update_needs_the_citys_own_project(binary, city):
    missing = city.fuse(binary, "--update")
    assert missing.returncode == 1 and "city.gpkg" in missing.stderr
    city.fused(binary)
    city.catalogue["id"] = "other"
    other = city.fuse(binary, "--update")
    assert other.returncode == 1 and "'small'" in other.stderr and "'other'" in other.stderr


def test_special_and_existing_grids_and_households(binary, city):
    city.layers["market"] = [feature({"id": "M", "name": "大市场"}, square(0.2, 0.3, 0.7, 0.9))]
    city.layers["today"] = [feature({"id": f"G{x}", "lock": int(x == 3)}, square(x, 0, x + 1, 3)) for x in range(4)]
    for area in city.layers["people"]:
        area["properties"]["homes"] = 300
    city.catalogue["population"]["households"] = "homes"
    city.catalogue["unify"] |= {"special": {"source": "market.geojson", "key": "id", "name": "name"},
                                "existing": {"source": "today.geojson", "key": "id", "locked": "lock"}, "keep": "existing"}
    project = city.fused(binary)
    found = {grid["code"]: grid for grid, _ in features(project, "grids")}
    assert {"G0", "G1", "G2", "G3"} <= found.keys()
    assert found["G3"]["locked"] == 1 and found["G0"]["locked"] == 0
    market = [grid for grid in found.values() if grid["kind"] == "special"]
    assert [grid["name"] for grid in market] == ["大市场"]
    assert market[0]["households"] == pytest.approx(0.5 * 0.6 * 300, rel=1e-3)
    assert sum(grid["households"] for grid in found.values()) == pytest.approx(12 * 300)
    assert rows(project, "SELECT DISTINCT status FROM plans") == [("kept",)]
    ran(binary, "verify", project)
