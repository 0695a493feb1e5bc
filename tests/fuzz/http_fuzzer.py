#!/usr/bin/python3
"""Requests that no client should send, against a real server: mutated bodies, queries, headers and framings.

    tests/fuzz/http_fuzzer.py build/gridloom city.gpkg --minutes 60 --seed 1

Works on a copy of the project. A server that ends, answers 500, stops answering within 30 seconds, quotes a client at
length or grows without end has failed: exit code 1, and the request is left in the folder that is printed. The same
seed sends the same requests.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOST = "localhost"
EVENT = {"id": "x", "occurred_at": "2024-04-01T10:00:00", "category": "noise", "subcategory": "s", "agency": "a", "severity": "high",
         "status": "open", "closed_at": "2024-04-02", "lon": 120.305, "lat": 36.055}
QUESTIONS = {
    "/api/heatmap": {"bandwidth": "500", "cell": "200", "kernel": "quartic", "from": "2024-01-01", "category": "noise", "format": "json", "wait": "0",
                     "per": "year", "edge": "uniform", "levels": "5", "zones": "grids", "against": "population", "area": "police:P1"},
    "/api/hotspots": {"method": "gi_star", "cells": "hexagon", "size": "500", "permutations": "99", "fdr": "0.05", "format": "json", "wait": "0",
                      "population": "yes", "weights": "queen", "alternative": "greater"},
    "/api/incidents": {"from": "2024-01-01", "to": "2025-01-01", "hours": "22-4", "weekdays": "1-5", "category": "noise", "area": "1,2,3,4"},
    "/api/incidents/counts": {"by": "grid,month,category", "format": "json", "hours": "1-2"},
    "/api/incidents/epoch": {}, "/api/city": {}, "/healthz": {}, "/readyz": {}, "/metrics": {}, "/api/jobs/0": {},
    "/api/locate": {"lon": "120.305", "lat": "36.055", "crs": "gcj02"},
    "/tiles/grids.json": {"lang": "zh", "layer": "police", "format": "mvt"},
    "/tiles/heat/WebMercatorQuad/14/13663/6428.png": {"radius": "500", "from": "2024-01-01"},
    "/tiles/heat/WorldCRS84Quad/12/6834/1227@2x.png": {"radius": "9000"},
    "/tiles/incidents/WebMercatorQuad/14/13663/6428.mvt": {"lang": "zh"},
    "/tiles/department/WebMercatorQuad/14/13663/6428@2x.png": {"layer": "police"},
}
ODD = ["", "0", "-1", "1e999", "nan", "inf", "-0", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308", "null", "true",
       "'", '"', "\\", "%00", "%ff", "%F0%9F%92%A9", "长" * 40, "a" * 300, "a" * 9000, "../../etc/passwd", "2024-13-45", "24-24", "1-1",
       "0,0,0,0", "-180,-90,180,90", "grid:", ":", "epsg:0", "epsg:4326", "<script>", "{}", "[]", "\u202e", "\t", "%0d%0aX: y"]
VALUES = [None, True, False, 0, -1, 1.5, 1e308, -1e308, 2**63 - 1, -2**63, 2**64, "", "x", "长" * 90, "y" * 257, "z" * 20_000, [], {}, [[]], {"a": {}},
          "2024-01-01T00:00:00", "9999-12-31T23:59:59", "0000-00-00", "2024-02-30", "2024-01-01T10:00:00+99:99", float("nan"), "\ud800", "\x00"]


class Requests:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self):
        return self.random.choice(VALUES)

    def row(self):
        if self.random.random() < 0.05:
            return self.value()
        row = {**EVENT, "id": f"f{self.random.randrange(5000)}"}
        for key in self.random.sample(list(row), self.random.choice([0, 0, 1, 2, 5])):
            if self.random.random() < 0.3:
                del row[key]
            else:
                row[key] = self.value()
        return row

    def nested(self):
        depth, kind = self.random.choice([3, 63, 64, 65, 1000, 200_000]), self.random.choice(["[", '{"a":'])
        return (kind * depth + "1" + ("]" if kind == "[" else "}") * self.random.choice([depth, depth - 1, 0])).encode()

    def body(self, path):
        choice = self.random.random()
        if choice < 0.08:
            return self.nested()
        if choice < 0.12:
            return self.random.randbytes(self.random.choice([1, 100, 70_000]))
        if path == "/api/incidents":
            made = [self.row() for _ in range(self.random.choice([0, 1, 3, 30, 300]))]
        else:
            made = {key: self.value() if self.random.random() < 0.3 else value for key, value in QUESTIONS.get(path, {}).items()
                    if self.random.random() < 0.5}
            if self.random.random() < 0.2:
                made[self.random.choice(ODD)] = self.value()
        body = bytearray(json.dumps(made, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass"))
        while body and self.random.random() < 0.25:
            self.damage(body)
        return bytes(body)

    def damage(self, body):
        at = self.random.randrange(len(body))
        what = self.random.random()
        if what < 0.4:
            body[at] = self.random.randrange(256)
        elif what < 0.6:
            del body[at : at + self.random.randrange(1, 20)]
        elif what < 0.8:
            body[at:at] = self.random.choice([b"[", b"{", b'"', b"\\", b",", b":", b"\x00", b"\xff", b"1e", b"\\u"])
        else:
            body[at:at] = body[at : at + self.random.randrange(1, 200)]

    def query(self, path):
        pairs = []
        for key, value in QUESTIONS[path].items():
            if self.random.random() < 0.4:
                pairs.append((key, self.random.choice(ODD) if self.random.random() < 0.3 else value))
        if pairs and self.random.random() < 0.1:
            pairs.append(self.random.choice(pairs))
        if self.random.random() < 0.05:
            pairs.append((self.random.choice(ODD), self.random.choice(ODD)))
        text = "&".join(f"{key}={value}" for key, value in pairs)
        return ("?" + text if text else "").replace(" ", "+")

    def request(self):
        """Bytes of one request, and whether its framing is in order."""
        path = self.random.choice(list(QUESTIONS))
        method = self.random.choices(["GET", "POST", "HEAD", "DELETE", "OPTIONS", "PUT", "G\x00T"], [50, 40, 3, 2, 2, 2, 1])[0]
        if method == "POST":
            path = self.random.choices(["/api/incidents", "/api/heatmap", "/api/hotspots", path], [70, 12, 12, 6])[0]
        target = path + self.query(path)
        if self.random.random() < 0.03:
            target = self.random.choice(["http://localhost", "http://evil.example", "HTTP://[::1]:80", "//", "*", "?"]) + target
        if self.random.random() < 0.03:
            at = self.random.randrange(len(target) + 1)
            target = target[:at] + self.random.choice(ODD) + target[at:]
        body = self.body(path) if method == "POST" else b""
        headers = [("Host", HOST if self.random.random() < 0.97 else self.random.choice(["evil.example", "", "[", "a b"]))]
        orderly = self.random.random() < 0.93
        if orderly:
            headers.append(("Content-Length", str(len(body))))
        else:
            headers += self.random.sample([("Content-Length", str(len(body))), ("Content-Length", "-1"), ("Transfer-Encoding", "chunked"),
                                           ("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "gzip, chunked"), ("Content-Length", "18446744073709551617"),
                                           ("Expect", "100-continue"), ("Expect", "x"), ("Connection", "close"), ("Upgrade", "h2c")], 3)
        for header in (("Accept-Encoding", "gzip"), ("If-None-Match", '"x"'), ("Origin", "http://evil.example"), ("X-Request-Timeout", "nan")):
            if self.random.random() < 0.05:
                headers.append(header)
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        return head.encode("utf-8", "surrogatepass") + body, orderly


class Server:
    def __init__(self, binary, project):
        self.process = subprocess.Popen([binary, "serve", project, "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        url = json.loads(self.process.stdout.readline())["url"]
        self.port = int(url.rsplit(":", 1)[1])

    def ask(self, data, wait, leave=False):
        """What comes back until the server is silent; empty where it closes at once."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as raw:
            raw.settimeout(wait)
            try:
                raw.sendall(data)
                if leave:
                    return b""
                heard = raw.recv(65536)
                head, _, rest = heard.partition(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                while len(rest) < length and not data.startswith(b"HEAD"):
                    more = raw.recv(65536)
                    if not more:
                        break
                    rest += more
                return head + b"\r\n\r\n" + rest
            except (ConnectionResetError, BrokenPipeError):
                return b""

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024


def fault_of(server, data, orderly, leave):
    try:
        heard = server.ask(data, 30 if orderly else 1, leave)
    except socket.timeout:
        # What is framed out of order may rightly be waited for.
        return "no answer within 30 seconds" if orderly else None
    except ConnectionRefusedError:
        return "the server is gone"
    if server.process.poll() is not None:
        return f"the server ended with {server.process.returncode}"
    if heard.startswith(b"HTTP/1.1 500"):
        return "answered 500"
    if heard.startswith(b"HTTP/1.1 4") and len(heard) > 3000:
        return f"a refusal of {len(heard)} bytes"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog="e.g. tests/fuzz/http_fuzzer.py build/gridloom city.gpkg --minutes 5")
    parser.add_argument("binary")
    parser.add_argument("project")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gridloom-fuzz-"))
    server = Server(options.binary, shutil.copy(options.project, folder / "city.gpkg"))
    requests = Requests(options.seed)
    sent, start, first = 0, time.monotonic(), None
    while time.monotonic() - start < 60 * options.minutes:
        data, orderly = requests.request()
        fault = fault_of(server, data, orderly, requests.random.random() < 0.05)
        sent += 1
        if sent == 2000:
            first = server.memory()
        if first and sent % 2000 == 0 and server.memory() > first + 1500:
            fault = f"grown from {first} to {server.memory()} MiB"
        if fault:
            (folder / "request").write_bytes(data)
            print(f"request {sent}: {fault}; {folder / 'request'}\n{data[:300]!r}")
            return 1
    status, last = server.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 30)[9:12].decode(), server.memory()
    server.process.send_signal(signal.SIGTERM)
    ended = server.process.wait(timeout=30)
    print(f"{sent} requests in {options.minutes:g} minutes: healthz {status}, {first} -> {last} MiB, the server ended with {ended}")
    shutil.rmtree(folder)
    return 0 if status == "200" and ended == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
