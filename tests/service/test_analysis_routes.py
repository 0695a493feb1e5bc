"""Analyses over HTTP: the answers of the command line, jobs, and tiles beside them."""

import gzip
import io
import json
import select
import urllib.error

import geopandas
import pandas
import pytest
from osgeo import gdal

from client import answered, fetch, metric, refused, send, unchanged, with_query
from events import event, post
from running import ran, serving, until
from small_city import SOUTH, STEP, WEST

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
# Long enough to look at while it runs: a search of a bandwidth among all of New York's incidents of a kind.
LONG = {"bandwidth": "lscv", "sample": "8000", "format": "json"}


@pytest.fixture(scope="module")
def small(binary, small_project):
    with serving(binary, small_project) as (url, _):
        yield url


def ask(url, route, **parameters):
    found = fetch(with_query(f"{url}/api/{route}", **parameters))
    return found if "wait" in parameters else answered(url, found)


def ask_by_post(url, route, parameters):
    return answered(url, fetch(f"{url}/api/{route}", parameters))


def command(binary, verb, project, target, *arguments):
    ran(binary, verb, project, "-o", target, *arguments, lang=None)
    return target.read_bytes()


def job(url, **parameters):
    """The address of an analysis that was asked for and not waited for."""
    found = ask(url, "heatmap", wait=0, **parameters)
    address = found.headers["Location"]
    assert found.status == 202 and address == f"/api/jobs/{found.json['id']}" == found.json["links"]["self"]
    return url + address


def state(address):
    return fetch(address).json


def reached(address, *states):
    """What a job tells once it is in one of these states."""
    return until(lambda: (told := state(address))["state"] in states and told, 60)


# --- the same answers ---

HEAT = [({"format": "tif", "cell": 50, "edge": "uniform"}, ["--cell", 50, "--edge", "uniform"]),
        ({"format": "png", "width": 700, "per": "day"}, ["--width", 700, "--per", "day"]),
        ({"format": "png", "lang": "zh"}, ["--lang", "zh"]),
        ({"format": "geojson", "levels": "1,2", "category": ["noise", "litter"]}, ["--levels", "1,2", "--category", "noise", "--category", "litter"]),
        ({"format": "csv", "zones": "police", "against": "population"}, ["--zones", "police", "--against", "population"]),
        ({"format": "csv", "against_category": "noise", "floor": 1}, ["--against-category", "noise", "--floor", 1]),
        ({"format": "json", "bandwidth": "silverman", "adaptive": "yes", "hours": "1-13"}, ["--bandwidth", "silverman", "--adaptive", "--hours", "1-13"])]


@pytest.mark.parametrize("query, arguments", HEAT)
def test_heatmaps_are_those_of_the_command(binary, small_project, small, tmp_path, query, arguments):
    got, posted = ask(small, "heatmap", **query), ask_by_post(small, "heatmap", query)
    assert got.status == 200
    assert got.body == command(binary, "heatmap", small_project, tmp_path / f"h.{query['format']}", *arguments)
    assert posted.body == got.body and posted.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("format", ["geojson", "csv", "json"])
@pytest.mark.parametrize("query, arguments", [({"cells": "square", "size": 300, "permutations": 99, "inference": "permutation"},
                                               ["--cells", "square", "--size", 300, "--permutations", 99, "--inference", "permutation"]),
                                              ({"method": "moran"}, ["--method", "moran"]),
                                              ({"method": "rate", "least_population": 500, "cells": "square", "size": 800},
                                               ["--method", "rate", "--least-population", 500, "--cells", "square", "--size", 800])])
def test_hotspots_are_those_of_the_command(binary, small_project, small, tmp_path, format, query, arguments):
    body = ask(small, "hotspots", format=format, **query).body
    assert body == command(binary, "hotspots", small_project, tmp_path / f"h.{format}", *arguments)
    assert ask_by_post(small, "hotspots", {"format": format, **query}).body == body


