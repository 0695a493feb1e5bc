"""What a server tells of incidents to those who are not its operator, attacked as a stranger would."""

import csv
import datetime
import io
import itertools
import json
import random
import shutil
import urllib.parse

import pytest
from scipy.optimize import linprog

from client import fetch, refused, tile_path, with_query
from events import LAT, LON, event, grid_at, imported, row, write
from running import run, serving
from small_city import SOUTH, STEP, WEST, SmallCity
from vector_tiles import incidents_by_grid

K = 5
MONTHS = [f"2024-{month:02}" for month in range(1, 7)]
KINDS = {"noise": 10, "litter": 6, "smell": 3}
RARE = "Jane Doe, 5 Main Street"
PROXY = {"X-Forwarded-For": "198.51.100.7"}


def incidents():
    """Many where the city is dense, few elsewhere, and two of a kind that names somebody."""
    draw = random.Random(11)
    squares = [(x, y) for x in range(4) for y in range(3)]
    rows = []
    for i in range(700):
        x, y = draw.choices(squares, [2 ** (n % 6) for n in range(12)])[0]
        kind = draw.choices(list(KINDS), KINDS.values())[0]
        day = f"{draw.choice(MONTHS)}-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:15:00"
        rows.append(row(f"e{i}", day, kind, WEST + STEP * (x + draw.uniform(0.1, 0.9)), SOUTH + STEP * (y + draw.uniform(0.1, 0.9))))
    return rows + [row(f"r{i}", "2024-03-03T10:00:00", RARE) for i in range(2)]


@pytest.fixture(scope="module")
def project(binary, tmp_path_factory):
    city = SmallCity(tmp_path_factory.mktemp("private"))
    city.catalogue["privacy"] = {"k": K}
    city.catalogue["incidents"]["source"] = "many.csv"
    write(city.folder / "many.csv", incidents(), ("id", "at", "kind", "lon", "lat"))
    return city.fused(binary)


@pytest.fixture(scope="module")
def url(binary, project):
    """The operator's server: exact to this machine, public through a proxy."""
    with serving(binary, project) as (address, _):
        yield address


def public(url, path, **parameters):
    return fetch(with_query(url + path, **parameters), headers=PROXY).json


def exact(url, path):
    return fetch(url + path).json


def counts(url, by, **question):
    return public(url, "/api/incidents/counts", by=by, format="json", **question)


def told(url, by="grid,month,category", **question):
    """Counts by key, as the public form tells them; what is not told of a key is empty there."""
    names = by.split(",")
    return {tuple(line[name] for name in names): line["count"] for line in counts(url, by, **question)}


# --- who gets which form

