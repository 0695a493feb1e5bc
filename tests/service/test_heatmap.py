"""Densities from the command line, read back as analysts would."""

import csv
import json
import os

import geopandas
import numpy
import pytest
import shapely.geometry
from osgeo import gdal

import running
from small_city import SOUTH, STEP, WEST

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")


def run(binary, project, *arguments, lang="en"):
    return running.run(binary, "heatmap", project, *arguments, lang=lang)


def record(binary, project, *arguments):
    return running.answer_of(binary, "heatmap", project, *arguments)


def surface(binary, project, target, *arguments):
    """(record, values, GDAL dataset)"""
    told = record(binary, project, "-o", target, *arguments)
    raster = gdal.Open(str(target))
    return told, raster.ReadAsArray().astype(float), raster


@pytest.fixture(scope="session")
def streets(tmp_path_factory):
    """A cross of streets through the first square, and one street elsewhere."""
    middle = [WEST + 0.5 * STEP, SOUTH + 0.5 * STEP]
    lines = [shapely.geometry.LineString([[WEST, middle[1]], middle, [WEST + STEP, middle[1]]]),
             shapely.geometry.LineString([[middle[0], SOUTH], middle, [middle[0], SOUTH + STEP]]),
             shapely.geometry.LineString([[WEST + 2 * STEP, SOUTH + 1.5 * STEP], [WEST + 3 * STEP, SOUTH + 1.5 * STEP]])]
    path = tmp_path_factory.mktemp("streets") / "streets.geojson"
    geopandas.GeoDataFrame({"name": ["a", "b", "c"]}, geometry=lines, crs=4326).to_file(path)
    return path


def test_a_raster_says_how_it_was_made(binary, small_project, tmp_path):
    told, values, raster = surface(binary, small_project, tmp_path / "h.tif", "--bandwidth", 300, "--cell", 20, "--per", "year",
                                   "--from", "2024-01-01", "--to", "2025-01-01", "--category", "noise", "--edge", "diggle")
    items = raster.GetMetadata()
    assert json.loads(items["PROVENANCE"]) == told
    assert (items["KERNEL"], items["BANDWIDTH_M"], items["EDGE"], items["EVENTS"]) == ("quartic", "300.0", "diggle", "3")
    assert raster.GetRasterBand(1).GetUnitType() == told["unit"] == "incidents per km² per year"
    assert told["window"].startswith("from 2024-01-01") and told["coincident"]["share"] == pytest.approx(2 / 3)
    assert told["crs"] == "EPSG:4549" and told["cautions"]
    years = 366 / 365.2425
    assert numpy.nansum(values) * 20 * 20 / 1e6 == pytest.approx(3 / years, rel=0.01)


def test_an_open_end_is_that_of_the_selected_incidents_and_told(binary, small_project, tmp_path):
    """All four lie on two days of March 2024, the noise of one of them on the first alone."""
    cells = ["--bandwidth", 300, "--cell", 20, "--per", "day"]
    told, values, _ = surface(binary, small_project, tmp_path / "h.tif", *cells, "--edge", "diggle")
    assert (told["per"]["from"], told["per"]["until_before"]) == ("2024-03-01T00:00:00", "2024-03-03T00:00:00")
    assert told["per"]["units"] == 2 and told["per"]["open_ends"] == "those of the selected incidents"
    assert numpy.nansum(values) * 20 * 20 / 1e6 == pytest.approx(4 / 2, rel=0.01)
    assert "2.00 days" in told["summary"] and any("2.00 days" in caution for caution in told["cautions"])
    said = run(binary, small_project, *cells)
    assert "2.00 days, 2024-03-01 until before 2024-03-03" in said.stdout
    assert "'from' and 'to'" in said.stderr
    half = record(binary, small_project, *cells, "--from", "2024-02-29")
    assert half["per"]["units"] == 3
    stated = record(binary, small_project, *cells, "--from", "2024-02-01", "--to", "2024-04-01")
    assert stated["per"]["units"] == 60 and stated["per"]["open_ends"] == "none"
    assert not any("'from'" in caution for caution in stated["cautions"])


def test_a_picture_tells_the_period(binary, small_project, tmp_path):
    pictures = [tmp_path / name for name in ("open.png", "stated.png", "same.png")]
    windows = ([], ["--from", "2024-03-01", "--to", "2024-03-03"], ["--from", "2024-03-01", "--to", "2024-03-03"])
    for target, window in zip(pictures, windows):
        assert run(binary, small_project, "-o", target, "--per", "day", *window).returncode == 0
    assert pictures[0].read_bytes() != pictures[1].read_bytes() == pictures[2].read_bytes()


