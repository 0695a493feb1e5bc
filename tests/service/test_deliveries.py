"""Files as offices send them: workbooks, logs of other programs, ids of all kinds, tables of places."""

import csv
import json
import os
import shutil
import sqlite3
import subprocess

import pytest
from osgeo import gdal

from geopackage import rows
from running import ran, run
from small_city import SOUTH, STEP, WEST, feature, square

gdal.UseExceptions()
PLACE = (WEST + 0.5 * STEP, SOUTH + 0.5 * STEP)


def incidents(city):
    """Wall clocks by id."""
    return dict(rows(city.project, "SELECT id, occurred_at FROM incidents"))


def told(done):
    return [finding["what"] for finding in json.loads(done.stdout)["finding_list"]]


def test_a_workbook_of_texts_has_its_header_in_the_first_row(city, binary):
    city.write()
    (city.folder / "texts.csv").write_text("id,at,kind,lon,lat\n001,2024/3/1 8:30,noise,%r,%r\n002,2024年3月1日 上午10:03,noise,%r,%r\n" % (PLACE + PLACE))
    gdal.VectorTranslate(str(city.folder / "incidents.xlsx"), gdal.OpenEx(str(city.folder / "texts.csv")), format="XLSX")
    city.catalogue["incidents"]["source"] = "incidents.xlsx"
    city.fused(binary)
    assert incidents(city) == {"001": "2024-03-01T08:30:00", "002": "2024-03-01T10:03:00"}


def test_times_that_begin_with_the_month_are_refused_with_their_value_until_it_is_declared(city, binary):
    city.write()
    table = "id,at,kind,lon,lat\n1,08/17/2016 10:00 AM,noise,%r,%r\n" % PLACE
    (city.folder / "us.csv").write_text(table)
    city.catalogue["incidents"]["source"] = "us.csv"
    done = city.fuse(binary)
    assert done.returncode == 1 and "'08/17/2016 10:00 AM'" in done.stderr and "month_first" in done.stderr, done.stderr
    city.catalogue["incidents"]["dates"] = "month_first"
    city.fused(binary)
    assert incidents(city) == {"1": "2016-08-17T10:00:00"}


