"""An HTTP client: answers, refusals, tiles and where they lie."""

import email.message
import json
import math
import socket
import time
import typing
import urllib.error
import urllib.parse
import urllib.request

import pytest

EARTH = 20037508.342789244  # half the width of EPSG:3857, metres


class Answer(typing.NamedTuple):
    status: int
    headers: email.message.Message
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


def fetch(url, body=None, method=None, headers=None):
    """The answer to a request; a body that is not bytes is sent as JSON. Raises HTTPError for what is no 2xx."""
    if body is not None and not isinstance(body, bytes):
        body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, body, headers or {}, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return Answer(answer.status, answer.headers, answer.read())


def refused(call, *arguments, **named):
    """(status, detail) of the problem document that a call is refused with."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        call(*arguments, **named)
    problem = json.load(caught.value)
    assert caught.value.headers["Content-Type"] == "application/problem+json" and problem["status"] == caught.value.code
    return caught.value.code, problem["detail"]


def answered(url, found):
    """The answer of an analysis, or that of the job it became on a busy machine."""
    while found.status == 202:
        links = found.json["links"]
        if fetch(url + links["self"]).json["state"] in ("waiting", "running"):
            time.sleep(0.05)
        else:
            found = fetch(url + links["result"])
    return found


def unchanged(url, etag):
    """Whether what has this tag is answered with 304."""
    try:
        return fetch(url, headers={"If-None-Match": etag}).status == 304
    except urllib.error.HTTPError as error:
        return error.code == 304


def address_of(url):
    """(host, port)"""
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def send(url, path, method="GET", body=b""):
    """A request of whose answer nothing is read yet: its connection."""
    raw = socket.create_connection(address_of(url), timeout=10)
    raw.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return raw


def with_query(url, **values):
    """The address with these parameters besides those it has."""
    return url + ("&" if "?" in url else "?") + urllib.parse.urlencode(values, doseq=True) if values else url


def metric(url, name):
    """The sum of the series whose names begin so."""
    lines = fetch(url + "/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def mercator(lon, lat):
    """Metres of EPSG:3857."""
    return EARTH * lon / 180, EARTH / math.pi * math.asinh(math.tan(math.radians(lat)))


def tile_at(z, lon, lat):
    """(column, row) of the tile of WebMercatorQuad that a place lies in."""
    x, y = mercator(lon, lat)
    size = 2 * EARTH / 2**z
    return int((x + EARTH) / size), int((EARTH - y) / size)


def tile_path(z, lon, lat):
    """The same as it stands in addresses: z/x/y."""
    return "/".join(map(str, (z, *tile_at(z, lon, lat))))