@pytest.mark.parametrize("lang, words", [("en", ["2024-03-02", "'from' and 'to'"]), ("zh", ["2024-03-02", "“from”"])])
def test_a_day_is_no_time_to_divide_by(binary, small_project, lang, words):
    done = run(binary, small_project, "--category", "litter", "--per", "year", lang=lang)
    assert done.returncode == 2 and all(word in done.stderr for word in words), done.stderr


def test_rats_are_divided_by_their_own_years(binary, project):
    """Other categories reach to 2026; four sightings are six years later than all others."""
    told = record(binary, project, "--category", "311 Rodent", "--per", "year", "--cell", 500)
    assert 6 < told["per"]["units"] < 6.2 and told["per"]["from"] == "2010-01-01T00:00:00"
    assert told["per"]["left_out"] == 4 and any("far from all others" in caution for caution in told["cautions"])
    stated = record(binary, project, "--category", "311 Rodent", "--per", "year", "--cell", 500, "--from", "2010-01-01", "--to",
                    "2023-01-01")
    assert stated["events"] == told["events"] + 4 and stated["per"]["units"] == pytest.approx(13, abs=0.01)


@pytest.mark.parametrize("kernel, variance", [("uniform", 4), ("epanechnikov", 6), ("quartic", 8), ("triweight", 10), ("gaussian", 1)])
def test_a_chosen_bandwidth_spreads_alike_with_every_kernel(binary, small_project, kernel, variance):
    told = record(binary, small_project, "--bandwidth", "scott", "--kernel", kernel)
    sd = told["bandwidth"]["standard_deviation_m"]
    assert told["bandwidth_m"] == pytest.approx(sd * variance**0.5, rel=1e-5)


@pytest.mark.parametrize("rule", ["silverman", "diggle", "ppl", "lscv"])
def test_every_selector_answers(binary, small_project, rule):
    told = record(binary, small_project, "--bandwidth", rule, "--cell", 200)
    assert told["bandwidth"]["rule"] == rule and told["bandwidth_m"] > 0


def test_a_sampled_selector_tells_its_seed_and_depends_on_nothing_else(binary, project):
    arguments = ["--bandwidth", "ppl", "--sample", 300, "--search", "50,3000", "--cell", 1000]
    first, again = (record(binary, project, *arguments, "--seed", 5, "--threads", threads) for threads in (1, 2))
    other = record(binary, project, *arguments, "--seed", 6)
    assert first == again
    assert first["bandwidth"]["seed"] == 5 and first["bandwidth"]["sample"] == 300
    assert other["bandwidth"]["best_candidate_m"] != first["bandwidth"]["best_candidate_m"]
    assert any("random sample" in caution for caution in first["cautions"])


@pytest.mark.parametrize("options", [[], ["--adaptive"], ["--kernel", "gaussian"], ["--kernel", "gaussian", "--exact"],
                                     ["--edge", "uniform"], ["--against", "population"]])
def test_threads_change_nothing(binary, small_project, tmp_path, options):
    files = [tmp_path / f"{threads}.tif" for threads in (1, 3)]
    for threads, file in zip((1, 3), files):
        assert run(binary, small_project, "-o", file, "--threads", threads, "--cell", 50, *options).returncode == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_corrected_edge_keeps_every_incident(binary, small_project, tmp_path):
    cells = ["--bandwidth", 900, "--cell", 25]
    plain = surface(binary, small_project, tmp_path / "p.tif", *cells)[1]
    corrected = surface(binary, small_project, tmp_path / "c.tif", *cells, "--edge", "diggle")[1]
    assert numpy.nansum(plain) * 25 * 25 / 1e6 < 3.9
    assert numpy.nansum(corrected) * 25 * 25 / 1e6 == pytest.approx(4, rel=0.01)


def test_weights_by_word(binary, small_project, tmp_path):
    target, cells = tmp_path / "h.tif", ["--bandwidth", 300, "--cell", 20]
    told, values, _ = surface(binary, small_project, target, *cells, "--weight", "category:litter=5,noise=0")
    assert told["unit"] == "weight per km²" and told["weight"]["sum"] == 5
    alone = surface(binary, small_project, target, *cells, "--category", "litter")[1]
    assert numpy.allclose(values, 5 * alone, equal_nan=True)


