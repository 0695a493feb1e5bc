"""What clients may not do to a server: end it, fill it, or make it work for nobody."""

import http.client
import json
import shutil
import signal
import threading
import time
import urllib.parse

import pytest

from client import address_of, fetch, metric, refused, send
from events import event, having, post
from running import serving, until


@pytest.fixture(scope="module")
def small(binary, small_project, tmp_path_factory):
    project = shutil.copy(small_project, tmp_path_factory.mktemp("greedy") / "city.gpkg")
    with serving(binary, project) as (url, process):
        yield url, process


def answer_to(url, path, body, method="POST"):
    """Status and body, whatever the status."""
    connection = http.client.HTTPConnection(*address_of(url), timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    status, text = answer.status, answer.read()
    connection.close()
    return status, text


NESTED = "[" * 100_000 + "]" * 100_000
MB = 1 << 20


BODIES = {
    "an id of nested arrays": ('[{"id":' + NESTED + "}]", (400, 413)),
    "a value of nested objects": ('[{"a":' * 40_000 + "1" + "}]" * 40_000, (400, 413)),
    "brackets only": ("[" * (15 * MB), (400, 413)),
    "objects only": ('{"a":' * (2 * MB), (400, 413)),
    "empty arrays without end": ("[" + "[]," * (4 * MB) + "[]]", (400, 413)),
    "quotes and backslashes": ('["' + '\\"' * MB, (400, 413)),
    "sixty-five levels": ("[" * 65 + "]" * 65, (400,)),
    "a number beyond all bounds": ('[{"id":"x","lon":1e999}]', (400,)),
    "no UTF-8": (b'[{"id":"\xff\xfe"}]', (400,)),
    "nothing": ("", (400, 202, 200)),
}


@pytest.mark.parametrize("path", ["/api/incidents", "/api/heatmap", "/api/hotspots"])
@pytest.mark.parametrize("name", BODIES)
def test_no_body_ends_or_fills_the_server(small, path, name):
    url, process = small
    body, statuses = BODIES[name]
    before = memory_of(process)
    status, text = answer_to(url, path, body)
    assert status in statuses and len(text) < 1000 or status in (200, 202)
    assert process.poll() is None and fetch(url + "/healthz").json["status"] == "ok"
    assert memory_of(process) - before < 300 * MB


def memory_of(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def test_sixty_four_levels_are_read(small):
    status, text = answer_to(small[0], "/api/incidents", "[" * 64 + "]" * 64)
    assert status == 200 and json.loads(text)["rejected"][0]["reason"] == "must be an object"


LONG = "长" * 100_000  # 300,000 bytes


@pytest.mark.parametrize("key", ["id", "category", "subcategory", "agency", "severity", "status", "occurred_at", "closed_at"])
def test_long_texts_are_refused_row_by_row_and_never_come_back_whole(small, key):
    url, _ = small
    before = having(url)
    status, text = answer_to(url, "/api/incidents", json.dumps([{**event("a"), key: LONG}, {**event("b"), key: "y" * 257}]))
    answer = json.loads(text)
    assert status == 200 and (answer["added"], answer["updated"]) == (0, 0) and len(text) < 1500
    assert all(f"'{key}'" in refusal["reason"] for refusal in answer["rejected"]) and len(answer["rejected"]) == 2
    assert having(url) == before
    fits = "z" * 256
    if key not in ("occurred_at", "closed_at"):
        assert json.loads(answer_to(url, "/api/incidents", json.dumps([{**event("fits-" + key), key: fits}]))[1])["added"] == 1


@pytest.mark.parametrize("id", [LONG, ["a"] * 1000, {"a": {"b": LONG}}, 1.5, True, None, ""], ids=lambda id: type(id).__name__)
def test_a_rejected_id_comes_back_short(small, id):
    status, text = answer_to(small[0], "/api/incidents", json.dumps([event(id, lon="here")]))
    assert status == 200 and len(json.loads(text)["rejected"]) == 1 and len(text) < 600


@pytest.mark.parametrize("target", [
    "/api/locate?lon={}&lat=1", "/api/locate?lon=1&lat=1&crs={}", "/api/incidents?area={}", "/api/incidents?category={}",
    "/api/incidents/counts?by={}", "/api/incidents/counts?hours={}", "/api/heatmap?{}=1", "/api/heatmap?bandwidth={}",
    "/api/hotspots?method={}&lang=zh", "/api/jobs/{}", "/tiles/{}/WebMercatorQuad/1/0/0.png", "/tiles/{}.json", "/{}",
    "/tiles/heat/WebMercatorQuad/1/0/0.png?from={}"])
def test_no_value_of_a_question_comes_back_whole(small, target):
    long = urllib.parse.quote("长" * 1500)
    status, text = answer_to(small[0], target.format(long), None, "GET")
    assert 400 <= status < 500 and len(text) < 1000 and json.loads(text)["detail"]


def test_a_request_has_at_most_a_hundred_thousand_rows(small):
    status, text = answer_to(small[0], "/api/incidents", "[" + "1," * 100_000 + "1]")
    assert status == 413 and b"100000" in text
    status, text = answer_to(small[0], "/api/incidents", "[" + "1," * 20_000 + "1]")
    assert status == 200 and len(json.loads(text)["rejected"]) == 20_001


def test_ten_thousand_categories_are_taken_at_once_and_one_too_many_is_told(binary, copy):
    with serving(binary, copy) as (url, _):
        rows = [event(f"c{i}", **{key: f"{key} {i}" for key in ("category", "subcategory", "agency", "severity", "status")}) for i in range(20_000)]
        assert post(url, rows)["added"] == 20_000
        more = [event(f"d{i}", category=f"more {i}") for i in range(50_000)]
        status, detail = refused(post, url, more)
        assert status == 400 and "65536 different texts" in detail
        assert post(url, [event("after")])["added"] == 1, "the batch was refused alone"
        assert having(url) == 4 + 20_001


# --- work for nobody ---

WIDE = "/tiles/heat/WebMercatorQuad/11/603/769@2x.png?radius={}"  # of New York, with a kernel that takes its time


def test_tiles_of_clients_that_have_left_are_not_drawn(binary, project):
    with serving(binary, project) as (url, _):
        drawn = 'gridloom_renders_total{format="png"}'
        for radius in range(300):
            send(url, WIDE.format(9000 + radius)).close()
        assert fetch(url + WIDE.format(9999)).headers["Content-Type"] == "image/png"
        assert metric(url, drawn) < 100, "most of the three hundred were dropped"


def jobs(url):
    return metric(url, "gridloom_jobs")


LONG_ANALYSIS = "/api/hotspots?method=gi_star&permutations=9999999&inference=permutation&cells=hexagon&size=60&wait=30"


def test_an_analysis_whose_client_left_ends(binary, project):
    with serving(binary, project, "--analyses", "1") as (url, process):
        asked = [send(url, LONG_ANALYSIS) for _ in range(3)]
        until(lambda: jobs(url) == 3)
        for raw in asked:
            raw.close()
        until(lambda: jobs(url) == 0, 20)
        # The place is free for those who stay.
        assert fetch(url + "/api/heatmap?bandwidth=500&cell=500&format=csv&wait=30").status == 200


def test_one_whose_client_has_its_id_goes_on(binary, project):
    with serving(binary, project, "--analyses", "1") as (url, _):
        job = fetch(url + LONG_ANALYSIS.replace("wait=30", "wait=0")).json
        time.sleep(0.5)
        assert fetch(url + "/api/jobs/" + job["id"]).json["state"] in ("running", "waiting")


def test_every_answer_has_a_deadline(binary, project):
    """A second's deadline on tiles that queue up behind each other: all are answered, the late ones with a 503 that says so."""
    with serving(binary, project) as (url, _):
        answers = []

        def ask(radius):
            connection = http.client.HTTPConnection(*address_of(url), timeout=60)
            connection.request("GET", WIDE.format(radius), headers={"X-Request-Timeout": "0"})
            answer = connection.getresponse()
            answers.append((answer.status, answer.headers["Retry-After"], answer.read()))

        threads = [threading.Thread(target=ask, args=(9500 + i,)) for i in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {status for status, _, _ in answers} <= {200, 503} and len(answers) == 60
        late = [body for status, again, body in answers if status == 503 and again == "1"]
        assert late and all(b"X-Request-Timeout" in body for body in late)
        assert fetch(url + WIDE.format(700)).headers["Content-Type"] == "image/png"


def test_a_stop_ends_whatever_runs(binary, project):
    with serving(binary, project) as (url, process):
        asked = [send(url, LONG_ANALYSIS) for _ in range(4)]
        asked += [send(url, WIDE.format(9000 + i)) for i in range(100)]
        until(lambda: jobs(url) == 4)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0  # ten seconds of grace, and some for the machine
        for raw in asked:
            raw.close()