@pytest.mark.parametrize("route, more", [("hotspots", {"cells": "hexagon", "size": 300}), ("heatmap", {"zones": "grids"}), ("heatmap", {"levels": "1,2"})])
def test_geopackages_hold_what_the_text_formats_hold(small, tmp_path, route, more):
    frames = {}
    for format in ("gpkg", "geojson"):
        answer = ask(small, route, format=format, **more)
        assert f'filename="{route}.{format}"' in answer.headers["Content-Disposition"]
        path = tmp_path / f"a.{format}"
        path.write_bytes(answer.body)
        frames[format] = geopandas.read_file(path)
    assert frames["gpkg"].crs.to_epsg() == 4549 and frames["geojson"].crs.to_epsg() == 4326
    numbers = frames["gpkg"].select_dtypes("number").columns
    pandas.testing.assert_frame_equal(pandas.DataFrame(frames["gpkg"][numbers]), pandas.DataFrame(frames["geojson"][numbers]), check_dtype=False)
    assert len(frames["gpkg"]) > 0 and frames["gpkg"].geometry.is_valid.all()


def test_rasters_and_pictures_open(small):
    for format, words in (("tif", "GTiff"), ("png", "PNG")):
        answer = ask(small, "heatmap", format=format)
        gdal.FileFromMemBuffer("/vsimem/answer", answer.body)
        opened = gdal.Open("/vsimem/answer")
        assert opened.GetDriver().ShortName == words and opened.ReadAsArray().size > 1000
    assert answer.headers["Content-Type"] == "image/png"


def test_a_body_takes_lists_numbers_and_truth(small):
    body = {"format": "json", "category": ["noise"], "levels": None, "adaptive": True, "cell": 50, "bandwidth": 300}
    record = ask_by_post(small, "heatmap", body).json
    assert record["events"] == 3 and record["adaptive"] and record["cell_m"] == 50


