"""The written project file, read with other software (GEOS through shapely, GDAL, SQLite): nothing here uses Gridloom.

What was delivered is read from gisdata again, so that every difference between delivery and result must be told in
`conflicts`.
"""

import collections
import json
import math

import pytest
import yaml
from osgeo import gdal, ogr, osr
from shapely import wkb
from shapely.ops import unary_union
from shapely.prepared import prep
from shapely.strtree import STRtree
from shapely.validation import make_valid

from geopackage import Project, geometry

gdal.UseExceptions()
ogr.UseExceptions()

# Debian 12 has Shapely 1.8, which announces the STRtree of 2.0 at every use.
pytestmark = pytest.mark.filterwarnings("ignore::shapely.errors.ShapelyDeprecationWarning")

# Lattice points are millimetres: a vertex moves at most this far when it is rounded and noded.
LATTICE_M = 0.001
# Edges are densified before projecting, here and there; what is left between the two is less than this per metre.
PROJECTION = 1e-6
# Kinds that tell what became of delivered ground; the others speak of the plan.
GROUND_KINDS = ("gap", "overlap", "sliver", "nesting", "outside_frame")


@pytest.fixture(scope="module")
def city(project):
    return Project(project)


@pytest.fixture(scope="module")
def catalogue(root):
    return yaml.safe_load((root / "gisdata/nyc/city.yaml").read_text())


@pytest.fixture(scope="module")
def frame(city):
    return unary_union(list(city.shapes("admin_0", "code").values()))


@pytest.fixture(scope="module")
def grids(city):
    return city.shapes("grids", "code")


# ---- what was delivered ----------------------------------------------------------------------------------------------


def key_of(feature, key):
    fields, separator = (key["fields"], key.get("separator", "")) if isinstance(key, dict) else ([key], "")
    values = [feature.GetField(f) for f in fields]
    return separator.join(str(int(v)) if isinstance(v, float) else str(v) for v in values)


def delivered(root, catalogue, layer_id, crs):
    """id -> shapely geometry in the working CRS, invalid rings made valid; and the ids that were invalid."""
    entry = next(layer for layer in catalogue["layers"] if layer["id"] == layer_id)
    source = gdal.OpenEx(f"/vsigzip/{root}/gisdata/nyc/{entry['source']}", gdal.OF_VECTOR)
    target = osr.SpatialReference()
    target.SetFromUserInput(crs)
    target.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    wgs84 = osr.SpatialReference()
    wgs84.ImportFromEPSG(4326)
    wgs84.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    project = osr.CoordinateTransformation(wgs84, target)
    parts, repaired = collections.defaultdict(list), set()
    for feature in source.GetLayer(0):
        shape = feature.GetGeometryRef().Clone()
        shape.Segmentize(0.0005)  # degrees, about 50 m: straight in longitude and latitude, as drawn
        shape.Transform(project)
        shape = wkb.loads(bytes(shape.ExportToWkb()))
        name = key_of(feature, entry["key"])
        if not shape.is_valid:
            repaired.add(name)
            shape = make_valid(shape)
        parts[name].append(shape)
    return {name: unary_union(shapes) for name, shapes in parts.items()}, repaired


@pytest.fixture(scope="module")
def deliveries(root, catalogue, city):
    return {layer: delivered(root, catalogue, layer, city.meta["crs"]) for layer in city.layers}


def dissolved(city, layer):
    """Thin cells that others of their layer cover, and that went for it."""
    rows = city.rows("SELECT ids_before FROM conflicts WHERE layer = ? AND kind = 'covered_cell' AND ids_after = '[]'", layer)
    return {cell for ids, in rows for cell in json.loads(ids)}


def ground_conflicts(city, layer):
    """(delivered ids, aligned ids, area) of every story about a layer's ground."""
    marks = ",".join("?" * len(GROUND_KINDS))
    rows = city.rows(f"SELECT ids_before, ids_after, area_m2 FROM conflicts WHERE layer = ? AND kind IN ({marks})", layer, *GROUND_KINDS)
    return [(set(json.loads(before)), set(json.loads(after)), area) for before, after, area in rows]


# ---- one city without gap or overlap ---------------------------------------------------------------------------------


def test_every_grid_is_one_valid_polygon(grids):
    assert len(grids) > 1000
    for code, grid in grids.items():
        assert grid.geom_type == "Polygon" and grid.is_valid and grid.area > 0, code


