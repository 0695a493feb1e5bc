"""The project file for those who ask it with SQL, GDAL and QGIS' tables: indexes, titles, lineage, times, colours."""

import contextlib
import shutil
import sqlite3
from xml.etree import ElementTree

import pytest
from osgeo import gdal, ogr
from osgeo_utils.samples import validate_gpkg

from events import answer_of
from geopackage import Project, rows
from running import digest, ran, run
from small_city import SmallCity

GMD = {"gmd": "http://www.isotc211.org/2005/gmd", "gco": "http://www.isotc211.org/2005/gco"}


@contextlib.contextmanager
def editing(path):
    """A connection that writes, with the functions that the triggers of every GeoPackage ask for."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.create_function("ST_IsEmpty", 1, lambda _: 0)
        for side in ("MinX", "MaxX", "MinY", "MaxY"):
            database.create_function(f"ST_{side}", 1, lambda _: 0.0)
        yield database
        database.commit()


def plan_of(path, query):
    return " ".join(row[-1] for row in rows(path, "EXPLAIN QUERY PLAN " + query))


@pytest.mark.parametrize("query", [
    "SELECT * FROM responsibilities WHERE grid_code = 'x'", "SELECT * FROM responsibilities WHERE layer = 'police' AND unit_id = 'x'",
    "SELECT * FROM crosswalk WHERE grid_code = 'x'", "SELECT * FROM crosswalk WHERE layer = 'police' AND feature_id = 'x'",
    "SELECT * FROM conflicts WHERE grid_code = 'x'", "SELECT * FROM conflicts WHERE kind = 'gap' AND layer = 'police'",
    "SELECT * FROM incidents WHERE id = 'x'", "SELECT * FROM incidents WHERE grid_code = 'x'",
    "SELECT * FROM incidents WHERE occurred_on BETWEEN '2024-01-01' AND '2024-01-31'",
    "SELECT * FROM incidents WHERE occurred_at >= '2024-01-01T12:00'", "SELECT * FROM grids WHERE code = 'x'",
    "SELECT * FROM atoms WHERE grid_code = 'x'", "SELECT * FROM boundaries WHERE left_atom = 1", "SELECT * FROM aligned_police WHERE id = 'x'"])
def test_what_offices_ask_for_is_found_by_an_index(small_project, query):
    assert "USING INDEX" in plan_of(small_project, query)


def test_no_code_is_given_twice(copy):
    with editing(copy) as database:
        for table, key in (("grids", "code"), ("aligned_police", "id"), ("admin_1", "code"), ("atoms", "atom_id"), ("layers", "id")):
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                database.execute(f"INSERT INTO {table} ({key}) SELECT {key} FROM {table}")


def test_columns_have_names_in_both_languages_and_values_their_meaning(small_project):
    dataset = gdal.OpenEx(str(small_project), gdal.OF_VECTOR)
    grids = dataset.GetLayerByName("grids").GetLayerDefn()
    named = {grids.GetFieldDefn(i).GetName(): grids.GetFieldDefn(i) for i in range(grids.GetFieldCount())}
    titles = dict(rows(small_project, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'grids'"))
    assert titles["code"] == "网格编码 Grid code" and titles["police_share"] == "公安占比 police: share"
    assert set(titles) == set(named)
    kinds = dataset.GetFieldDomain(named["kind"].GetDomainName()).GetEnumeration()
    assert set(kinds) == {"general", "special", "uninhabited"} and "专属网格" in kinds["special"]


def test_lineage_names_the_files_of_the_city_and_of_each_layer(binary, small_project):
    documents = dict(rows(small_project, "SELECT id, metadata FROM gpkg_metadata"))
    of_table = dict(rows(small_project, "SELECT table_name, md_file_id FROM gpkg_metadata_reference"))
    found = {table: [source.text for source in ElementTree.fromstring(documents[number]).findall(
        ".//gmd:LI_Source/gmd:description/gco:CharacterString", GMD)] for table, number in of_table.items()}
    assert found["aligned_police"] == found["delivered_police"]
    assert [name.split(",")[0] for name in found["aligned_police"]] == ["police.geojson"]
    assert [name.split(",")[0] for name in found["incidents"]] == ["incidents.csv"]
    assert {name.split(",")[0] for name in found[None]} >= {"police.geojson", "health.geojson", "incidents.csv", "communities.geojson"}
    version = ran(binary, "--version").stdout.split()[-1]
    step = ElementTree.fromstring(documents[of_table[None]]).find(".//gmd:LI_ProcessStep/gmd:description/gco:CharacterString", GMD)
    assert version in step.text and "city.yaml" in step.text
    assert not any("/" + "tmp" in text for text in documents.values()), "nobody's folders"
    assert validate_gpkg.check(str(small_project), abort_at_first_error=False, extra_checks=True, warning_as_error=True) == []


def test_a_layer_carries_the_fields_that_the_catalogue_names_and_no_others(binary, city):
    for feature in city.layers["police"]:
        feature["properties"] |= {"chief": "张三", "phone": "13800000000", "posts": 3}
    assert columns_of(city.fused(binary), "aligned_police") == {"fid", "geom", "id", "name", "colour"}
    city.catalogue["layers"][0]["fields"] = ["posts"]
    project = city.fused(binary)
    assert columns_of(project, "aligned_police") == {"fid", "geom", "id", "name", "colour", "posts"}
    assert {posts for posts, in rows(project, "SELECT posts FROM aligned_police")} == {3}
    assert b"13800000000" not in project.read_bytes()
    city.catalogue["layers"][0]["fields"] = "post"
    done = run(binary, "fuse", city.write(), "-o", project)
    assert done.returncode == 1 and "'post'" in done.stderr and "posts" in done.stderr


def columns_of(project, table):
    return {name for name, in rows(project, f"SELECT name FROM pragma_table_info('{table}')")}


@pytest.mark.parametrize("change", ["locked = 1", "locked = 1 - locked"])
def test_a_planner_locks_grids_and_the_project_stays_proven(binary, tmp_path, change):
    city = SmallCity(tmp_path)
    city.catalogue["unify"] |= {"households": {"min": 250, "max": 330}}
    project = city.fused(binary)
    with editing(project) as database:
        database.execute(f"UPDATE grids SET {change}")
    done = run(binary, "verify", project)
    assert done.returncode == 0, done.stdout


def test_a_day_is_a_day_and_a_moment_a_moment(binary, copy, tmp_path):
    source = gdal.OpenEx(str(copy), gdal.OF_VECTOR)
    layer = source.GetLayerByName("incidents").GetLayerDefn()
    types = {name: layer.GetFieldDefn(layer.GetFieldIndex(name)).GetType()
             for name in ("occurred_at", "occurred_on", "occurred_time", "closed_at", "closed_on", "closed_time")}
    assert list(types.values()) == [ogr.OFTString, ogr.OFTDate, ogr.OFTDateTime] * 2
    del layer, source
    table = tmp_path / "more.csv"
    table.write_text("id,occurred_at,category,lon,lat,closed_at\nday,2024-05-01,heat,120.315,36.065,\n"
                     "moment,2024-05-01T10:20:30,heat,120.315,36.065,2024-05-02\n")
    answer_of(binary, "incidents", "import", copy, table)
    times = "SELECT occurred_at, occurred_on, occurred_time, closed_at, closed_on, closed_time FROM incidents WHERE id = ?"
    assert rows(copy, times, "day") == [("2024-05-01", "2024-05-01", None, None, None, None)]
    closed = ("2024-05-02", "2024-05-02", None)
    assert rows(copy, times, "moment") == [("2024-05-01T10:20:30", "2024-05-01", "2024-05-01T10:20:30.000Z", *closed)]
    # A later word that knows the day alone takes the clock away, one that knows nothing leaves both.
    table.write_text("id,occurred_at,category,lon,lat\nmoment,2024-05-03,heat,120.315,36.065\n")
    answer_of(binary, "incidents", "import", copy, table)
    assert rows(copy, times, "moment") == [("2024-05-03", "2024-05-03", None, *closed)]
    assert validate_gpkg.check(str(copy), abort_at_first_error=False, extra_checks=True, warning_as_error=True) == []


def test_an_edited_time_is_one_everywhere_and_a_text_that_is_none_is_told(binary, copy):
    """With the tools of an office: OGR writes the text, day and moment follow, and the counts too."""
    def edit(at):
        source = gdal.OpenEx(str(copy), gdal.OF_VECTOR | gdal.OF_UPDATE)
        layer = source.GetLayerByName("incidents")
        feature = layer.GetFeature(1)
        feature.SetField("occurred_at", at)
        layer.SetFeature(feature)
        del feature, layer, source
        return run(binary, "incidents", "counts", copy, "--by", "hour")
    of_ten, of_the_day = edit("2024-05-01T10:20:30"), edit("2024-05-01")
    assert of_ten.returncode == of_the_day.returncode == 0 and of_ten.stdout != of_the_day.stdout
    assert edit("2024-05-01 10:20:30").stdout == of_ten.stdout
    assert rows(copy, "SELECT occurred_on, occurred_time FROM incidents WHERE fid = 1") == [("2024-05-01", "2024-05-01T10:20:30.000Z")]
    for text in ("half past ten", "2024-05-01T10:20:30Z"):  # of which zone would Z be: the city has one clock
        refused = edit(text)
        assert refused.returncode == 1 and text in refused.stderr and "incidents, row 1" in refused.stderr


def test_many_incidents_at_once_leave_the_file_as_few_at_a_time_do(binary, copy, tmp_path):
    """So many come with their indexes packed anew in the end: every index and every trigger is there, and right."""
    few = tmp_path / "few.gpkg"
    few.write_bytes(copy.read_bytes())
    lines = [f"m{i % 11000},2024-05-0{1 + i % 9},heat,{120.301 + i % 997 * 3e-5:.6f},{36.051 + i % 877 * 3e-5:.6f}" for i in range(11500)]
    table = tmp_path / "some.csv"

    def take(project, some):
        table.write_text("\n".join(("id,occurred_at,category,lon,lat", *some)) + "\n")
        answer_of(binary, "incidents", "import", project, table)
    take(copy, lines)
    for begin in range(0, len(lines), 2300):
        take(few, lines[begin:begin + 2300])
    for query in ("SELECT * FROM incidents ORDER BY fid", "SELECT id FROM rtree_incidents_geom ORDER BY id",
                  "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'incidents' ORDER BY name", "SELECT * FROM zones ORDER BY fid",
                  "SELECT * FROM gpkg_extensions ORDER BY 1, 2, 3", "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents"):
        assert rows(copy, query) == rows(few, query), query
    assert len(rows(copy, "SELECT id FROM incidents")) > 11000
    assert rows(copy, "SELECT rtreecheck('rtree_incidents_geom')") == [("ok",)]
    assert validate_gpkg.check(str(copy), abort_at_first_error=False, extra_checks=True, warning_as_error=True) == []
    assert run(binary, "verify", copy).returncode == 0


def test_many_incidents_come_where_other_software_made_the_index(binary, copy, tmp_path):
    """GeoPackage 1.4 keeps it by other triggers: none may be left that asks for an index that is away."""
    with editing(copy) as database:
        database.executescript("""
            DROP TRIGGER rtree_incidents_geom_update1;
            CREATE TRIGGER rtree_incidents_geom_update6 AFTER UPDATE OF geom ON incidents WHEN OLD.fid = NEW.fid
              AND NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom) AND OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom)
            BEGIN UPDATE rtree_incidents_geom SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom),
              maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid; END;""")
    table = tmp_path / "many.csv"
    lines = (f"m{i % 10500},2024-05-01,heat,{120.301 + i % 997 * 3e-5:.6f},{36.051 + i % 877 * 3e-5:.6f}" for i in range(11000))
    table.write_text("\n".join(("id,occurred_at,category,lon,lat", *lines)) + "\n")
    assert answer_of(binary, "incidents", "import", copy, table)["updated"] == 500
    assert rows(copy, "SELECT rtreecheck('rtree_incidents_geom')") == [("ok",)]
    assert rows(copy, "SELECT count(*) FROM rtree_incidents_geom") == rows(copy, "SELECT count(*) FROM incidents")


def test_decisions_lie_on_their_grid_and_change_no_digest(binary, project):
    file = Project(project)
    grids = file.shapes("grids", "code")
    decisions = file.rows("SELECT fid, grid_code FROM conflicts WHERE kind IN ('split_duty', 'unmet_target')")
    shapes = file.shapes("conflicts", "fid")
    assert decisions and all(shapes[fid].equals(grids[code]) for fid, code in decisions[::97])


def test_neighbours_never_share_a_colour(project):
    file = Project(project)
    for table, column in [("grids", "code")] + [(f"aligned_{layer}", "id") for layer in file.layers]:
        of = "grid_code" if table == "grids" else table.removeprefix("aligned_")
        shared = file.rows(f"""
            SELECT count(*) FROM boundaries b JOIN atoms l ON l.atom_id = b.left_atom JOIN atoms r ON r.atom_id = b.right_atom
            JOIN "{table}" one ON one."{column}" = l."{of}" JOIN "{table}" two ON two."{column}" = r."{of}"
            WHERE l."{of}" <> r."{of}" AND one.colour = two.colour""")
        assert shared == [(0,)], table


def test_an_older_project_with_a_doubled_code_is_brought_up_all_the_same(binary, root, tmp_path):
    import gzip
    old = tmp_path / "old.gpkg"
    old.write_bytes(gzip.decompress((root / "tests/data/projects/format_2.gpkg.gz").read_bytes()))
    with editing(old) as database:
        database.execute("INSERT INTO layers (id) SELECT id FROM layers LIMIT 1")
    kept = shutil.copy(old, tmp_path / "kept.gpkg")
    ran(binary, "incidents", "scale", old, "--max", "50")
    assert digest(binary, old) == digest(binary, kept)