def test_answers_are_packed_and_validated(small):
    plain = ask(small, "heatmap", format="geojson")
    again = small + plain.headers["Content-Location"]
    packed = fetch(again, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
    assert fetch(again).body == plain.body
    assert unchanged(again, plain.headers["ETag"])


# --- what cannot be ---

@pytest.mark.parametrize("route, query, told", [
    ("heatmap", {"bandwidth": "wide"}, "silverman"), ("heatmap", {"format": "jpeg"}, "geojson"), ("heatmap", {"kernl": "x"}, "kernl"),
    ("heatmap", {"category": "nosie"}, "noise"), ("heatmap", {"zones": "schools", "format": "csv"}, "police"),
    ("heatmap", {"wait": 31}, "wait"), ("heatmap", {"from": "soon"}, "soon"), ("heatmap", {"cell": ["1", "2"]}, "more than once"),
    ("heatmap", {"against_hours": "25-1"}, "hours"), ("heatmap", {"along": "streets", "format": "csv"}, "--streets"),
    ("heatmap", {"cell": 0.5, "format": "tif"}, "million pixels"), ("hotspots", {"format": "png"}, "gpkg"),
    ("hotspots", {"method": "kriging"}, "gi_star"), ("hotspots", {"against_category": "noise"}, "against_"),
    ("hotspots", {"area": "grid:7"}, "'7'")])
def test_questions_without_meaning_are_problems(small, route, query, told):
    status, detail = refused(ask, small, route, **query)
    assert status == 400 and told in detail


def test_problems_come_in_chinese_too(small):
    assert "可取" in refused(ask, small, "heatmap", kernel="cone", lang="zh")[1]


@pytest.mark.parametrize("body, told", [(b"{", "not JSON"), (b"[1]", "JSON object"), ({"cell": {"m": 1}}, "'cell'"), (b" " * 70_000, "64 KiB")])
def test_bodies_without_meaning(small, body, told):
    status, detail = refused(fetch, f"{small}/api/heatmap", body)
    assert status in (400, 413) and told in detail


def test_jobs_that_are_not_there_and_methods(small):
    assert refused(fetch, f"{small}/api/jobs/none")[0] == 404
    assert refused(fetch, f"{small}/api/jobs/none/result")[0] == 404
    assert refused(fetch, f"{small}/api/jobs/none", method="DELETE")[0] == 404
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetch(f"{small}/api/heatmap", method="DELETE")
    assert caught.value.code == 405 and caught.value.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


# --- jobs ---

def test_a_job_is_made_told_and_kept(small):
    address = job(small, format="csv")
    told = reached(address, "done")
    assert told["share"] == 1 and told["kind"] == "heatmap" and told["content_type"].startswith("text/csv")
    assert fetch(address + "/result").body == ask(small, "heatmap", format="csv").body
    assert fetch(address, method="DELETE").status == 204
    assert refused(fetch, address)[0] == 404


def test_a_job_that_fails_keeps_its_problem(small):
    address = job(small, format="csv", zones="schools")
    told = reached(address, "failed")
    assert told["problem"]["status"] == 400 and "police" in told["problem"]["detail"] and "可取" in told["problem"]["detail_zh"]
    assert refused(fetch, address + "/result") == (400, told["problem"]["detail"])


def test_cancel_ends_a_job_before_another_that_began_with_it(binary, project):
    with serving(binary, project) as (url, _):
        first, second = job(url, **LONG), job(url, **LONG, seed=2)
        third = job(url, **LONG, seed=3)
        reached(first, "running"), reached(second, "running")
        assert state(third)["state"] == "waiting"
        assert refused(fetch, first + "/result")[0] == 409
        assert fetch(first, method="DELETE").status == 204
        reached(first, "cancelled")
        assert refused(fetch, first + "/result")[0] == 410
        reached(third, "running")
        assert state(second)["state"] == "running"
        assert fetch(third, method="DELETE").status == 204
    # The server has ended in good order with jobs under way.


def test_tiles_are_served_while_analyses_run(binary, project):
    with serving(binary, project, "--threads", "2") as (url, _):
        jobs = [job(url, **LONG), job(url, **LONG, seed=2)]
        for address in jobs:
            reached(address, "running")
        for x in range(4):
            for y in range(3):
                assert_tile(f"{url}/tiles/grids/WebMercatorQuad/12/{1204 + x}/{1538 + y}.png")
        # Clients that wait for an analysis hold no worker: the tile comes before any of them is answered.
        waiting = [send(url, with_query("/api/heatmap", wait=30, **LONG, seed=9 + i)) for i in range(8)]
        until(lambda: metric(url, "gridloom_jobs") == 10)
        assert_tile(f"{url}/tiles/grids/WebMercatorQuad/13/2412/3078.png")
        assert select.select(waiting, [], [], 0)[0] == []
        for client in waiting:
            client.close()
        assert ask(url, "heatmap", wait=1, **LONG, seed=99).status == 202
        assert {state(address)["state"] for address in jobs} == {"running"}


def assert_tile(address):
    tile = fetch(address)
    assert tile.status == 200 and tile.body.startswith(b"\x89PNG")


def test_too_many_jobs_are_refused(binary, project):
    with serving(binary, project, "--analyses", "1") as (url, _):
        for seed in range(17):
            job(url, **LONG, seed=seed)
        for _ in range(2):
            try:
                job(url, **LONG, seed=99)
            except urllib.error.HTTPError as error:
                assert error.code == 503 and error.headers["Retry-After"]
                break
        else:
            pytest.fail("all were taken")


def test_a_job_sees_the_incidents_of_its_beginning(binary, copy):
    with serving(binary, copy) as (url, _):
        before = ask(url, "heatmap", format="csv").body
        address = job(url, format="csv")
        post(url, [event("new")])
        reached(address, "done")
        assert fetch(address + "/result").body == before
        assert ask(url, "heatmap", format="json").json["events"] == 5


def test_streets_that_the_server_was_given(binary, small_project, tmp_path):
    line = {"type": "LineString", "coordinates": [[WEST, SOUTH + 0.5 * STEP], [WEST + STEP, SOUTH + 0.5 * STEP]]}
    path = tmp_path / "streets.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": line}]}))
    with serving(binary, small_project, "--streets", path) as (url, _):
        body = ask(url, "heatmap", along="streets", format="geojson").body
    assert body == command(binary, "heatmap", small_project, tmp_path / "s.geojson", "--streets", path)
    frame = geopandas.read_file(io.BytesIO(body))
    assert (frame["density"] * frame["length_m"]).sum() / 1000 == pytest.approx(2)
