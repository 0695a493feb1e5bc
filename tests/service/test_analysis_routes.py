"""Analyses over HTTP: the answers of the command line, jobs, and tiles beside them."""

import concurrent.futures
import gzip
import io
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import geopandas
import pandas
import pytest
from osgeo import gdal

from running import serving
from small_city import SOUTH, STEP, WEST

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
# Long enough to look at while it runs: a search of a bandwidth among all of New York's incidents of a kind.
LONG = {"bandwidth": "lscv", "sample": "8000", "format": "json"}


@pytest.fixture(scope="module")
def small(binary, small_project):
    with serving(binary, small_project) as (url, _):
        yield url


def fetch(url, body=None, method=None, headers=None):
    data = json.dumps(body).encode() if body is not None and not isinstance(body, bytes) else body
    request = urllib.request.Request(url, data, headers or {}, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.status, answer.headers, answer.read()


def answered(url, found):
    """The answer, or that of the job it became on a busy machine."""
    while found[0] == 202:
        links = json.loads(found[2])["links"]
        if json.loads(fetch(url + links["self"])[2])["state"] in ("waiting", "running"):
            time.sleep(0.05)
        else:
            found = fetch(url + links["result"])
    return found


def ask(url, route, **parameters):
    found = fetch(f"{url}/api/{route}?{urllib.parse.urlencode(parameters, doseq=True)}")
    return found if "wait" in parameters else answered(url, found)


def post(url, route, parameters):
    return answered(url, fetch(f"{url}/api/{route}", parameters))


def refused(call, *arguments, **named):
    with pytest.raises(urllib.error.HTTPError) as caught:
        call(*arguments, **named)
    problem = json.load(caught.value)
    assert caught.value.headers["Content-Type"] == "application/problem+json" and problem["status"] == caught.value.code
    return caught.value.code, problem["detail"]


def command(binary, verb, project, target, *arguments):
    done = subprocess.run([binary, verb, project, "-o", target, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target.read_bytes()


def job(url, **parameters):
    status, headers, body = ask(url, "heatmap", wait=0, **parameters)
    told = json.loads(body)
    assert status == 202 and headers["Location"] == f"/api/jobs/{told['id']}" == told["links"]["self"]
    return url + headers["Location"]


def state(address):
    return json.loads(fetch(address)[2])


def until(address, *states, patience=60):
    start = time.monotonic()
    while (told := state(address))["state"] not in states:
        assert time.monotonic() - start < patience, told
        time.sleep(0.02)
    return told


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
    status, headers, body = ask(small, "heatmap", **query)
    assert status == 200
    assert body == command(binary, "heatmap", small_project, tmp_path / f"h.{query['format']}", *arguments)
    posted = post(small, "heatmap", query)
    assert posted[2] == body and posted[1]["Content-Type"] == headers["Content-Type"]


@pytest.mark.parametrize("format", ["geojson", "csv", "json"])
@pytest.mark.parametrize("query, arguments", [({"cells": "square", "size": 300, "permutations": 99, "inference": "permutation"},
                                               ["--cells", "square", "--size", 300, "--permutations", 99, "--inference", "permutation"]),
                                              ({"method": "moran"}, ["--method", "moran"]),
                                              ({"method": "rate", "least_population": 500, "cells": "square", "size": 800},
                                               ["--method", "rate", "--least-population", 500, "--cells", "square", "--size", 800])])
def test_hotspots_are_those_of_the_command(binary, small_project, small, tmp_path, format, query, arguments):
    _, _, body = ask(small, "hotspots", format=format, **query)
    assert body == command(binary, "hotspots", small_project, tmp_path / f"h.{format}", *arguments)
    assert post(small, "hotspots", {"format": format, **query})[2] == body


@pytest.mark.parametrize("route, more", [("hotspots", {"cells": "hexagon", "size": 300}), ("heatmap", {"zones": "grids"}), ("heatmap", {"levels": "1,2"})])
def test_geopackages_hold_what_the_text_formats_hold(small, tmp_path, route, more):
    frames = {}
    for format in ("gpkg", "geojson"):
        _, headers, body = ask(small, route, format=format, **more)
        assert f'filename="{route}.{format}"' in headers["Content-Disposition"]
        path = tmp_path / f"a.{format}"
        path.write_bytes(body)
        frames[format] = geopandas.read_file(path)
    assert frames["gpkg"].crs.to_epsg() == 4549 and frames["geojson"].crs.to_epsg() == 4326
    numbers = frames["gpkg"].select_dtypes("number").columns
    pandas.testing.assert_frame_equal(pandas.DataFrame(frames["gpkg"][numbers]), pandas.DataFrame(frames["geojson"][numbers]), check_dtype=False)
    assert len(frames["gpkg"]) > 0 and frames["gpkg"].geometry.is_valid.all()


def test_rasters_and_pictures_open(small):
    for format, words in (("tif", "GTiff"), ("png", "PNG")):
        _, headers, body = ask(small, "heatmap", format=format)
        gdal.FileFromMemBuffer("/vsimem/answer", body)
        opened = gdal.Open("/vsimem/answer")
        assert opened.GetDriver().ShortName == words and opened.ReadAsArray().size > 1000
    assert headers["Content-Type"] == "image/png"


def test_a_body_takes_lists_numbers_and_truth(small):
    body = {"format": "json", "category": ["noise"], "levels": None, "adaptive": True, "cell": 50, "bandwidth": 300}
    record = json.loads(post(small, "heatmap", body)[2])
    assert record["events"] == 3 and record["adaptive"] and record["cell_m"] == 50


def test_answers_are_packed_and_validated(small):
    plain = ask(small, "heatmap", format="geojson")
    again = small + plain[1]["Content-Location"]
    packed = fetch(again, headers={"Accept-Encoding": "gzip"})
    assert packed[1]["Content-Encoding"] == "gzip" and gzip.decompress(packed[2]) == plain[2]
    assert fetch(again)[2] == plain[2]
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        fetch(again, headers={"If-None-Match": plain[1]["ETag"]})
    assert unchanged.value.code == 304


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
    told = until(address, "done")
    assert told["share"] == 1 and told["kind"] == "heatmap" and told["content_type"].startswith("text/csv")
    assert fetch(address + "/result")[2] == ask(small, "heatmap", format="csv")[2]
    assert fetch(address, method="DELETE")[0] == 204
    assert refused(fetch, address)[0] == 404


def test_a_job_that_fails_keeps_its_problem(small):
    address = job(small, format="csv", zones="schools")
    told = until(address, "failed")
    assert told["problem"]["status"] == 400 and "police" in told["problem"]["detail"] and "可取" in told["problem"]["detail_zh"]
    assert refused(fetch, address + "/result") == (400, told["problem"]["detail"])


def test_cancel_ends_a_job_soon_and_another_runs_on(binary, project):
    with serving(binary, project) as (url, _):
        first, second = job(url, **LONG), job(url, **LONG, seed=2)
        third = job(url, **LONG, seed=3)
        until(first, "running"), until(second, "running")
        assert state(third)["state"] == "waiting"
        assert refused(fetch, first + "/result")[0] == 409
        start = time.monotonic()
        assert fetch(first, method="DELETE")[0] == 204
        until(first, "cancelled", patience=10)
        assert refused(fetch, first + "/result")[0] == 410
        assert time.monotonic() - start < 5
        until(third, "running")
        assert state(second)["state"] == "running"
        assert fetch(third, method="DELETE")[0] == 204
    # The server has ended in good order with jobs under way.


def test_tiles_are_served_while_analyses_run(binary, project):
    with serving(binary, project, "--threads", "2") as (url, _):
        jobs = [job(url, **LONG), job(url, **LONG, seed=2)]
        for address in jobs:
            until(address, "running")
        waits = []
        for x in range(4):
            for y in range(3):
                start = time.monotonic()
                status, _, body = fetch(f"{url}/tiles/grids/WebMercatorQuad/12/{1204 + x}/{1538 + y}.png")
                waits.append(time.monotonic() - start)
                assert status == 200 and body[:4] == b"\x89PNG"
        assert max(waits) < 5, waits
        # Clients that wait for an analysis hold no worker.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(ask, url, "heatmap", wait=2, **LONG, seed=9 + i) for i in range(8)]
            start = time.monotonic()
            assert fetch(f"{url}/tiles/grids/WebMercatorQuad/13/2412/3078.png")[0] == 200
            assert time.monotonic() - start < 2
            assert {answer.result()[0] for answer in waiting} == {202}
        assert {state(address)["state"] for address in jobs} == {"running"}


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


def test_a_job_sees_the_incidents_of_its_beginning(binary, small_project, tmp_path):
    copy = shutil.copy(small_project, tmp_path / "copy.gpkg")
    with serving(binary, copy) as (url, _):
        event = {"id": "new", "occurred_at": "2024-04-01T10:00:00", "category": "noise", "lon": WEST + STEP, "lat": SOUTH + STEP}
        before = ask(url, "heatmap", format="csv")[2]
        address = job(url, format="csv")
        fetch(f"{url}/api/incidents", [event], headers={"Content-Type": "application/json"})
        until(address, "done")
        assert fetch(address + "/result")[2] == before
        assert json.loads(ask(url, "heatmap", format="json")[2])["events"] == 5


def test_streets_that_the_server_was_given(binary, small_project, tmp_path):
    line = {"type": "LineString", "coordinates": [[WEST, SOUTH + 0.5 * STEP], [WEST + STEP, SOUTH + 0.5 * STEP]]}
    path = tmp_path / "streets.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": line}]}))
    with serving(binary, small_project, "--streets", path) as (url, _):
        body = ask(url, "heatmap", along="streets", format="geojson")[2]
    assert body == command(binary, "heatmap", small_project, tmp_path / "s.geojson", "--streets", path)
    frame = geopandas.read_file(io.BytesIO(body))
    assert (frame["density"] * frame["length_m"]).sum() / 1000 == pytest.approx(2)