def test_relative_risk_is_the_quotient_of_two_maps(binary, small_project, tmp_path):
    cells = ["--bandwidth", 900, "--cell", 50, "--kernel", "triweight"]
    target = tmp_path / "h.tif"
    litter, everything = (surface(binary, small_project, target, *cells, *more)[1] for more in (["--category", "litter"], []))
    told, ratio, _ = surface(binary, small_project, target, *cells, "--category", "litter", "--against", "incidents",
                             "--floor", 0.5, "--mask-below", 0.01)
    with numpy.errstate(invalid="ignore"):
        expected = 4 * litter / numpy.maximum(everything, 0.5)
    expected[everything < 0.01] = numpy.nan
    seen = numpy.isfinite(expected) & (numpy.abs(everything - 0.01) > 1e-6)
    assert seen.any() and numpy.allclose(ratio[seen], expected[seen], rtol=1e-5)
    assert told["ratio"]["floor_per_km2"] == 0.5 and told["ratio"]["n"] == 4
    chosen, other, _ = surface(binary, small_project, target, *cells, "--category", "litter", "--against-category", "litter",
                               "--floor", 0)
    assert chosen["ratio"]["window"] == "category litter" and numpy.nanmax(numpy.abs(other - 1)) < 1e-6


def test_a_rate_over_the_population_is_told_per_thousand(binary, small_project):
    told = record(binary, small_project, "--against", "population", "--bandwidth", 3000, "--edge", "uniform")
    people = sum(900 + 10 * x + y for x in range(4) for y in range(3))
    assert told["ratio"]["n"] == pytest.approx(people)
    assert told["unit"] == "incidents per 1,000 people" and told["mean"] == pytest.approx(4000 / people, rel=0.3)


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_contours_lie_where_the_raster_has_their_value(binary, small_project, tmp_path, ending):
    cells = ["--bandwidth", 400, "--cell", 20]
    target = tmp_path / f"c.{ending}"
    assert run(binary, small_project, "-o", target, *cells, "--levels", "1,3").returncode == 0
    frame = geopandas.read_file(target).to_crs(4549)
    assert set(frame["level"]) == {1, 3} and frame.geometry.is_valid.all() and (frame["closed"] == 1).any()
    _, values, raster = surface(binary, small_project, tmp_path / "h.tif", *cells)
    west, cell, _, north, _, _ = raster.GetGeoTransform()
    for level, line in zip(frame["level"], frame.geometry):
        for x, y in list(line.coords)[::7]:
            i, j = (x - west) / cell - 0.5, (north - y) / cell - 0.5
            around = values[int(j):int(j) + 2, int(i):int(i) + 2]
            assert around.min() - 1e-4 <= level <= around.max() + 1e-4


@pytest.mark.parametrize("zones", ["grids", "police", "community"])
def test_values_of_zones_sum_to_the_incidents(binary, small_project, tmp_path, zones):
    target = tmp_path / "z.csv"
    assert run(binary, small_project, "-o", target, "--zones", zones, "--bandwidth", 300, "--cell", 10, "--edge", "diggle").returncode == 0
    rows = list(csv.DictReader(open(target)))
    assert sum(float(row["integral"]) for row in rows) == pytest.approx(4, rel=0.01)
    assert all(row["provenance"].startswith("kernel density") for row in rows)
    polygons = tmp_path / "z.gpkg"
    assert run(binary, small_project, "-o", polygons, "--zones", zones).returncode == 0
    frame = geopandas.read_file(polygons)
    assert len(frame) == len(rows) and frame.geometry.is_valid.all()


def test_a_window_cuts_the_same_pixels_out(binary, small_project, tmp_path):
    whole = surface(binary, small_project, tmp_path / "w.tif", "--cell", 50)
    part = surface(binary, small_project, tmp_path / "p.tif", "--cell", 50, "--window", "police:P2")
    assert part[1].size < whole[1].size / 2
    (west, cell, _, north, _, _), (x, _, _, y, _, _) = whole[2].GetGeoTransform(), part[2].GetGeoTransform()
    i, j = round((x - west) / cell), round((north - y) / cell)
    rows, columns = part[1].shape
    assert numpy.array_equal(part[1], whole[1][j:j + rows, i:i + columns], equal_nan=True)


