#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Generates Qingdao's departmental layers, population, incidents and stations over the real administrative units.

    /usr/bin/python3 gisdata/qingdao/generate.py

The administrative levels (admin_levels.geojson.gz, OpenStreetMap) are real; everything written here is invented, by
fixed seeds, and the same bytes come out at every run with the same library versions. Each department "digitised" the
city on its own: other vertices, smooth displacements of several metres, another coordinate system, another format.
One of them (housing) is in GCJ-02 and does not say so. Needs numpy, shapely, geopandas, fiona (Debian packages).
"""
import gzip
import io
import json
import math
import os
import sys
import tempfile
import zipfile
from pathlib import Path

# Before GDAL is loaded: no clock in the files that it writes.
os.environ["OGR_CURRENT_DATE"] = "2025-01-01T00:00:00.000Z"

import geopandas as gpd
import numpy as np
from pyproj import Transformer
from shapely import geometry, ops
from shapely.strtree import STRtree

HERE = Path(__file__).resolve().parent
WORKING = 4549            # CGCS2000 / 3-degree Gauss-Krueger CM 120E
PEOPLE = 10_071_722       # census of 2020, as tagged on the city in OpenStreetMap
PEOPLE_PER_CELL = 1_250   # of the finest generated cell
# People per km² by kind of place, before scaling to the total.
CORE = {"370202", "370203", "370213"}
INNER = {"370211", "370212", "370214"}


def density(district, name):
    if district in CORE:
        return 12000
    if district in INNER:
        return 2500 if name.endswith("街道") else 500
    return 1500 if name.endswith("街道") else 450


# ---- GCJ-02, for writing only; the reader has an implementation of its own -----------------------------------------

def gcj02(lon, lat):
    x, y = lon - 105, lat - 35
    pi, sin = math.pi, np.sin
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(abs(x)) + ripple
             + (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3)
    east = (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(abs(x)) + ripple
            + (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3)
    a, e2 = 6378245.0, 0.00669342162296594323
    phi = np.radians(lat)
    w = np.sqrt(1 - e2 * sin(phi) ** 2)
    return lon + np.degrees(east / (a / w * np.cos(phi))), lat + np.degrees(north / (a * (1 - e2) / w**3))


# ---- geometry helpers ----------------------------------------------------------------------------------------------

def boundary_lines(polygons, tolerance):
    """The polygons' boundaries, each once, every arc simplified on its own so that neighbours stay neighbours."""
    merged = ops.linemerge(ops.unary_union([p.boundary for p in polygons]))
    arcs = merged.geoms if hasattr(merged, "geoms") else [merged]
    return ops.unary_union([arc.simplify(tolerance) for arc in arcs])


