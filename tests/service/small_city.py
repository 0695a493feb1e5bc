"""A made-up city of a few squares near Qingdao, quick to fuse and easy to break."""

import copy
import csv
import json

import yaml

from running import ran, run

WEST, SOUTH, STEP = 120.30, 36.05, 0.01  # degrees; a square is about 900 m by 1100 m


def square(x0, y0, x1, y1):
    """A ring in squares, counter-clockwise."""
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    return [[WEST + STEP * x, SOUTH + STEP * y] for x, y in corners]


def feature(properties, *rings):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


LAYERS = {
    "communities": [feature({"code": "370202001", "name": "东"}, square(0, 0, 2, 3)),
                    feature({"code": "370202002", "name": "西"}, square(2, 0, 4, 3))],
    "police": [feature({"id": "P1", "name": "一所"}, square(0, 0, 3, 3)), feature({"id": "P2", "name": "二所"}, square(3, 0, 4, 3))],
    "health": [feature({"id": "H1", "name": "a"}, square(0, 0, 4, 1)), feature({"id": "H2", "name": "b"}, square(0, 1, 4, 2)),
               feature({"id": "H3", "name": "c"}, square(0, 2, 4, 3))],
    "people": [feature({"id": f"{x}{y}", "people": 900 + 10 * x + y}, square(x, y, x + 1, y + 1)) for x in range(4) for y in range(3)],
}

CATALOGUE = {
    "id": "small",
    "code": "370202",
    "name": {"en": "Small", "zh": "小城"},
    "crs": "EPSG:4549",
    "time_zone": "Asia/Shanghai",
    "frame": {"levels": [{"id": "city", "title": {"en": "City", "zh": "市"}},
                         {"id": "community", "title": {"en": "Community", "zh": "社区"}, "source": "communities.geojson",
                          "key": "code", "name": "name"}]},
    "layers": [{"id": name, "title": {"en": name, "zh": zh}, "department": {"en": name, "zh": zh}, "source": f"{name}.geojson",
                "key": "id", "name": "name", "rank": rank, "accuracy": 10}
               for rank, (name, zh) in enumerate([("police", "公安"), ("health", "卫健")], 1)],
    "population": {"source": "people.geojson", "key": "id", "name": "id", "people": "people"},
    "incidents": {"source": "incidents.csv", "id": "id", "occurred_at": "at", "category": "kind", "lon": "lon", "lat": "lat"},
    "unify": {"nest_in": "community", "households": {"min": 300, "max": 1200}, "people_per_household": 2.5, "serial_digits": 3,
              "seed": 1},
}

INCIDENTS = [
    ("1", "2024-03-01T23:30:00", "noise", WEST + 0.5 * STEP, SOUTH + 0.5 * STEP),
    ("2", "2024-03-01T02:00:00", "noise", WEST + 0.5 * STEP, SOUTH + 0.5 * STEP),
    ("3", "2024-03-02", "noise", WEST + 2.5 * STEP, SOUTH + 1.5 * STEP),
    ("4", "2024-03-02T12:00:00", "litter", WEST + 3.5 * STEP, SOUTH + 2.5 * STEP),
]


class SmallCity:
    """Files in a folder; change `catalogue` and `layers` before `write`."""

    def __init__(self, folder):
        self.folder = folder
        self.catalogue = copy.deepcopy(CATALOGUE)
        self.layers = copy.deepcopy(LAYERS)

    def layer(self, name):
        return next(entry for entry in self.catalogue["layers"] if entry["id"] == name)

    def write(self):
        for name, features in self.layers.items():
            text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
            (self.folder / f"{name}.geojson").write_text(text)
        with open(self.folder / "incidents.csv", "w", newline="") as file:
            csv.writer(file).writerows([("id", "at", "kind", "lon", "lat"), *INCIDENTS])
        path = self.folder / "city.yaml"
        path.write_text(yaml.safe_dump(self.catalogue, allow_unicode=True, sort_keys=False))
        return path

    @property
    def project(self):
        return self.folder / "city.gpkg"

    def fuse(self, binary, *options, to=None, lang="en"):
        """Writes the files and runs `gridloom fuse`: the finished process, whatever its exit code."""
        return run(binary, "fuse", self.write(), "-o", to or self.project, *options, lang=lang)

    def fused(self, binary, *options, to=None):
        """The same where it must succeed: the project's path."""
        ran(binary, "fuse", self.write(), "-o", to or self.project, *options)
        return to or self.project
