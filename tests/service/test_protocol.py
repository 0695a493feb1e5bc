"""The real server at the level of HTTP: what honest, forgetful, hostile and many clients get."""

import concurrent.futures
import gzip
import http.client
import json
import signal
import socket

import pytest

from client import address_of, metric, tile_path
from running import serving

CENTRE = (-73.99, 40.73)  # of New York, for tiles


def path_of(z, suffix="png", map="grids"):
    return f"/tiles/{map}/WebMercatorQuad/{tile_path(z, *CENTRE)}.{suffix}"


@pytest.fixture
def client(server):
    connection = http.client.HTTPConnection(*address_of(server), timeout=30)
    yield connection
    connection.close()


def get(client, path, method="GET", **headers):
    client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = client.getresponse()
    return response, response.read()


def test_health_metrics_and_city(client):
    assert json.loads(get(client, "/healthz")[1])["status"] == "ok"
    assert json.loads(get(client, "/readyz")[1])["status"] == "ok"
    city = json.loads(get(client, "/api/city")[1])
    assert len(city["layers"]) == 12 and city["population"] > 8e6 and {"en", "zh"} <= set(city["name"])
    assert b"gridloom_requests_total{" in get(client, "/metrics")[1]


def test_one_connection_serves_many_requests(client):
    get(client, "/healthz")
    socket_before = client.sock
    for z in (10, 11, 12):
        assert get(client, path_of(z))[0].status == 200
    assert client.sock is socket_before


def test_head_equals_get_without_the_body(client):
    for path in ("/api/city", path_of(12), path_of(12, "mvt"), "/nothing"):
        whole, body = get(client, path)
        head, nothing = get(client, path, "HEAD")
        assert head.status == whole.status and nothing == b""
        assert int(head.headers["Content-Length"]) == len(body)
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/api/city", path_of(12), path_of(12, "mvt"), "/tiles/grids.json"])
def test_what_the_client_has_is_answered_304(client, path):
    first, body = get(client, path)
    again, nothing = get(client, path, If_None_Match=first.headers["ETag"])
    assert again.status == 304 and nothing == b"" and again.headers["ETag"] == first.headers["ETag"]
    assert get(client, path, If_None_Match='"other"')[1] == body


@pytest.mark.parametrize("path", ["/api/city", path_of(12, "mvt")])
def test_gzip_where_it_is_accepted(client, path):
    plain, body = get(client, path)
    packed, bytes_ = get(client, path, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(bytes_) == body
    assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.headers["Vary"].split(", ")
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert get(client, path, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])[0].status == 304


def test_any_origin_may_read(client):
    assert get(client, "/api/city", Origin="http://elsewhere")[0].headers["Access-Control-Allow-Origin"] == "*"
    options, _ = get(client, "/api/city", "OPTIONS", Origin="http://elsewhere", Access_Control_Request_Method="GET")
    assert options.status == 204 and "GET" in options.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_not_allowed(client, method):
    response, body = get(client, "/api/city", method)
    assert response.status == 405 and "GET" in response.headers["Allow"]
    assert json.loads(body)["status"] == 405


