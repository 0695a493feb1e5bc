"""The Python package as others meet it: documentation, the lines of the README, the examples."""

import os
import subprocess
import sys
import warnings

import geopandas
import gridloom
import numpy
import pandas
import pytest
from osgeo import gdal
from PIL import Image

from running import PACKAGE, ROOT

EXAMPLES = ROOT / "scripts" / "python" / "examples"


def test_every_public_name_has_documentation_and_type_hints():
    assert (PACKAGE / "gridloom" / "py.typed").is_file()
    for name in gridloom.__all__:
        thing = getattr(gridloom, name)
        assert thing.__doc__, name
        if callable(thing) and not isinstance(thing, type):
            assert "return" in thing.__annotations__, name


def test_the_lines_of_the_manual_run(project, tmp_path, monkeypatch):
    lines = [line[4:] for line in (ROOT / "docs/USING.md").read_text().splitlines() if line.startswith(">>> ")]
    assert len(lines) >= 6
    (tmp_path / "nyc.gpkg").symlink_to(project)
    monkeypatch.chdir(tmp_path)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("\n".join(lines), names)
    assert (tmp_path / "rats.png").stat().st_size > 10000
    assert len(names["spots"]) == len(names["grids"]) and (names["spots"]["class"] == "hot").any()

def run_example(name, project, folder, *options):
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    return subprocess.run([sys.executable, EXAMPLES / name, project, folder, *options], check=True, capture_output=True,
                          text=True, env=environment, timeout=600).stdout


def coloured(path):
    """A picture with many colours, not an empty sheet."""
    picture = Image.open(path).convert("RGB")
    return picture.size[0] == 1400 and len(picture.getcolors(1 << 24)) > 500


def test_rat_sightings(project, nyc, tmp_path):
    said = run_example("rat_sightings.py", project, tmp_path)
    grids = pandas.read_csv(tmp_path / "rat_hotspots.csv", dtype={"code": str})
    rats = nyc.incidents("311 Rodent", "2010-01-01", "2016-01-01")
    assert grids["sightings"].sum() == rats["grid_code"].notna().sum() and len(grids) == len(nyc.grids())
    assert (grids["class"] == "hot").sum() > 10 and set(grids["class"]) <= {"hot", "cold", "not_significant", "untested"}
    assert (grids.loc[grids["class"] == "hot", "q"] <= 0.05).all()
    assert len(geopandas.read_file(tmp_path / "rat_hotspots.geojson")) == len(grids)
    months = pandas.read_csv(tmp_path / "rat_months.csv", index_col="month")
    assert months.shape == (72, 5) and abs(months.to_numpy().sum() - grids["sightings"].sum()) <= 5
    assert "fdr" in said and coloured(tmp_path / "rat_hotspots.png")


def test_collisions(project, nyc, tmp_path):
    run_example("collisions.py", project, tmp_path)
    hours = pandas.read_csv(tmp_path / "collision_hours.csv", index_col="hour")
    collisions = nyc.incidents("Motor vehicle collision")
    timed = collisions[collisions["has_clock"] & collisions["grid_code"].notna()]
    assert hours.shape == (24, 5) and abs(hours.to_numpy().sum() - len(timed)) <= 5
    grids = geopandas.read_file(tmp_path / "collision_grids.geojson")
    assert len(grids) == 50 and grids["collisions"].is_monotonic_decreasing
    raster = gdal.Open(str(tmp_path / "collision_density.tif"))
    density = raster.ReadAsArray()
    assert raster.GetMetadata()["N"] == str(len(collisions))
    assert numpy.nansum(density) * 50 * 50 / 1e6 == pytest.approx(len(collisions), rel=0.03)  # some reaches beyond the shore
    assert coloured(tmp_path / "collision_density.png")


def test_counts(project, nyc, tmp_path):
    for cells, more in (("police_precincts", []), ("hexagon", ["--size", "3000"])):
        said = run_example("counts.py", project, tmp_path / cells, "Noise violation", "--cells", cells, *more)
        months = pandas.read_csv(tmp_path / cells / "counts.csv", dtype={cells: str})
        assert months["count"].sum() == len(nyc.incidents("Noise violation")) and (months["count"] == 0).any()
        busy = pandas.read_csv(tmp_path / cells / "busy.csv")
        assert busy["sum"].is_monotonic_decreasing and f"{len(busy):,} cells" in said and coloured(tmp_path / cells / "counts.png")
    assert len(pandas.read_csv(tmp_path / "police_precincts" / "busy.csv")) == len(nyc.layer("police_precincts"))


def test_heat(project, nyc, tmp_path):
    run_example("heat.py", project, tmp_path, "Motor vehicle collision", "--cell", "400")
    chosen = pandas.read_csv(tmp_path / "bandwidths.csv")
    assert chosen["method"].tolist() == ["scott", "silverman", "diggle", "ppl", "lscv"] and (chosen["metres"] > 0).all()
    for name, hours in (("night", "22-6"), ("day", "6-22")):
        raster = gdal.Open(str(tmp_path / f"{name}.tif"))
        assert raster.GetMetadata()["N"] == str(len(nyc.incidents("Motor vehicle collision", hours=hours)))
        assert coloured(tmp_path / f"{name}.png")


def test_streets(project, tmp_path):
    said = run_example("streets.py", project, tmp_path, "Motor vehicle collision", ROOT / "gisdata/nyc/streets.geojson.gz", "--name", "name")
    streets = pandas.read_csv(tmp_path / "streets.csv")
    told = geopandas.read_file(tmp_path / "pieces.gpkg")
    assert streets["most_per_km"].is_monotonic_decreasing and streets["name"].notna().any() and "beyond reach" in said
    assert (told["events_per_km"] * told["length_m"] / 1000).sum() == pytest.approx(streets["incidents"].sum(), rel=1e-3)
    assert coloured(tmp_path / "streets.png")


def test_change(project, nyc, tmp_path):
    times = ["2012-01-01", "2014-01-01", "2016-01-01"]
    run_example("change.py", project, tmp_path, "311 Rodent", *times, "--cell", "500")
    grids = pandas.read_csv(tmp_path / "grids.csv", dtype={"code": str})
    for name, start, end in (("earlier", *times[:2]), ("later", *times[1:])):
        assert grids[name].sum() == nyc.incidents("311 Rodent", start, end)["grid_code"].notna().sum()
    more, less = (grids[side]["log_ratio"].mean() for side in (grids["later"] > 2 * grids["earlier"] + 10, grids["earlier"] > 2 * grids["later"] + 10))
    assert more > 0 > less and coloured(tmp_path / "change.png")


def test_noise(project, nyc, tmp_path):
    said = run_example("noise.py", project, tmp_path)
    precincts = pandas.read_csv(tmp_path / "noise_precincts.csv")
    violations = nyc.incidents("Noise violation")
    assert len(precincts) == 76 and abs(precincts["violations"].sum() - violations["grid_code"].notna().sum()) <= 5
    assert precincts["residents"].sum() == pytest.approx(8175133, rel=0.001)
    months = pandas.read_csv(tmp_path / "noise_months.csv", index_col="month")
    shown = months.drop(index="total").drop(columns="total").to_numpy()
    assert not ((shown > 0) & (shown < 5)).any()
    assert len(geopandas.read_file(tmp_path / "noise_precincts.geojson")) == 76
    assert "local_moran" in said and coloured(tmp_path / "noise_precincts.png")