def nearest(seeds, points):
    """Index of the seed nearest to each point."""
    seeds, points = np.asarray(seeds, float), np.asarray(points, float)
    return ((points[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)


def voronoi(points, ground):
    """Cells of the points inside `ground`, in the points' order."""
    if len(points) == 1:
        return [ground]
    envelope = ground.buffer(1000)  # by name: shapely 1.8 lets go of a temporary one before it is used
    diagram = ops.voronoi_diagram(geometry.MultiPoint(points), envelope=envelope)  # owns its cells
    cells = list(diagram.geoms)
    order = nearest(points, [c.representative_point().coords[0] for c in cells])
    result = [geometry.Polygon()] * len(points)
    for i, cell in zip(order, cells):
        result[i] = cell.intersection(ground)
    return result


def sample_inside(ground, n, rng):
    """n points in `ground`: most of them gathered round its middle, as people are."""
    from shapely.prepared import prep
    prepared = prep(ground)
    minx, miny, maxx, maxy = ground.bounds
    centre, spread = ground.representative_point(), 0.18 * math.hypot(maxx - minx, maxy - miny)
    points = []
    while len(points) < n:
        if rng.random() < 0.65:
            p = rng.normal([centre.x, centre.y], spread)
        else:
            p = rng.uniform([minx, miny], [maxx, maxy])
        p = np.round(p)
        if prepared.contains(geometry.Point(p)) and tuple(p) not in points:
            points.append(tuple(p))
    return points


def groups(cells, count, rng):
    """Splits cells (with people) among `count` seeds by nearness: label of each cell."""
    count = min(count, len(cells))
    centres = np.array([c["at"] for c in cells])
    weight = np.array([c["people"] for c in cells], float)
    seeds = centres[rng.choice(len(cells), count, replace=False, p=weight / weight.sum())]
    for _ in range(6):
        label = nearest(seeds, centres)
        for k in range(count):
            if (label == k).any():
                seeds[k] = np.average(centres[label == k], axis=0, weights=weight[label == k] + 1)
    return nearest(seeds, centres)


class Displacement:
    """A smooth random field: how far off this department's surveyors were, where. RMS in metres."""

    def __init__(self, rms, rng):
        self.k = rng.normal(size=(24, 2)) * 2 * math.pi / rng.uniform(600, 6000, size=(24, 1))
        self.phase = rng.uniform(0, 2 * math.pi, size=(24, 2))
        self.scale = rms / math.sqrt(24)

    def __call__(self, x, y):
        angle = np.outer(x, self.k[:, 0]) + np.outer(y, self.k[:, 1])
        return (x + self.scale * np.sin(angle + self.phase[:, 0]).sum(axis=1),
                y + self.scale * np.sin(angle + self.phase[:, 1]).sum(axis=1))


def redraw(polygons, tolerance, displacement):
    """A department's own drawing of a coverage: fewer vertices, displaced; still without gaps inside."""
    tree = STRtree(polygons)
    query = getattr(tree, "query_items", tree.query)   # shapely 1.8 and 2
    parts = [[] for _ in polygons]
    for face in ops.polygonize(boundary_lines(polygons, tolerance)):
        at = face.representative_point()
        for i in sorted(int(i) for i in query(at)):
            if polygons[i].covers(at):
                parts[i].append(face)
                break
    drawn = [ops.unary_union(p) if p else polygons[i] for i, p in enumerate(parts)]
    return [ops.transform(displacement, p) for p in drawn]


# ---- the city ------------------------------------------------------------------------------------------------------

def read_admin():
    admin = gpd.read_file(f"/vsigzip/{HERE / 'admin_levels.geojson.gz'}").to_crs(WORKING)
    districts = admin[admin.admin_level == "6"]
    subdistricts = []
    for row in admin[admin.admin_level == "8"].itertuples():
        at = row.geometry.representative_point()
        district = districts[districts.contains(at)].iloc[0]
        subdistricts.append({"osm_id": row.osm_id, "name": row.name, "district": district.division_code,
                             "division_code": row.division_code if isinstance(row.division_code, str) else "", "geometry": row.geometry, "x": at.x})
    return subdistricts


def assign_codes(subdistricts):
    """OpenStreetMap has the statistical code of a few; the others get a provisional 9xx serial, west to east."""
    serial = {}
    for s in sorted(subdistricts, key=lambda s: (s["district"], s["x"])):
        if s["division_code"]:
            s["code"] = s["division_code"]
        else:
            serial[s["district"]] = serial.get(s["district"], 900) + 1
            s["code"] = f"{s['district']}{serial[s['district']]}"
    rows = sorted((s["osm_id"], s["code"]) for s in subdistricts)
    (HERE / "subdistrict_codes.csv").write_text("osm_id,code\n" + "".join(f"{a},{b}\n" for a, b in rows))


def make_cells(subdistricts, rng):
    raw = {s["code"]: density(s["district"], s["name"]) * s["geometry"].area / 1e6 for s in subdistricts}
    scale = PEOPLE / sum(raw.values())
    cells = []
    for s in sorted(subdistricts, key=lambda s: s["code"]):
        people = raw[s["code"]] * scale
        n = max(3, round(people / PEOPLE_PER_CELL))
        ground = s["geometry"].simplify(8)
        share = rng.lognormal(0, 0.35, n)
        for k, cell in enumerate(voronoi(sample_inside(ground, n, rng), ground)):
            if cell.area < 100:
                continue
            at = cell.representative_point()
            cells.append({"geometry": cell, "at": (at.x, at.y), "people": people * share[k] / share.sum(),
                          "subdistrict": s["code"], "district": s["district"], "name": s["name"]})
    total = sum(c["people"] for c in cells)
    for c in cells:
        c["people"] = round(c["people"] * PEOPLE / total)
    return cells


def aggregate(cells, within, people_per_unit, rng):
    """Departmental units: groups of cells inside each `within`."""
    units = []
    parents = {}
    for c in cells:
        parents.setdefault(c[within], []).append(c)
    for parent, members in sorted(parents.items()):
        count = max(1, round(sum(c["people"] for c in members) / people_per_unit))
        label = groups(members, count, rng)
        for k in range(count):
            mine = [c for c, l in zip(members, label) if l == k]
            if mine:
                units.append({"parent": parent, "number": k + 1, "cells": mine, "people": sum(c["people"] for c in mine),
                              "geometry": ops.unary_union([c["geometry"].buffer(0.01) for c in mine]),
                              "name": max(mine, key=lambda c: c["people"])["name"]})
    return units


# ---- writing -------------------------------------------------------------------------------------------------------

def write_gzip(name, data):
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=9) as f:
        f.write(data)
    (HERE / name).write_bytes(buffer.getvalue())


def in_crs(polygons, crs, digits, shift=None):
    transformer = Transformer.from_crs(WORKING, crs, always_xy=True)

    def move(x, y, z=None):
        x, y = transformer.transform(np.asarray(x), np.asarray(y))
        if shift:
            x, y = shift(x, y)
        return np.round(x, digits), np.round(y, digits)

    return [ops.transform(move, p) for p in polygons]


def write_geojson(name, polygons, properties, crs=None):
    """`crs`: an EPSG code to state; None states nothing."""
    collection = {"type": "FeatureCollection"}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    collection["features"] = [{"type": "Feature", "properties": p, "geometry": geometry.mapping(g)}
                              for g, p in zip(polygons, properties)]
    write_gzip(name, json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode())


def write_gpkg(name, polygons, properties, crs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gpkg"
        frame = gpd.GeoDataFrame(properties, geometry=polygons, crs=crs)
        frame.to_file(path, driver="GPKG", layer="health", SPATIAL_INDEX="NO")
        write_gzip(name, path.read_bytes())


def write_shapefile_without_prj(name, polygons, properties):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fire.shp"
        frame = gpd.GeoDataFrame(properties, geometry=polygons)
        frame.to_file(path, encoding="GBK", DBF_DATE_LAST_UPDATE="2025-01-01")
        with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for ending in ("shp", "shx", "dbf", "cpg"):
                entry = zipfile.ZipInfo(f"fire.{ending}", (2025, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, (Path(folder) / f"fire.{ending}").read_bytes())


def properties_of(units, suffix):
    return [{"id": f"{u['parent']}{u['number']:02d}", "name": f"{u['name']}{suffix}{u['number']:02d}"} for u in units]


def write_incidents(cells, rng, count=6000):
    """Calls to the 12345 hotline: in GCJ-02, as map clients give them; the catalogue says so."""
    kinds = [("噪声扰民", "施工噪声", "生态环境局"), ("噪声扰民", "社会生活噪声", "公安局"), ("占道经营", "流动摊贩", "城市管理局"),
             ("占道经营", "店外经营", "城市管理局"), ("违法停车", "占用消防通道", "公安局"), ("违法停车", "占用人行道", "公安局"),
             ("市容环境", "垃圾清运", "城市管理局"), ("公共设施", "井盖缺失", "住建局"), ("公共设施", "路灯不亮", "住建局"),
             ("物业纠纷", "停水停电", "住建局"), ("房屋安全", "外墙脱落", "住建局")]
    weight = np.array([c["people"] for c in cells], float)
    hot = rng.choice(len(cells), 12, replace=False)
    weight[hot] *= 25
    chosen = rng.choice(len(cells), count, p=weight / weight.sum())
    to_lonlat = Transformer.from_crs(WORKING, 4326, always_xy=True)
    start = np.datetime64("2024-01-01T00:00:00")
    rows = ["编号,发生时间,类别,子类,承办单位,等级,状态,办结时间,经度,纬度"]
    for i, c in enumerate(chosen):
        minx, miny, maxx, maxy = cells[c]["geometry"].bounds
        at = geometry.Point(rng.uniform([minx, miny], [maxx, maxy]))
        if not cells[c]["geometry"].contains(at):
            at = cells[c]["geometry"].representative_point()
        lon, lat = gcj02(*to_lonlat.transform(at.x, at.y))
        kind = kinds[rng.integers(len(kinds))]
        day, hour = int(rng.integers(366)), min(23, max(0, int(rng.normal(14, 4.5))))
        when = start + np.timedelta64(day * 86400 + hour * 3600 + int(rng.integers(3600)), "s")
        closed = when + np.timedelta64(int(rng.exponential(30) * 3600) + 600, "s")
        open_still = rng.random() < 0.06
        rows.append(f"QD{i + 1:06d},{when},{kind[0]},{kind[1]},{kind[2]},{1 + int(rng.integers(4))},"
                    f"{'办理中' if open_still else '已办结'},{'' if open_still else closed},{lon:.6f},{lat:.6f}")
    write_gzip("incidents.csv.gz", ("\n".join(rows) + "\n").encode())


def write_stations(units):
    to_lonlat = Transformer.from_crs(WORKING, 4326, always_xy=True)
    rows = ["id,name,kind,lon,lat"]
    for u, p in zip(units, properties_of(units, "消防救援站")):
        at = max(u["cells"], key=lambda c: c["people"])["at"]
        lon, lat = to_lonlat.transform(*at)
        rows.append(f"{p['id']},{p['name']},消防救援站,{lon:.6f},{lat:.6f}")
    (HERE / "fire_stations.csv").write_text("\n".join(rows) + "\n")


def main():
    seed = 370200
    subdistricts = read_admin()
    assign_codes(subdistricts)
    cells = make_cells(subdistricts, np.random.default_rng([seed, 1]))
    print(f"{len(cells)} cells, {sum(c['people'] for c in cells)} people", file=sys.stderr)

    def department(number, within, people_per_unit, tolerance, rms):
        rng = np.random.default_rng([seed, number])
        units = aggregate(cells, within, people_per_unit, rng)
        print(f"department {number}: {len(units)} units", file=sys.stderr)
        return units, redraw([u["geometry"] for u in units], tolerance, Displacement(rms, rng))

    # The finest: urban management's duty grids. CGCS2000 with zone prefix.
    rng = np.random.default_rng([seed, 2])
    drawn = redraw([c["geometry"] for c in cells], 6, Displacement(3, rng))
    serial, properties = {}, []
    for c in cells:
        serial[c["subdistrict"]] = serial.get(c["subdistrict"], 0) + 1
        properties.append({"网格编号": f"{c['subdistrict']}{serial[c['subdistrict']]:03d}", "人口": c["people"]})
    write_geojson("urban_management.geojson.gz", in_crs(drawn, 4528, 1), properties, crs=4528)

    units, drawn = department(3, "subdistrict", 60_000, 5, 4)
    write_geojson("police_stations.geojson.gz", in_crs(drawn, 4326, 6), properties_of(units, "派出所"))

    fire, drawn = department(4, "district", 160_000, 12, 7)
    write_shapefile_without_prj("fire_rescue.zip", in_crs(drawn, WORKING, 2),
                                [{"编号": p["id"], "名称": p["name"]} for p in properties_of(fire, "消防救援站")])
    write_stations(fire)

    units, drawn = department(5, "subdistrict", 45_000, 6, 5)
    write_gpkg("health_centers.gpkg.gz", in_crs(drawn, 4490, 7), properties_of(units, "社区卫生服务中心"), 4490)

    units, drawn = department(6, "district", 28_000, 10, 6)
    # Two schools claim some of the same streets, and one district was forgotten.
    drawn[7] = drawn[7].buffer(40, join_style=2)
    del units[20], drawn[20]
    write_geojson("school_districts.geojson.gz", in_crs(drawn, 3857, 1), properties_of(units, "学区"), crs=3857)

    units, drawn = department(7, "subdistrict", 20_000, 8, 5)
    write_geojson("housing_areas.geojson.gz", in_crs(drawn, 4326, 6, shift=gcj02), properties_of(units, "房管片区"))

    write_incidents(cells, np.random.default_rng([seed, 8]))


if __name__ == "__main__":
    main()
