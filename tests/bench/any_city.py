"""Any city: a folder with a catalogue is fused, proven and asked for what is known of it by others (scripts/bench city)."""

import csv
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import time

import geopandas
import shapely.geometry
import shapely.prepared
import yaml


def fused(gridloom, catalogue, project, threads):
    """Seconds, peak MiB and the summary of a fusion."""
    start = time.monotonic()
    with subprocess.Popen([gridloom, "fuse", catalogue, "-o", project, "--threads", str(threads), "--json"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        summary = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - start, usage.ru_maxrss / 1024, summary


def short(value):
    """What two spellings of a number or code have in common: "Precinct 074" and "74" are one."""
    words = re.findall(r"\w+", str(value))
    return words[-1].lstrip("0").upper() if words else ""


def delivered_layers(project):
    with sqlite3.connect(f"file:{project}?mode=ro", uri=True) as database:
        return [layer for layer, in database.execute("SELECT id FROM layers ORDER BY rowid")]


def lost_cells(project):
    """Delivered cells without ground, that no conflict tells of."""
    lost = 0
    with sqlite3.connect(f"file:{project}?mode=ro", uri=True) as database:
        for layer in delivered_layers(project):
            told = {i for kind, ids in database.execute(
                "SELECT kind, ids_before FROM conflicts WHERE layer = ? AND kind IN ('lost_cell', 'covered_cell', 'outside_frame')", (layer,))
                for i in json.loads(ids or "[]")}
            kept = {i for i, in database.execute(f'SELECT id FROM "aligned_{layer}"')}
            lost += len({i for i, in database.execute(f'SELECT id FROM "delivered_{layer}"')} - kept - told)
    return lost


def enclaves_km2(project):
    """Ground that the city encloses and that is none of its own."""
    city = geopandas.read_file(project, layer="grids").unary_union
    parts = getattr(city, "geoms", [city])
    return sum(shapely.geometry.Polygon(ring).area for part in parts for ring in part.interiors) / 1e6


def delivered_at(project, layer, lon, lat):
    """The id of the unit that was drawn at each place, before fusion; empty: none."""
    places = geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), crs=4326)
    units = geopandas.read_file(project, layer=f"delivered_{layer}").dropna(subset="geometry")
    places = places.to_crs(units.crs)
    x, y, found = places.x.to_numpy(), places.y.to_numpy(), [""] * len(places)
    for name, ground in zip(units["id"], units.geometry.buffer(0)):
        west, south, east, north = ground.bounds
        ground = shapely.prepared.prep(ground)
        for at in ((x >= west) & (x <= east) & (y >= south) & (y <= north)).nonzero()[0]:
            if not found[at] and ground.covers(places[at]):
                found[at] = name
    return found


def agreement(gridloom, project, catalogue, truths):
    """Of the incidents' published units, how many are those at the place, those drawn there before fusion, and those
    responsible for the grid: column -> (rows, at the place, of the grid, as delivered)."""
    described = yaml.safe_load(catalogue.read_text())
    incidents, levels = described["incidents"], [level["id"] for level in described["frame"]["levels"]]
    source = catalogue.parent / incidents["source"]
    with tempfile.TemporaryDirectory() as folder:
        answers = pathlib.Path(folder) / "answers.csv"
        points = pathlib.Path(folder) / "points.csv"
        with open(source, encoding="utf-8-sig", newline="") as rows, open(points, "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["lon", "lat", *truths])
            for row in csv.DictReader(rows):
                writer.writerow([row[incidents["lon"]], row[incidents["lat"]], *(row[column] for column in truths)])
        subprocess.run([gridloom, "locate", project, "--points", points, "-o", answers], check=True, stderr=subprocess.DEVNULL)
        counted = {column: [0, 0, 0, 0] for column in truths}
        told = list(csv.DictReader(open(answers, newline="")))
        for column, layer in truths.items():
            rows_there = [row for row in told if row["found"] == "1" and row[column]]
            drawn = [""] * len(rows_there) if layer in levels else delivered_at(
                project, layer, [float(row["lon"]) for row in rows_there], [float(row["lat"]) for row in rows_there])
            for row, delivered in zip(rows_there, drawn):
                counted[column][0] += 1
                counted[column][3] += short(delivered) == short(row[column])
                here = row.get(f"{layer}_here", row.get(f"{layer}_code"))
                counted[column][1] = None if here is None else counted[column][1] + (short(here) == short(row[column]))
                counted[column][2] += short(row.get(layer, here)) == short(row[column])
    return counted


def rows(gridloom, folder, truths, threads, verdict):
    folder = pathlib.Path(folder)
    catalogue = folder / "city.yaml"
    with tempfile.TemporaryDirectory() as temporary:
        project = pathlib.Path(temporary) / "city.gpkg"
        seconds, mib, summary = fused(gridloom, catalogue, project, threads)
        if not project.exists():
            raise SystemExit(f"{catalogue}: not fused; {summary.get('faults')}")
        yield ("fuse", f"{seconds:.1f} s", f"{mib:.0f} MiB", "", "")
        yield ("atoms, grids", f"{summary['atoms']:,}, {summary['grids']:,}", "", "", "")
        yield ("faults that the proof finds", str(len(summary["faults"])), "", "0", verdict(not summary["faults"]))
        lost = lost_cells(project)
        yield ("delivered cells that are gone without a word", str(lost), "", "0", verdict(lost == 0))
        yield ("enclaves", f"{enclaves_km2(project):.2f} km²", "", "", "")
        for column, (known, here, grid, drawn) in agreement(gridloom, project, catalogue, truths).items() if truths else ():
            share = 0 if here is None or not known else here / known
            told = "locate does not tell it" if here is None else f"{share:.2%}"
            yield (f"{column}: the unit at the place, of {known:,}", told, "", ">= 99 %", verdict(share >= 0.99))
            if drawn:
                yield (f"{column}: the unit drawn at the place as delivered", f"{drawn / known:.2%}", "", "", "")
            yield (f"{column}: the unit responsible for the grid", f"{grid / known if known else 0:.2%}", "", "", "")