@pytest.mark.parametrize("table, key", [("grids", "code"), ("atoms", "atom_id")])
def test_no_gap_and_no_overlap(city, frame, table, key):
    shapes = list(city.shapes(table, key).values())
    union = unary_union(shapes)
    assert union.area == pytest.approx(frame.area, rel=1e-9)
    assert union.symmetric_difference(frame).area <= 1e-9 * frame.area
    assert math.fsum(s.area for s in shapes) == pytest.approx(union.area, rel=1e-9)


def test_no_two_grids_share_ground(grids):
    shapes = list(grids.values())
    tree, touching = STRtree(shapes), 0
    for i, shape in enumerate(shapes):
        ready = prep(shape)
        for j in tree.query_items(shape):
            if j > i and ready.intersects(shapes[j]):
                touching += 1
                assert shape.intersection(shapes[j]).area < 1e-6, (i, j)
    assert touching > len(shapes)  # neighbours were compared at all


def test_every_grid_lies_inside_its_parent(city, grids):
    parents = city.shapes(f"admin_{city.levels - 1}", "code")
    ready = {code: prep(shape) for code, shape in parents.items()}
    for code, parent in city.rows("SELECT code, parent FROM grids"):
        assert ready[parent].covers(grids[code]), f"grid {code} leaves {parent}"


def test_units_partition_their_level_above(city):
    for level in range(1, city.levels):
        below = city.shapes(f"admin_{level}", "code")
        children = collections.defaultdict(list)
        for code, parent in city.rows(f"SELECT code, parent FROM admin_{level}"):
            children[parent].append(below[code])
        for code, unit in city.shapes(f"admin_{level - 1}", "code").items():
            assert unary_union(children[code]).symmetric_difference(unit).area <= 1e-9 * unit.area, code


def test_atoms_partition_the_grids(city, grids):
    area = collections.defaultdict(list)
    for code, blob in city.rows("SELECT grid_code, geom FROM atoms"):
        shape = geometry(blob)
        assert shape.geom_type == "Polygon" and shape.is_valid
        area[code].append(shape.area)
    assert area.keys() == grids.keys()
    for code, grid in grids.items():
        assert math.fsum(area[code]) == pytest.approx(grid.area, rel=1e-9), code


def test_measures_are_those_of_the_polygons(city, grids):
    for code, area, perimeter, compactness in city.rows("SELECT code, area_m2, perimeter_m, compactness FROM grids"):
        shape = grids[code]
        # In doubles far from the origin of the CRS an area is known to a thousandth of a square metre.
        assert area == pytest.approx(shape.area, rel=1e-9, abs=1e-3), code
        assert perimeter == pytest.approx(shape.length, rel=1e-9, abs=1e-6), code
        assert compactness == pytest.approx(4 * math.pi * area / perimeter**2, rel=1e-9), code


def test_boundaries_are_the_lines_between_atoms(city):
    """Every arc lies on the rings of the atoms it names, and the arcs of an atom make up its whole perimeter."""
    length, atoms = collections.Counter(), city.shapes("atoms", "atom_id")
    for left, right, blob in city.rows("SELECT left_atom, right_atom, geom FROM boundaries"):
        arc = geometry(blob)
        assert left != right and arc.is_simple
        for side in {left, right} - {0}:
            length[side] += arc.length
    for atom, shape in atoms.items():
        assert length[atom] == pytest.approx(shape.length, rel=1e-9), atom


# ---- people and layers -----------------------------------------------------------------------------------------------


def test_population_is_the_census(root, catalogue, city):
    entry = catalogue["population"]
    source = gdal.OpenEx(f"/vsigzip/{root}/gisdata/nyc/{entry['source']}", gdal.OF_VECTOR)
    census = math.fsum(feature.GetField(entry["people"]) for feature in source.GetLayer(0))
    assert census == 8_175_133
    for table in ("grids", "atoms"):
        people = math.fsum(row[0] for row in city.rows(f"SELECT population FROM {table}"))
        assert people == pytest.approx(census, rel=1e-9), table


def test_people_of_a_grid_are_those_of_its_atoms(city):
    people = dict(city.rows("SELECT grid_code, sum(population) FROM atoms GROUP BY grid_code"))
    for code, population in city.rows("SELECT code, population FROM grids"):
        assert people[code] == pytest.approx(population, rel=1e-9, abs=1e-6), code