def test_an_import_reads_times_as_fusing_does_and_fails_when_nothing_was_taken(city, binary):
    project = city.fused(binary)
    table = "id,occurred_at,category,lon,lat\nn1,08/17/2016 10:00 AM,noise,%r,%r\n" % PLACE
    (city.folder / "new.csv").write_text(table)
    done = run(binary, "incidents", "import", project, city.folder / "new.csv", "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["rejected"] == 1
    assert "'08/17/2016 10:00 AM'" in (city.folder / "new.csv.rejected.csv").read_text()
    ran(binary, "incidents", "import", project, city.folder / "new.csv", "--dates", "month_first")
    assert incidents(city)["n1"] == "2016-08-17T10:00:00"


def test_a_mapping_may_name_columns_that_a_delivery_lacks(city, binary):
    city.catalogue["incidents"].update(closed_at="closed", agency="agency")
    path = city.write()
    header, *lines = (city.folder / "incidents.csv").read_text().splitlines()
    (city.folder / "incidents.csv").write_text("\n".join([header + ",closed,agency", *(line + ",," for line in lines)]) + "\n")
    ran(binary, "fuse", path, "-o", city.project)
    (city.folder / "new.csv").write_text("id,at,kind,lon,lat\nn1,2024-05-01,noise,%r,%r\n" % PLACE)
    done = ran(binary, "incidents", "import", city.project, city.folder / "new.csv", "--mapping", path)
    assert "there is no column 'closed'" in done.stderr and "n1" in incidents(city)


def test_whole_reals_are_ids_in_tables_and_in_where_too(city, binary):
    city.write()
    (city.folder / "incidents.csv").write_text("".join(
        ["id,at,kind,lon,lat,ward\n", *(f"{i}.0,2024-03-01,noise,{PLACE[0]},{PLACE[1]},{i % 2}.0\n" for i in range(1, 5))]))
    path = city.folder / "city.yaml"
    path.write_text(path.read_text().replace("source: incidents.csv", "source: incidents.csv\n  where: {ward: '1'}"))
    ran(binary, "fuse", path, "-o", city.project)
    assert sorted(incidents(city)) == ["1", "3"]


def test_ids_that_a_spreadsheet_garbled_are_refused(city, binary):
    for feature in city.layers["police"]:
        feature["properties"]["id"] = "3.70202E+11"
    done = city.fuse(binary)
    assert done.returncode == 1 and "'3.70202E+11'" in done.stderr and "as text" in done.stderr


def test_a_parent_that_lost_its_zeros_is_told_with_what_was_meant(city, binary):
    for feature in city.layers["communities"]:
        feature["properties"]["up"] = "7"
    district = {"type": "Feature", "properties": {"code": "007", "name": "d"}, "geometry": {"type": "Polygon", "coordinates": [
        [[WEST, SOUTH], [WEST + 4 * STEP, SOUTH], [WEST + 4 * STEP, SOUTH + 3 * STEP], [WEST, SOUTH + 3 * STEP], [WEST, SOUTH]]]}}
    city.layers["districts"] = [district]
    city.catalogue["frame"]["levels"].insert(1, {"id": "district", "title": {"en": "District", "zh": "区"}, "source": "districts.geojson", "key": "code", "name": "name"})
    city.catalogue["frame"]["levels"][2]["parent"] = "up"
    done = city.fuse(binary)
    assert done.returncode == 1 and "parent '7'" in done.stderr and "there is '007'" in done.stderr, done.stderr


def test_the_feature_id_of_a_geopackage_is_a_key(city, binary):
    city.write()
    source = gdal.OpenEx(str(city.folder / "police.geojson"))
    gdal.VectorTranslate(str(city.folder / "police.gpkg"), source, layerCreationOptions=["FID=OBJECTID"], selectFields=["name"])
    city.layer("police").update(source="police.gpkg", key="OBJECTID")
    city.fused(binary)
    assert rows(city.project, "SELECT id FROM aligned_police ORDER BY id") == [("1",), ("2",)]


def test_a_shapefile_without_its_parts_is_told(city, binary):
    city.write()
    gdal.VectorTranslate(str(city.folder / "police.shp"), gdal.OpenEx(str(city.folder / "police.geojson")))
    city.layer("police").update(source="police.shp")
    for part in ("shx", "dbf"):
        kept = (city.folder / f"police.{part}").read_bytes()
        (city.folder / f"police.{part}").unlink()
        done = city.fuse(binary)
        assert done.returncode == 1 and "police.shp" in done.stderr and f".{part}" in done.stderr.lower(), done.stderr
        (city.folder / f"police.{part}").write_bytes(kept)
    city.fused(binary)


@pytest.fixture
def share(tmp_path):
    """A folder that the user who reads may not write."""
    folder = tmp_path / "share"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def reading(binary, share, *command):
    share.chmod(0o555)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    for folder in (share, *share.parents):
        if user and folder != share and str(folder).startswith("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o555)
    local = share.parent / "gridloom"
    if not local.exists():
        shutil.copy(binary, local)
    return subprocess.run([*user, local, *map(str, command), "--lang", "en"], capture_output=True, text=True)


def left_in_wal_mode(path, text=None):
    database = sqlite3.connect(path)
    database.execute("pragma journal_mode = wal")
    if not text:
        return database.close()
    database.execute("pragma wal_autocheckpoint = 0")
    database.execute("create table other (a)")
    database.commit()
    return database  # while it is open its log lies beside the file


def test_a_project_left_in_wal_mode_is_read_from_a_share(city, binary, share):
    shutil.copy(city.fused(binary), share / "city.gpkg")
    left_in_wal_mode(share / "city.gpkg")
    done = reading(binary, share, "locate", share / "city.gpkg", *PLACE)
    assert done.returncode == 0 and "P1" in done.stdout, done.stderr


def test_changes_that_lie_beside_a_project_on_a_share_are_told(city, binary, share):
    shutil.copy(city.fused(binary), share / "city.gpkg")
    database = left_in_wal_mode(share / "city.gpkg", "open")
    (share / "city.gpkg-shm").unlink()
    done = reading(binary, share, "locate", share / "city.gpkg", *PLACE)
    assert done.returncode == 1 and "-wal" in done.stderr, done.stderr
    database.close()


def test_a_delivery_left_in_wal_mode_is_read_from_a_share(city, binary, share, tmp_path):
    path = city.write()
    gdal.VectorTranslate(str(share / "police.gpkg"), gdal.OpenEx(str(city.folder / "police.geojson")))
    left_in_wal_mode(share / "police.gpkg")
    city.layer("police").update(source=str(share / "police.gpkg"))
    city.write()
    path.chmod(0o644)
    city.folder.chmod(0o777)
    done = reading(binary, share, "fuse", path, "-o", city.folder / "out.gpkg")
    assert done.returncode == 0, done.stderr


def test_bulk_locate_tells_each_row_why_it_has_no_answer(city, binary):
    project = city.fused(binary)
    lon, lat = PLACE
    (city.folder / "places.csv").write_text("\n".join([
        "id,lon,lat", f"here,{lon},{lat}", "far,116.4,39.9", f"swapped,{lat},{lon}", f'comma,"120,3","36,05"', "blank,,", "null,NULL,NULL", "zero,0,0",
        f"pole,{lon},95"]) + "\n")
    done = ran(binary, "locate", project, "--points", city.folder / "places.csv", "-o", city.folder / "answers.csv")
    answers = {row["id"]: (row["found"], row["reason"]) for row in csv.DictReader(open(city.folder / "answers.csv"))}
    assert answers == {
        "here": ("1", ""), "far": ("0", "This place is outside Small."), "swapped": ("0", "longitude and latitude exchanged"),
        "comma": ("0", "coordinates that are no numbers"), "blank": ("0", "no coordinates"), "null": ("0", "no coordinates"),
        "zero": ("0", "coordinates 0,0"), "pole": ("0", "coordinates that are no degrees")}
    assert "1 places found, 1 outside the city, 6 rows without a place" in done.stderr


# --- what is drawn beside the layers

def test_what_is_not_kept_whole_of_grids_drawn_beforehand_is_a_conflict_and_proven(city, binary):
    city.layers["markets"] = [feature({"id": "M1", "name": "市场"}, square(3.5, 1, 4.5, 1.5)), feature({"id": "M2", "name": "园区"}, square(1.5, 2, 2.5, 2.5)),
                              feature({"id": "M3", "name": "远方"}, square(9, 9, 10, 10))]
    city.catalogue["unify"]["special"] = {"source": "markets.geojson", "key": "id", "name": "name"}
    project = city.fused(binary)
    told = rows(project, "SELECT kind, ids_before, json_array_length(ids_after), note_zh FROM conflicts WHERE cause = 'drawn' ORDER BY kind, ids_before")
    assert told == [("divided", '["M2"]', 2, "专属网格：因跨单元或分处多地而成为2个网格"),
                    ("lost_cell", '["M3"]', 0, "专属网格：全部位于城市边界之外"),
                    ("outside_frame", '["M1"]', 0, "专属网格：在城市边界之外"), ("outside_frame", '["M3"]', 0, "专属网格：在城市边界之外")]
    assert rows(project, "SELECT kind, id FROM drawn") == [("special", "M1"), ("special", "M2"), ("special", "M3")]
    ran(binary, "verify", project)
    with sqlite3.connect(project) as database:
        database.execute("DELETE FROM conflicts WHERE ids_before = '[\"M1\"]'")
    assert run(binary, "verify", project).returncode == 3