def test_along_streets_every_incident_counts_once(binary, small_project, streets, tmp_path):
    for split in ("continuous", "discontinuous"):
        target = tmp_path / f"{split}.gpkg"
        told = record(binary, small_project, "-o", target, "--streets", streets, "--split", split, "--bandwidth", 200, "--piece", 20)
        frame = geopandas.read_file(target)
        assert told["on_streets"] == 3 and told["off_streets"] == 1 and told["unit"] == "incidents per km of street"
        assert (frame["density"] * frame["length_m"]).sum() / 1000 == pytest.approx(3)
        assert told["streets"]["parts"] == 2 and told["streets"]["nodes"] == 7 and told["streets"]["streets"] == 5
        assert frame.geometry.length.sum() == pytest.approx(frame["length_m"].sum(), rel=1e-4)
    picture = tmp_path / "s.png"
    assert run(binary, small_project, "-o", picture, "--streets", streets).returncode == 0
    assert gdal.Open(str(picture)).RasterXSize == 1400


@pytest.mark.parametrize("options", [[], ["--against", "population"], ["--category", "litter", "--against", "incidents"],
                                     ["--per", "day", "--top", "2"], ["--window", "police:P2"]])
def test_pictures_have_the_width_asked_for_and_colours(binary, small_project, tmp_path, options):
    for lang in ("en", "zh"):
        target = tmp_path / f"{lang}.png"
        done = run(binary, small_project, "-o", target, "--width", 800, *options, lang=lang)
        assert done.returncode == 0, done.stderr
        picture = gdal.Open(str(target)).ReadAsArray()
        assert picture.shape[2] == 800 and len(numpy.unique(picture.reshape(picture.shape[0], -1), axis=1).T) > 50
    assert (tmp_path / "en.png").read_bytes() != (tmp_path / "zh.png").read_bytes()


def test_the_format_may_differ_from_the_name(binary, small_project, tmp_path):
    target = tmp_path / "answer"
    assert run(binary, small_project, "-o", target, "--format", "geojson").returncode == 0
    assert json.loads(target.read_text())["provenance"]["method"] == "kernel density"


@pytest.mark.parametrize("arguments, told", [
    (["--bandwidth", "wide"], "silverman"), (["--bandwidth", "-1"], "'bandwidth'"), (["--kernel", "cone"], "epanechnikov"),
    (["--edge", "torus"], "diggle"), (["--adaptive", "--edge", "uniform"], "adaptive"), (["--cell", "0"], "'cell'"),
    (["--weight", "colour"], "severity"), (["--weight", "severity:high"], "severity:high=3"), (["--per", "decade"], "month"),
    (["--against", "cars"], "population"), (["--against", "population", "--against-category", "noise"], "against_"),
    (["--floor", "1"], "'floor'"), (["--against", "population", "--adaptive"], "adaptive"), (["--search", "1,2"], "'search'"),
    (["--bandwidth", "ppl", "--search", "9,2"], "'search'"), (["--levels", "1"], "'levels'"), (["--zones", "grids"], "'zones'"),
    (["--width", "10"], "'width'"), (["--exact"], "'exact'"), (["--streets", "x.geojson", "--kernel", "gaussian"], "gaussian"),
    (["--against-category", "noise", "--per", "day"], "'per'"), (["--hours", "25-3"], "hours"), (["--weekdays", "0"], "weekdays")])
def test_what_has_no_meaning_is_wrong_use_in_both_languages(binary, tmp_path, arguments, told):
    target = tmp_path / ("x.png" if "--width" in arguments else "x.tif")
    english, chinese = (run(binary, tmp_path / "none.gpkg", "-o", target, *arguments, lang=lang) for lang in ("en", "zh"))
    assert english.returncode == chinese.returncode == 2, english.stderr
    assert told in english.stderr and len(english.stderr.splitlines()) == 1
    assert chinese.stderr.startswith("错误: ") and not target.exists()


@pytest.mark.parametrize("arguments, told", [
    (["--zones", "schools"], "police"), (["--window", "grid:7"], "'window'"), (["--category", "nosie"], "noise"),
    (["--weight", "category:nosie=2"], "nosie"), (["--weight", "category"], "no number"), (["--area", "grid:nowhere"], "nowhere"),
    (["--streets", "none.geojson"], "none.geojson"), (["--from", "2030-01-01"], "no incident"), (["--cell", "0.1"], "million pixels")])
def test_what_the_city_does_not_have_is_told_and_nothing_is_written(binary, small_project, tmp_path, arguments, told):
    target = tmp_path / "x.csv"
    done = run(binary, small_project, "-o", target, *arguments)
    assert done.returncode in (1, 2) and told in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1 and os.listdir(tmp_path) == []


def test_no_words_of_english_in_a_chinese_answer(binary, small_project):
    done = run(binary, small_project, "--bandwidth", 100, lang="zh")
    notes = [line for line in done.stderr.splitlines() if line.startswith("注意")]
    assert len(notes) == 2 and not any("The" in line or "incidents" in line for line in notes)
