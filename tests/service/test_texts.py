"""What departments write, in whatever encoding and with whatever blanks, stands in the project as they mean it."""

import json
import os
import sqlite3

import pytest

from geopackage import rows
from running import ran, run

SIMPLIFIED, TRADITIONAL = "东山派出所", "東山派出所"


def police_in(city, codec, name=SIMPLIFIED, **more):
    """The police layer under a name of its own, in the encoding that Python calls so."""
    features = city.layers.pop("police")
    features[0]["properties"]["name"] = name
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (city.folder / "stations.json").write_bytes(text.encode(codec))
    city.layer("police").update(source="stations.json", **more)


def names(city):
    return [name for name, in rows(city.project, "SELECT name FROM aligned_police ORDER BY id")]


def test_gbk_that_says_nothing_is_read_and_the_guess_is_told(city, binary):
    police_in(city, "gbk")
    done = city.fuse(binary, "--findings", "--json")
    assert done.returncode == 0, done.stderr
    assert names(city) == [SIMPLIFIED, "二所"]
    told = [f["what"] for f in json.loads(done.stdout)["finding_list"] if f["layer"] == "police"]
    assert any("read as GB 18030" in what and "encoding: GB18030" in what for what in told), told
    ran(binary, "verify", city.project)


def test_an_encoding_that_is_named_is_no_guess(city, binary):
    police_in(city, "big5", TRADITIONAL, encoding="Big5")
    done = city.fuse(binary, "--findings", "--json")
    assert done.returncode == 0 and names(city) == [TRADITIONAL, "二所"], done.stderr
    assert not [f for f in json.loads(done.stdout)["finding_list"] if "UTF-8" in f["what"]]


def test_an_encoding_that_is_none_is_told_where_it_stands(city, binary):
    police_in(city, "gbk", encoding="Klingon")
    done = city.fuse(binary)
    assert done.returncode == 1 and "city.yaml:" in done.stderr and "'Klingon' is no encoding" in done.stderr


def test_verify_counts_texts_that_are_not_utf8(city, binary):
    project = city.fused(binary)
    with sqlite3.connect(project) as database:
        for trigger, in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{trigger}"')  # they call functions of GeoPackage programs
        database.execute("update incidents set category = cast(x'B6AB' as text) where id in ('1', '2')")
    done = run(binary, "verify", project, "--json")
    faults = json.loads(done.stdout)["faults"]
    assert done.returncode != 0
    assert any("incidents.category: 2 texts are not UTF-8, the first '\\xB6\\xAB'" in json.dumps(f).replace("\\\\", "\\") for f in faults), faults


def test_an_import_tells_what_it_guessed_and_refuses_what_is_too_long(city, binary):
    project = city.fused(binary)
    table = f"id,occurred_at,category,lon,lat\nn1,2024-05-01,噪声扰民,120.305,36.055\nn2,2024-05-01,{'长' * 200},120.305,36.055\n"
    (city.folder / "new.csv").write_bytes(table.encode("gbk"))
    done = ran(binary, "incidents", "import", project, city.folder / "new.csv", "--json")
    assert "new.csv: is not UTF-8: read as GB 18030" in done.stderr
    assert json.loads(done.stdout)["added"] == 1 and json.loads(done.stdout)["rejected"] == 1
    assert "'category' is longer than 256 bytes" in (city.folder / "new.csv.rejected.csv").read_text()


def test_a_pipe_is_no_table_and_is_not_waited_for(city, binary):
    project = city.fused(binary)
    os.mkfifo(city.folder / "pipe.csv")
    done = run(binary, "incidents", "import", project, city.folder / "pipe.csv", timeout=60)
    assert done.returncode == 1 and "pipe.csv: is a pipe, not a file" in done.stderr


@pytest.mark.parametrize("name", ["stations.vrt", "stations.geojson"])
def test_a_virtual_file_takes_nothing_from_another(city, binary, name):
    police_in(city, "utf-8")
    (city.folder / name).write_text("<OGRVRTDataSource><OGRVRTLayer name='stations'><SrcDataSource>"
                                    f"{city.folder / 'stations.json'}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>")
    city.layer("police")["source"] = name
    done = city.fuse(binary)
    assert done.returncode == 1 and name in done.stderr and "GeoJSON" in done.stderr