@pytest.mark.parametrize("path, status", [
    ("/api/locate", 400), ("/api/locate?lon=a&lat=b", 400), ("/api/locate?lon=-74&lat=91", 400),
    ("/api/locate?lon=-74&lat=40.7&crs=epsg:0", 400), ("/tiles/grids/WebMercatorQuad/a/b/c.png", 400),
    ("/tiles/grids/WebMercatorQuad/3/0/0.jpg", 400), ("/tiles/zones/WebMercatorQuad/12/0/0.png", 400),
    ("/tiles/zones/WebMercatorQuad/12/0/0.png?layer=nothing", 404), ("/tiles/grids/WebMercatorQuad/12/4096/0.png", 404),
    ("/tiles/grids/WebMercatorQuad/99/0/0.png", 404), ("/tiles/nothing/WebMercatorQuad/12/0/0.png", 404), ("/tiles/nothing.json", 404),
    ("/nothing", 404), ("/api/", 404), ("/%zz", 400), ("/%00", 400), ("/?q=%ff", 400),
])
def test_errors_are_problem_documents(client, path, status):
    response, body = get(client, path)
    problem = json.loads(body)
    assert response.status == status == problem["status"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["title"] and problem["detail"]


@pytest.mark.parametrize("path", ["/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                                  "/assets/../../../../etc/passwd", "/.%2e/etc/passwd", "/..\\..\\etc\\passwd", "/index.html/../../x"])
def test_no_path_leads_out_of_the_page(client, path):
    response, body = get(client, path)
    assert response.status in (400, 404) and b"root:" not in body


def say(server, data, *, shut=False):
    """Sends raw bytes; all that comes back until the server closes."""
    with socket.create_connection(address_of(server), timeout=10) as raw:
        raw.sendall(data)
        if shut:
            raw.shutdown(socket.SHUT_WR)
        heard = b""
        while chunk := raw.recv(65536):
            heard += chunk
        return heard


@pytest.mark.parametrize("data, status", [
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n", b"400"),         # TLS
    (b"GET / HTTP/1.1\r\n\r\n", b"400"),                                                        # no Host
    (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 40000 + b"\r\n\r\n", b"431"),
    (b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"431"),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", b"413"),
    (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
    (b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"400"),
    (b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"421"),  # not a proxy
    (b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n", b"421"),              # DNS rebinding
    # A body that two readers may frame differently.
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", b"400"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\nabc", b"400"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", b"400"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"400"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\n", b"400"),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    # Large bodies are for those who may append, and are refused before they are read.
    (b"POST /api/heatmap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"413"),
    (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", b"413"),
    (b"POST /api/incidents HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 100000\r\n\r\n", b"413"),
    (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: tea\r\n\r\nabc", b"417"),
])
def test_hostile_requests_are_refused(server, data, status):
    heard = say(server, data)
    assert heard.startswith(b"HTTP/1.1 " + status), heard[:200]
    assert b"application/problem+json" in heard


def test_an_absolute_target_names_the_host(server):
    host, port = address_of(server)
    for target, host_field in ((f"http://{host}:{port}/healthz", host), (f"HTTP://localhost/healthz", "elsewhere.example")):
        heard = say(server, f"GET {target} HTTP/1.1\r\nHost: {host_field}\r\nConnection: close\r\n\r\n".encode())
        assert heard.startswith(b"HTTP/1.1 200") and b'"status":"ok"' in heard, heard[:300]


def test_who_asks_before_sending_a_body_is_told_to_go_on(server):
    with socket.create_connection(address_of(server), timeout=10) as raw:
        raw.sendall(b"POST /api/heatmap HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        assert raw.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"[]")
        heard = b""
        while chunk := raw.recv(65536):
            heard += chunk
        assert heard.startswith(b"HTTP/1.1 400 ") and b"JSON object" in heard
    # A body that is too large is refused before it is sent.
    heard = say(server, b"POST /api/incidents HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 413 ")


def test_a_server_answers_to_the_names_it_was_given(binary, small_project):
    asked = b"GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
    with serving(binary, small_project, "--allow-host", "maps.city.example") as (url, _):
        for name in (b"maps.city.example", b"MAPS.city.example:443", b"127.0.0.1", b"[::1]:8080", b"10.2.3.4", b"localhost:1"):
            assert say(url, asked % name).startswith(b"HTTP/1.1 200"), name
        for name in (b"evil.example", b"maps.city.example.evil.example", b"city.example", b"127.0.0.1.evil.example"):
            heard = say(url, asked % name)
            assert heard.startswith(b"HTTP/1.1 421 Misdirected Request") and b"--allow-host" in heard, name
    with serving(binary, small_project, "--allow-host", "*") as (url, _):
        assert say(url, asked % b"any.example").startswith(b"HTTP/1.1 200")


def test_a_client_that_breaks_off_harms_nobody(server, client):
    for part in (b"", b"GET", b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"):
        say(server, part, shut=True)
    assert get(client, "/healthz")[0].status == 200


def test_pipelined_requests_are_answered_in_order(server):
    one = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    heard = say(server, one % path_of(13).encode() + one % b"/healthz" + last)
    statuses = [heard[i + 9 : i + 12] for i in range(len(heard)) if heard.startswith(b"HTTP/1.1 ", i)]
    assert statuses == [b"200", b"200", b"404"]


def test_equal_cold_requests_are_drawn_once(server):
    drawn = 'gridloom_renders_total{format="png"}'
    before = metric(server, drawn)
    path = path_of(14, "png?lang=zh", "incidents")

    def fetch(_):
        own = http.client.HTTPConnection(*address_of(server), timeout=60)
        response, body = get(own, path)
        own.close()
        return response.status, body

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = set(pool.map(fetch, range(24)))
    assert len(answers) == 1 and answers.pop()[0] == 200
    assert metric(server, drawn) == before + 1


def test_many_clients_at_once_all_get_their_own_tile(server, client):
    paths = ["/tiles/grids/WebMercatorQuad/13/{}/{}.{}".format(x, y, kind)
             for x in range(2410, 2416) for y in range(3076, 3082) for kind in ("png", "mvt")]

    def fetch(path):
        own = http.client.HTTPConnection(*address_of(server), timeout=60)
        response, body = get(own, path)
        own.close()
        return path, response.status, body

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        at_once = list(pool.map(fetch, paths * 2))
    alone = {path: get(client, path)[1] for path in paths}
    assert all(status in (200, 204) and body == alone[path] for path, status, body in at_once)


def test_the_page_is_served(server, client, root):
    if not (root / "server/web/dist/index.html").exists():
        pytest.fail("server/web/dist is not built: npm ci && npm run build in server/web")
    with_page, body = get(client, "/")
    assert with_page.status == 200 and with_page.headers["Content-Type"].startswith("text/html")
    assert body == (root / "server/web/dist/index.html").read_bytes()


def test_sigterm_finishes_what_is_under_way(binary, small_project):
    with serving(binary, small_project) as (url, process):
        idle = http.client.HTTPConnection(*address_of(url), timeout=10)
        assert get(idle, "/healthz")[0].status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=8) == 0, "who is idle is not waited for: the ten seconds of grace are not used up"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address_of(url), timeout=5)


def test_it_listens_on_loopback_only(server):
    host, port = address_of(server)
    assert host == "127.0.0.1"
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with pytest.raises(OSError):
            socket.create_connection((own, port), timeout=5)