def test_crosswalk_sums_are_the_aligned_layers(city):
    for layer in city.layers:
        area = dict(city.rows("SELECT feature_id, sum(area_m2) FROM crosswalk WHERE layer = ? GROUP BY 1", layer))
        shares = dict(city.rows("SELECT feature_id, sum(share_of_feature) FROM crosswalk WHERE layer = ? GROUP BY 1", layer))
        shapes = city.shapes(f"aligned_{layer}", "id")
        assert len(shapes) > 10
        for name in dissolved(city, layer):
            assert shapes.pop(name) is None, f"{layer} {name}"
        for name, shape in shapes.items():
            assert shape is not None and shape.is_valid, f"{layer} {name}"
            assert area[name] == pytest.approx(shape.area, rel=1e-9), f"{layer} {name}"
            assert shares[name] == pytest.approx(1, rel=1e-9), f"{layer} {name}"
        assert area.keys() == shapes.keys(), layer


def test_crosswalk_people_are_those_of_the_atoms(city):
    for layer in city.layers:
        people = collections.Counter(dict(city.rows(f'SELECT "{layer}", sum(population) FROM atoms WHERE "{layer}" NOTNULL GROUP BY 1')))
        for name, more in city.rows(
                "SELECT feature_id, sum(population) FROM overlaps JOIN atoms USING (atom_id) WHERE layer = ? GROUP BY 1", layer):
            people[name] += more
        for name, total in city.rows("SELECT feature_id, sum(population) FROM crosswalk WHERE layer = ? GROUP BY 1", layer):
            assert total == pytest.approx(people[name], rel=1e-9, abs=1e-6), f"{layer} {name}"


def test_no_feature_is_lost(city, deliveries, frame):
    for layer in city.layers:
        ids = {row[0] for row in city.rows(f'SELECT id FROM "aligned_{layer}" WHERE geom NOTNULL')}
        shapes, gone = deliveries[layer][0], dissolved(city, layer)
        assert ids == shapes.keys() - gone, layer
        assert len(gone) < 0.002 * len(shapes)
        for name in gone:
            others = unary_union([shape for other, shape in shapes.items() if other != name and shape.intersects(shapes[name])])
            assert shapes[name].difference(others).intersection(frame).area <= tolerance(shapes[name]), f"{layer} {name}"


# ---- every difference from the delivery is told ----------------------------------------------------------------------


def tolerance(shape):
    """How far two honest measurements of a delivered area may be apart, in m²."""
    return LATTICE_M * shape.length + PROJECTION * shape.area + 1


def test_delivered_minus_aligned_is_what_conflicts_list(city, deliveries):
    compared = 0
    for layer in city.layers:
        shapes, repaired = deliveries[layer]
        aligned = city.shapes(f"aligned_{layer}", "id")
        told = collections.Counter()
        for before, after, area in ground_conflicts(city, layer):
            for name in before - after:
                told[name] += area
            for name in after - before:
                told[name] -= area
        for name, shape in shapes.items():
            if name in repaired:
                continue  # how an invalid ring is to be read is a reader's choice, which it reports
            compared += 1
            after = aligned[name].area if aligned[name] is not None else 0
            assert shape.area - after == pytest.approx(told[name], abs=tolerance(shape)), f"{layer} {name}"
    assert compared > 6000


def known_overlaps(shapes):
    """(id, id, common ground) of every pair that shares more than the lattice explains."""
    names, found = list(shapes), []
    geometries = [shapes[name] for name in names]
    tree = STRtree(geometries)
    for i, shape in enumerate(geometries):
        for j in tree.query_items(shape):
            if j > i:
                common = shape.intersection(geometries[j])
                if common.area > 100:
                    found.append((names[i], names[j], common))
    return found


