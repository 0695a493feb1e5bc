"""Incidents for the small city: as rows, as CSV files, through HTTP; and what a project and a server then have of them."""

import csv
import io

from client import fetch
from geopackage import features, rows
from running import answer_of, ran
from small_city import SOUTH, STEP, WEST

LON, LAT = WEST + 0.5 * STEP, SOUTH + 0.5 * STEP  # in the middle of the first square: community 370202001, police P1
HEADER = ("id", "occurred_at", "category", "lon", "lat")


def event(id, **changes):
    """An incident as it is posted."""
    return {"id": id, "occurred_at": "2024-04-01T10:00:00", "category": "noise", "lon": LON, "lat": LAT, **changes}


def row(id, occurred_at="2024-05-01T10:00:00", category="heat", lon=LON, lat=LAT):
    """An incident as it stands in a CSV file under HEADER."""
    return id, occurred_at, category, lon, lat


def write(path, lines, header=HEADER):
    """A CSV file: its path."""
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *lines])
    return path


def imported(binary, project, folder, lines):
    """Rows, written to a file and imported: what the command tells."""
    return answer_of(binary, "incidents", "import", project, write(folder / "import.csv", lines))


def post(url, events, headers=None):
    return fetch(url + "/api/incidents", events, headers={"Content-Type": "application/json", **(headers or {})}).json


# --- what a project has ---

def counts(binary, project, by, *more):
    """The table of `incidents counts`."""
    return list(csv.DictReader(io.StringIO(ran(binary, "incidents", "counts", project, "--by", by, *more).stdout)))


def total(binary, project):
    return sum(int(line["count"]) for line in counts(binary, project, "category"))


def ids(project):
    """Those of the project's table and of a log inside it."""
    tables = rows(project, "SELECT name FROM sqlite_master WHERE name IN ('incidents', 'incident_log')")
    return {id for table, in tables for id, in rows(project, f"SELECT id FROM {table}")}


def seen_by_others(project):
    """What QGIS and ogr2ogr see: grids of table incidents by id."""
    return {attributes["id"]: attributes["grid_code"] for attributes, _ in features(project, "incidents")}


# --- what a server has ---

def having(url):
    """How many incidents."""
    return fetch(url + "/api/incidents/epoch").json["incidents"]


def grid_at(url, lon=LON, lat=LAT):
    """The grid of a place as the server tells it, with its number of incidents."""
    return fetch(f"{url}/api/locate?lon={lon}&lat={lat}").json["grid"]


def heat(url, place, query="", scale=""):
    """The heat tile of a place z/x/y."""
    return fetch(f"{url}/tiles/heat/WebMercatorQuad/{place}{scale}.png?{query}")
