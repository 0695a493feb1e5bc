"""Made-up ground in New York's working CRS."""

import geopandas
import numpy
import shapely.geometry

UTM = "EPSG:32618"
BOX = (500000, 4500000, 503000, 4502000)


def squares(columns, rows, side=100.0, crs=UTM):
    """Cells c0, c1, ... by rows from the south."""
    boxes = [shapely.geometry.box(500000 + i * side, 4500000 + j * side, 500000 + (i + 1) * side, 4500000 + (j + 1) * side)
             for j in range(rows) for i in range(columns)]
    return geopandas.GeoDataFrame({"code": [f"c{i}" for i in range(columns * rows)]}, geometry=boxes, crs=crs)


def scattered(seed, n=150, box=BOX):
    """Places of whole millimetres, a third of them in a cluster."""
    random = numpy.random.default_rng(seed)
    xy = random.uniform(box[:2], box[2:], (n, 2))
    xy[: n // 3] = random.normal(xy[0], 120, (n // 3, 2))
    return numpy.round(numpy.clip(xy, box[:2], box[2:]), 3)


def line(*xy):
    """Through places given in metres from the corner of the box."""
    return shapely.geometry.LineString([(500000 + x, 4500000 + y) for x, y in xy])