# How much ground inside the frame belongs to more than one feature was measured once by hand, in km².
@pytest.mark.parametrize("layer, total_km2", [("fire_companies", 0.81), ("election_districts", 1.79), ("health_areas", 0.04)])
def test_delivered_overlaps_are_listed_by_id(city, deliveries, frame, layer, total_km2):
    shapes, conflicts = deliveries[layer][0], ground_conflicts(city, layer)
    pairs = known_overlaps(shapes)
    twice = unary_union([common for _, _, common in pairs]).intersection(frame).area
    assert twice / 1e6 == pytest.approx(total_km2, abs=0.01)
    listed = math.fsum(row[0] for row in city.rows("SELECT area_m2 FROM conflicts WHERE kind = 'overlap' AND layer = ?", layer))
    assert listed == pytest.approx(twice, rel=1e-3)
    for one, other, common in pairs:
        told = math.fsum(area for before, _, area in conflicts if {one, other} <= before)
        assert told == pytest.approx(common.area, abs=tolerance(shapes[one]) + tolerance(shapes[other])), f"{one} and {other}"


@pytest.mark.parametrize("layer, least_km2", [("fire_companies", 115), ("health_areas", 179), ("election_districts", 46), ("school_districts", 2)])
def test_delivered_gaps_are_listed(city, deliveries, frame, layer, least_km2):
    shapes = deliveries[layer][0]
    gaps = frame.difference(unary_union(list(shapes.values()))).area
    listed = math.fsum(area for before, _, area in ground_conflicts(city, layer) if not before)
    assert listed > least_km2 * 1e6
    assert listed == pytest.approx(gaps, abs=sum(LATTICE_M * s.length for s in shapes.values()) + PROJECTION * frame.area)


def test_what_lies_outside_the_frame_is_listed(city, deliveries, frame):
    shapes = deliveries["election_districts"][0]
    outside = unary_union(list(shapes.values())).difference(frame).area
    listed = city.rows("SELECT sum(area_m2) FROM conflicts WHERE layer = 'election_districts' AND kind = 'outside_frame'")[0][0]
    assert listed > 12e6
    assert listed == pytest.approx(outside, abs=sum(LATTICE_M * s.length for s in shapes.values()) + PROJECTION * frame.area)


# ---- the rest of the file --------------------------------------------------------------------------------------------


def test_incidents_lie_in_the_grid_they_name(city, grids):
    ready = {code: prep(shape) for code, shape in grids.items()}
    rows = city.rows("SELECT grid_code, geom FROM incidents WHERE fid % 17 = 0")
    located = [(code, geometry(blob)) for code, blob in rows if code]
    assert len(located) > 0.9 * len(rows) > 5000
    for code, point in located:
        assert ready[code].covers(point)


def test_incidents_without_a_grid_lie_outside(city, frame):
    ready = prep(frame)
    for (blob,) in city.rows("SELECT geom FROM incidents WHERE grid_code IS NULL"):
        assert not ready.contains(geometry(blob))


def test_zones_are_the_grids_of_their_unit(city, grids):
    for layer in city.layers[:3]:
        shapes = {name: geometry(blob) for name, blob in city.rows("SELECT unit_id, geom FROM zones WHERE layer = ? AND unit_id NOTNULL", layer)}
        members = collections.defaultdict(list)
        for code, unit in city.rows("SELECT grid_code, unit_id FROM responsibilities WHERE layer = ? AND unit_id NOTNULL", layer):
            members[unit].append(grids[code])
        for name, codes in members.items():
            assert shapes[name].is_valid
            assert shapes[name].area == pytest.approx(math.fsum(g.area for g in codes), rel=1e-9), f"{layer} {name}"


def test_gdal_reads_every_table_without_complaint(project):
    messages = []
    gdal.PushErrorHandler(lambda kind, code, text: messages.append(text))
    try:
        source = gdal.OpenEx(str(project), gdal.OF_VECTOR)
        for i in range(source.GetLayerCount()):
            layer = source.GetLayer(i)
            assert sum(1 for _ in layer) == layer.GetFeatureCount(), layer.GetName()
    finally:
        gdal.PopErrorHandler()
    assert not messages
    box = source.GetLayerByName("atoms").GetExtent()
    assert source.GetLayerByName("admin_0").GetExtent() == pytest.approx(box)


def test_spatial_indexes_are_sound(city):
    tables = city.rows("SELECT table_name FROM gpkg_geometry_columns JOIN sqlite_master ON name = table_name WHERE type = 'table'")
    for (table,) in tables:
        assert city.rows("SELECT rtreecheck('main', ?)", f"rtree_{table}_geom") == [("ok",)], table
    assert city.rows("PRAGMA integrity_check") == [("ok",)]
    assert city.rows("PRAGMA foreign_key_check") == []
