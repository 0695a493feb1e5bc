"""Project files as other software reads them: plain SQL, well-known binary by shapely, tables by GDAL."""

import contextlib
import json
import pathlib
import sqlite3

from osgeo import ogr
from shapely import wkb

ogr.UseExceptions()


def opened(path):
    """A connection that can only read; waits for those who write."""
    return sqlite3.connect(pathlib.Path(path).absolute().as_uri() + "?mode=ro", uri=True, timeout=10)


def rows(path, query, *values):
    with contextlib.closing(opened(path)) as database:
        return database.execute(query, values).fetchall()


def geometry(blob):
    """A GeoPackage blob: 8 bytes of header and, here, an envelope of 32 bytes before the well-known binary."""
    if blob is None:
        return None
    envelope = {0: 0, 1: 32}[(blob[3] >> 1) & 7]
    return wkb.loads(bytes(blob[8 + envelope:]))


class Project:
    """A project that is asked many questions."""

    def __init__(self, path):
        self.path = path
        self.database = opened(path)
        self.meta = dict(self.rows("SELECT key, value FROM gridloom_meta"))
        self.layers = [layer["id"] for layer in json.loads(self.meta["layers"])]
        self.levels = len(json.loads(self.meta["admin"]))

    def rows(self, query, *values):
        return self.database.execute(query, values).fetchall()

    def shapes(self, table, key):
        """shapely geometry by key; None where a row has none."""
        return {name: geometry(blob) for name, blob in self.rows(f'SELECT "{key}", geom FROM "{table}"')}


def features(path, table):
    """[(attributes, OGR geometry or None)] of a table as GDAL reads it."""
    source = ogr.Open(str(path))  # must outlive its layers
    found = []
    for feature in source.GetLayerByName(table):
        shape = feature.GetGeometryRef()
        found.append((feature.items(), shape and shape.Clone()))
    return found