def test_the_operator_is_told_exactly_and_strangers_are_not(url):
    assert (exact(url, "/api/city")["audience"], exact(url, "/api/city")["k"]) == ("operator", K)
    assert exact(url, "/api/incidents")["incidents"] == 702
    for stranger in (PROXY, {"Forwarded": "for=198.51.100.7"}, {"X-Forwarded-Host": "city.example"}, {"X-Real-IP": "198.51.100.7"},
                     {"Via": "1.1 proxy"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        city = fetch(url + "/api/city", headers=stranger).json
        assert (city["audience"], city["k"]) == ("public", K), stranger
        assert city["incidents"] < 702 and city["incidents"] % K == 0, stranger


@pytest.mark.parametrize("options, headers, audience", [
    (("--audience", "public"), {}, "public"),
    (("--host", "0.0.0.0"), {}, "public"),
    (("--audience", "operator"), PROXY, "operator"),
    (("--host", "0.0.0.0", "--audience", "operator"), {}, "operator"),
])
def test_the_audience_can_be_said(binary, project, options, headers, audience):
    with serving(binary, project, *options) as (url, _):
        assert fetch(url + "/api/city", headers=headers).json["audience"] == audience


def test_without_privacy_everybody_is_told_exactly_and_the_server_says_so(binary, small_project):
    with serving(binary, small_project, "--lang", "en") as (url, process):
        city = public(url, "/api/city")
        process.terminate()
        assert "no privacy.k: everybody is told exact counts" in process.stderr.read()
    assert (city["audience"], city["k"], city["incidents"]) == ("public", None, 4)


def test_strangers_neither_add_incidents_nor_read_the_operators_counters(url):
    assert refused(fetch, url + "/api/incidents", [event("new")], headers=PROXY)[0] == 403
    assert refused(fetch, url + "/metrics", headers=PROXY)[0] == 403
    assert exact(url, "/api/incidents")["incidents"] == 702


# --- what the public form tells

def places():
    return [(WEST + STEP * (x + 0.5), SOUTH + STEP * (y + 0.5)) for x in range(4) for y in range(3)]


def test_every_door_tells_the_same_full_batches(url):
    grids = told(url, "grid")
    assert grids and all(code and count % K == 0 for (code,), count in grids.items())
    assert {line["grid"]: line["count"] for line in exact(url, "/api/incidents/counts?by=grid&format=json")} != \
        {code: count for (code,), count in grids.items()}
    total = sum(grids.values())
    about = public(url, "/api/incidents")
    assert about["incidents"] == about["selected"] == total == public(url, "/api/city")["incidents"]
    assert public(url, "/api/incidents/epoch")["incidents"] == total
    for lon, lat in places():
        grid = public(url, "/api/locate", lon=lon, lat=lat)["grid"]
        assert grid["incidents"] == grids.get((grid["code"],), 0)
        for name in ("grids", "incidents"):
            tile = fetch(f"{url}/tiles/{name}/WebMercatorQuad/{tile_path(14, lon, lat)}.mvt", headers=PROXY)
            shown = incidents_by_grid(tile.body)
            assert shown and all(count == grids.get((code,), 0) for code, count in shown.items())
    table = fetch(f"{url}/api/hotspots?format=csv&wait=30", headers=PROXY).text
    cells = {line["cell"]: int(line["events"]) for line in csv.DictReader(io.StringIO(table))}
    assert cells and cells == {code: grids.get((code,), 0) for code in cells}


def test_all_sums_agree(url):
    cells = told(url)
    for names in (("grid",), ("month",), ("category",), ("grid", "month"), ("month", "category"), ("grid", "category")):
        at = ["grid", "month", "category"]
        sums = {}
        for key, count in cells.items():
            part = tuple(key[at.index(name)] for name in names)
            sums[part] = sums.get(part, 0) + count
        assert told(url, ",".join(names)) == sums


def test_a_kind_that_names_somebody_is_told_nowhere(url):
    about = fetch(url + "/api/incidents", headers=PROXY)
    assert about.json["categories"] == sorted(KINDS) and "Jane" not in about.text
    assert "Jane" in fetch(url + "/api/incidents").text
    code, detail = refused(fetch, f"{url}/api/incidents?category={urllib.parse.quote(RARE)}", headers=PROXY)
    assert code == 400 and "litter, noise, smell" in detail


@pytest.mark.parametrize("path, parameters, named", [
    ("/api/incidents", {"area": f"{WEST},{SOUTH},{WEST + STEP},{SOUTH + STEP}"}, "area"),
    ("/api/incidents", {"area": "police:P1"}, "area"),
    ("/api/incidents", {"from": "2024-03-02"}, "from"),
    ("/api/incidents", {"to": "2024-03-01T00:00:01"}, "to"),
    ("/api/incidents", {"hours": "22-4"}, "hours"),
    ("/api/incidents", {"weekdays": "1-5"}, "weekdays"),
    ("/api/incidents", {"agency": "x"}, "agency"),
    ("/api/incidents", {"severity": "x"}, "severity"),
    ("/api/incidents", {"subcategory": "x"}, "subcategory"),
    ("/api/incidents/counts", {"by": "grid,day"}, "by"),
    ("/api/incidents/counts", {"by": "hour"}, "by"),
    ("/api/incidents/counts", {"by": "grid", "area": "health:H1"}, "area"),
    ("/api/incidents/counts", {"by": "grid", "from": "2024-03-01T12:00"}, "from"),
    ("/tiles/heat/WebMercatorQuad/15/27325/12800.png", {"radius": "499"}, "radius"),
    ("/tiles/heat/WebMercatorQuad/15/27325/12800.png", {"from": "2024-03-02"}, "from"),
    ("/api/hotspots", {"cells": "square", "size": "100"}, "cells"),
    ("/api/hotspots", {"cells": "police"}, "cells"),
    ("/api/hotspots", {"sensitivity": "yes"}, "sensitivity"),
    ("/api/hotspots", {"hours": "1-2"}, "hours"),
    ("/api/heatmap", {"bandwidth": "10"}, "bandwidth"),
    ("/api/heatmap", {"bandwidth": "diggle"}, "bandwidth"),
    ("/api/heatmap", {"adaptive": "yes"}, "adaptive"),
    ("/api/heatmap", {"weight": "severity:x=2"}, "weight"),
    ("/api/heatmap", {"along": "streets"}, "along"),
    ("/api/heatmap", {"against_area": "police:P1"}, "area"),
])
def test_finer_questions_are_refused_with_what_is_offered(url, path, parameters, named):
    code, detail = refused(public, url, path, **parameters)
    assert code == 403 and detail.startswith(f'"{named}" asks for more than is public') and "by grid, month and category" in detail
    if path.startswith("/api/h"):
        code, detail = refused(public, url, path, lang="zh", **parameters)
        assert code == 403 and f"“{named}”超出公开范围" in detail
        assert refused(fetch, url + path, parameters, headers=PROXY)[0] == 403


def test_the_public_form_still_answers_what_it_offers(url):
    community = public(url, "/api/incidents", area="community:370202001")["selected"]
    assert 0 < community < public(url, "/api/incidents")["incidents"]
    code = next(iter(told(url, "grid")))[0]
    assert public(url, "/api/incidents", area=f"grid:{code}")["selected"] == told(url, "grid")[code,]
    march = told(url, "grid", **{"from": "2024-03-01", "to": "2024-04-01"})
    cells = told(url)
    assert sum(march.values()) == sum(count for (_, month, _), count in cells.items() if month == "2024-03") > 0
    for picture in (f"/tiles/heat/WebMercatorQuad/{tile_path(13, LON, LAT)}.png?radius=500", "/api/heatmap?bandwidth=600&format=png&wait=30"):
        assert fetch(url + picture, headers=PROXY).body.startswith(b"\x89PNG")


# --- attacks

def test_no_hidden_count_is_bounded_within_k(url):
    """Everything that is told, with the rules by which it is told, as linear inequalities over the hidden counts."""
    cells = told(url)
    known = exact(url, "/api/incidents/counts?by=grid,month,category&format=json")
    truth = {(line["grid"], line["month"], line["category"]): line["count"] for line in known if line["category"] in KINDS}
    rare = {line["grid"]: line["count"] for line in known if line["category"] == RARE}
    grids = sorted({grid for grid, _, _ in truth})
    variables = list(itertools.product(grids, MONTHS, KINDS))
    number = {key: i for i, key in enumerate(variables)}
    bounds = [(cells.get(key, 0), cells.get(key, 0) + K - 1) for key in variables]
    rows, limits = [], []

    def between(keys, low, high):
        ones = [0] * len(variables)
        for key in keys:
            ones[number[key]] = 1
        rows.append([-v for v in ones])
        limits.append(-low)
        if high is not None:
            rows.append(ones)
            limits.append(high)

    most_without_month = (len(MONTHS) - 1) * (K - 1) // K * K
    most_without_kind = (len(KINDS) - 1) * (K - 1) // K * K
    for grid in grids:
        without_kind = cells.get((grid, "", ""), 0)
        for kind in KINDS:
            without_month = cells.get((grid, "", kind), 0)
            low = without_month + sum(cells.get((grid, month, kind), 0) for month in MONTHS)
            between([(grid, month, kind) for month in MONTHS], low, low + K - 1 if without_month < most_without_month else None)
        low = sum(count for key, count in cells.items() if key[0] == grid)
        all_told = without_kind < most_without_kind and all(cells.get((grid, "", kind), 0) < most_without_month for kind in KINDS)
        between([key for key in variables if key[0] == grid], low - rare.get(grid, 0), low + K - 1 if all_told else None)
    assert sum(count for (_, month, kind), count in cells.items() if kind and not month) > 0, "the attack has something to work with"
    for key in variables:
        aim = [0] * len(variables)
        aim[number[key]] = 1
        least = linprog(aim, rows, limits, bounds=bounds, method="highs")
        most = linprog([-v for v in aim], rows, limits, bounds=bounds, method="highs")
        assert least.status == most.status == 0
        low, high = round(least.fun, 6), round(-most.fun, 6)
        assert low <= truth.get(key, 0) <= high
        assert high - low >= K - 1, f"{key} lies from {low} to {high}"


def test_differences_of_answers_are_full_batches(url):
    """Periods, categories, grids and totals, each less every other."""
    sizes = set()
    questions = [{}, *({"category": kind} for kind in KINDS), {"category": ["noise", "smell"]}, {"area": "community:370202001"}]
    spans = [{}, *({"from": f"{a}-01"} for a in MONTHS), *({"to": f"{b}-01"} for b in MONTHS)]
    for question, span in itertools.product(questions, spans):
        sizes.add(public(url, "/api/incidents", **question, **span)["selected"])
    assert len(sizes) > 10 and all((a - b) % K == 0 for a in sizes for b in sizes)


def test_one_incident_more_is_not_seen(binary, project, tmp_path):
    """Two publications, one more incident between them: the same, or a batch became full."""
    copy = shutil.copy(project, tmp_path / "copy.gpkg")
    before = None
    for i in range(K + 1):
        with serving(binary, copy, "--audience", "public") as (url, _):
            now = told(url)
        if before is not None:
            changed = {key: now.get(key, 0) - before.get(key, 0) for key in {*now, *before} if now.get(key, 0) != before.get(key, 0)}
            assert all(change % K == 0 for change in changed.values())
        before = now
        imported(binary, copy, tmp_path, [row(f"n{i}", "2024-03-03T10:00:00", "noise", WEST + 3.5 * STEP, SOUTH + 2.5 * STEP)])


def test_what_comes_today_is_not_told_today(binary, project, tmp_path):
    copy = shutil.copy(project, tmp_path / "copy.gpkg")
    with serving(binary, copy) as (url, _):
        before = public(url, "/api/incidents"), told(url)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        fetch(url + "/api/incidents", [event(f"t{i}", occurred_at=when) for i, when in enumerate([now] * 20 + ["2024-03-03T10:00:00"] * 20)])
        assert exact(url, "/api/incidents")["incidents"] == 742
        after = public(url, "/api/incidents"), told(url)
        assert after == before or after[0]["epoch"] == before[0]["epoch"] + 1, "unless midnight came in between"


def test_caches_never_mix_the_forms(url):
    lon, lat = places()[0]
    addresses = ["/api/incidents", "/api/incidents/epoch", "/api/incidents/counts?by=grid", f"/api/locate?lon={lon}&lat={lat}",
                 f"/tiles/incidents/WebMercatorQuad/{tile_path(14, lon, lat)}.mvt", f"/tiles/grids/WebMercatorQuad/{tile_path(14, lon, lat)}.mvt",
                 f"/tiles/heat/WebMercatorQuad/{tile_path(13, lon, lat)}.png?radius=500"]
    for address in addresses:
        forms = [fetch(url + address, headers=headers) for headers in ({}, PROXY) * 2]
        assert forms[0].body == forms[2].body != forms[1].body == forms[3].body, address
        assert [form.headers["Cache-Control"] for form in forms] == ["private, no-cache", "public, no-cache"] * 2, address
        assert all("Origin" in form.headers["Vary"] for form in forms), address
        for held, other in ((forms[0], PROXY), (forms[1], {})):
            assert fetch(url + address, headers={**other, "If-None-Match": held.headers["ETag"]}).body != held.body, address


def test_a_job_of_the_operator_is_not_there_for_strangers(url):
    result = fetch(f"{url}/api/heatmap?format=json&wait=30&bandwidth=600").headers["Content-Location"]
    for address in (result, result.removesuffix("/result")):
        assert refused(fetch, url + address, headers=PROXY)[0] == 404
        fetch(url + address)


# --- keys that nothing uses yet

def test_fuse_names_keys_that_nothing_uses(binary, city):
    city.catalogue["themes"] = [{"id": "noise", "categories": ["noise"]}]
    city.catalogue["rosters"] = [{"layer": "police", "source": "incidents.csv"}]
    done = city.fuse(binary, "--json")
    text = (city.folder / "city.yaml").read_text().splitlines()
    lines = {key: next(n for n, line in enumerate(text, 1) if line.startswith(f"{key}:")) for key in ("themes", "rosters")}
    warnings = json.loads(done.stdout)["warnings"]
    assert {w["key"]: w["line"] for w in warnings if w["line"]} == lines
    for key, line in lines.items():
        assert f"{city.folder / 'city.yaml'}:{line}:1: warning: '{key}' is checked, but nothing uses it yet" in done.stderr
    chinese = run(binary, "fuse", city.folder / "city.yaml", "-o", city.folder / "zh.gpkg", lang="zh")
    assert chinese.returncode == 0 and "警告：“themes”已检查，但目前尚无功能使用它" in chinese.stderr


def test_answers_in_the_public_form_say_so(url):
    for path in ("/api/heatmap?format=json&wait=30&bandwidth=800&cell=200", "/api/hotspots?format=json&wait=30"):
        text = json.dumps(fetch(url + path, headers=PROXY).json)
        assert "full batches of 5" in text and "geocoded" not in text, text[:400]
        assert "full batches" not in json.dumps(exact(url, path))
    assert public(url, "/api/locate", lon=LON, lat=LAT)["grid"]["incidents_in_multiples_of"] == K
    assert "incidents_in_multiples_of" not in grid_at(url)


def test_refusals_are_in_the_language_that_is_asked_for(url):
    code, detail = refused(fetch, url + "/api/incidents/counts?by=day&lang=zh", headers=PROXY)
    assert code == 403 and "时段" in detail
