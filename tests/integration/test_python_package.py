"""The Python package as software: installed from its wheel, checked by mypy, sent to other processes, shown in notebooks."""

import copy
import importlib.util
import inspect
import pickle
import re
import subprocess
import sys
import textwrap
import zipfile

import geopandas
import gridloom
import numpy
import pandas
import pytest
import scipy.sparse
from shapely.geometry import box

from ground import UTM, squares
from running import PACKAGE

PYTHON = "/usr/bin/python3"


def wheel():
    (found,) = (PACKAGE.parent / "dist").glob("gridloom-*.whl")
    return found


def run(*command, **more):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, **more)


def test_the_wheel_installs_into_an_environment_without_network(tmp_path):
    assert run(PYTHON, "-m", "venv", "--system-site-packages", tmp_path / "env").returncode == 0
    python = tmp_path / "env" / "bin" / "python"
    done = run(python, "-m", "pip", "install", "--no-index", "--no-deps", wheel())
    assert done.returncode == 0, done.stderr
    lines = "import gridloom, pathlib; print(gridloom.__version__, pathlib.Path(gridloom.__file__).parent, " \
            "gridloom.Weights.lattice(3, 3).links)"
    said = run(python, "-c", lines, cwd=tmp_path, env={"PATH": "/usr/bin"})
    version, place, links = said.stdout.split()
    assert version == gridloom.__version__ and place.startswith(str(tmp_path / "env")) and links == "40", said.stderr
    assert run(python, "-m", "pip", "check").returncode in (0, 1)
    assert f"gridloom {version}" in run(python, "-m", "pip", "list", "--format=freeze").stdout.replace("==", " ")
    assert run(python, "-m", "pip", "uninstall", "-y", "gridloom").returncode == 0


def test_the_wheel_has_what_the_build_made():
    with zipfile.ZipFile(wheel()) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        for path in (PACKAGE / "gridloom").iterdir():
            if path.is_file():
                assert packed.read(f"gridloom/{path.name}") == path.read_bytes()
        assert f"gridloom-{gridloom.__version__}.dist-info/METADATA" in names and "gridloom/py.typed" in names


mypy = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed: scripts/setup --test")


@mypy
def test_mypy_accepts_the_package_and_strict_code_of_users(tmp_path):
    script = tmp_path / "user.py"
    script.write_text(textwrap.dedent("""
        import gridloom
        from gridloom import Heatmap, Project, Weights

        city: Project = gridloom.open("nyc.gpkg")
        rats = city.incidents("311 Rodent", start="2015-01-01", hours="22-4", weekdays=[6, 7])
        surface: Heatmap = gridloom.heatmap(rats, "diggle", cell=100, per="year")
        neighbours: Weights = gridloom.weights(city.grids(), kind="queen")
        found = gridloom.hotspots(gridloom.counts(city, by="grid", zeros=True)["count"].to_numpy(), neighbours, tail="greater")
        links: int = neighbours.links
        version: str = gridloom.__version__
        served = gridloom.connect("http://127.0.0.1:8080")
        hot = served.hotspots(category="311 Rodent", cells="hexagon", size=500)
        surface.to_png("rats.png", top=surface.top())
    """))
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import gridloom\ngridloom.heatmap([(0, 0)], bandwidth=None, cell='x')\n")
    environment = {"PATH": "/usr/bin", "MYPYPATH": str(PACKAGE)}
    check = [PYTHON, "-m", "mypy", "--cache-dir", tmp_path / "cache"]
    done = run(*check, "--strict", "--ignore-missing-imports", script, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout
    done = run(*check, "-p", "gridloom", cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout
    done = run(*check, "--strict", "--ignore-missing-imports", wrong, cwd=tmp_path, env=environment)
    assert done.returncode == 1 and "arg-type" in done.stdout, done.stdout


@mypy
def test_the_stub_is_that_of_the_extension(tmp_path):
    known = tmp_path / "known.txt"  # the metaclass of pybind11 and its __init__ of classes without one, which no stub can name
    known.write_text(r"gridloom\._gridloom\.(City|MapSheet|Raster|SpatialWeights(\.__init__)?)")
    done = run(PYTHON, "-m", "mypy.stubtest", "gridloom._gridloom", "--allowlist", known, cwd=tmp_path,
               env={"PATH": "/usr/bin", "MYPYPATH": str(PACKAGE), "PYTHONPATH": str(PACKAGE)})
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("make", [lambda w: pickle.loads(pickle.dumps(w)), copy.deepcopy, copy.copy])
def test_weights_projects_and_surfaces_go_to_other_processes(nyc, make):
    queen = gridloom.weights(squares(4, 3)).row_standardised()
    twin = make(queen)
    assert twin == queen and twin.index.equals(queen.index) and (twin.kind, twin.parameters) == (queen.kind, queen.parameters)
    values = numpy.arange(12.0) ** 2 + 0.5
    assert gridloom.hotspots(values, twin, permutations=99)["p"].equals(gridloom.hotspots(values, queen, permutations=99)["p"])
    nyc.locate([-73.9857], [40.7484])  # opened
    again = make(nyc)
    assert again.layers == nyc.layers and again.locate([-73.9857], [40.7484]).equals(nyc.locate([-73.9857], [40.7484]))
    surface = gridloom.heatmap(numpy.array([[500000.0, 4500000.0], [500300.0, 4500100.0]]), 200, 50, crs=UTM)
    assert make(surface) == surface and surface != gridloom.heatmap(numpy.array([[500000.0, 4500000.0]]), 200, 50, crs=UTM)


def test_another_process_gets_weights():
    queen = gridloom.weights(squares(4, 3))
    lines = "import pickle, sys; w = pickle.load(sys.stdin.buffer); print(len(w), w.links)"
    done = subprocess.run([sys.executable, "-c", lines], input=pickle.dumps(queen), capture_output=True, env={"PYTHONPATH": str(PACKAGE)},
                          check=True)
    assert done.stdout.split() == [b"12", str(queen.links).encode()]


def test_notebooks_show_surfaces_pictures_weights_and_projects(nyc):
    surface = gridloom.heatmap(numpy.array([[500000.0, 4500000.0], [500300.0, 4500100.0]]), 200, 50, crs=UTM)
    assert surface._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n" and "data:image/png;base64" in surface._repr_html_()
    assert "events per km²" in repr(surface) and len(repr(surface)) < 200
    assert "New York City" in nyc._repr_html_() and "police_precincts" in nyc._repr_html_()
    assert "12 cells" in gridloom.weights(squares(4, 3))._repr_html_()
    assert surface.picture()._repr_png_()[:4] == b"\x89PNG"


def test_weights_come_from_and_go_to_sparse_matrices():
    queen = gridloom.weights(squares(4, 3))
    matrix = queen.to_sparse()
    assert matrix.shape == (12, 12) and matrix.nnz == queen.links and (matrix != matrix.T).nnz == 0
    assert gridloom.Weights.from_sparse(matrix, index=queen.index) == queen
    rows = gridloom.Weights.from_sparse(scipy.sparse.diags(1 / numpy.asarray(matrix.sum(axis=1)).ravel()) @ matrix.tocoo())
    numpy.testing.assert_allclose(rows.arrays()[2], queen.row_standardised().arrays()[2], rtol=1e-15)
    star = gridloom.Weights.from_sparse(matrix + 3 * scipy.sparse.identity(12))  # what a cell weighs itself in Gi*
    values = numpy.arange(12.0)
    assert not gridloom.hotspots(values, star, inference="analytic")["z"].equals(gridloom.hotspots(values, queen, inference="analytic")["z"])
    assert gridloom.hotspots(values, star, "gi", inference="analytic")["z"].equals(gridloom.hotspots(values, queen, "gi", inference="analytic")["z"])
    for wrong, message in ((-matrix, "positive"), (matrix[:, :5], "12 by 5")):
        with pytest.raises(gridloom.DataError, match=message):
            gridloom.Weights.from_sparse(wrong)
    with pytest.raises(gridloom.DataError, match="3 labels"):
        gridloom.Weights.from_sparse(matrix, index=pandas.Index(["a", "b", "c"]))


def test_weights_come_from_and_go_to_libpysal():
    libpysal = pytest.importorskip("libpysal", reason="libpysal is not installed: scripts/setup --test")
    cells = squares(4, 3).set_index("code", drop=False)
    queen = gridloom.weights(cells)
    theirs = libpysal.weights.Queen.from_dataframe(cells.reset_index(drop=True), silence_warnings=True)
    theirs.remap_ids(cells.index.tolist())
    assert gridloom.Weights.from_libpysal(theirs) == queen
    back = queen.to_libpysal()
    assert back.neighbors == {own: sorted(near, key=cells.index.get_loc) for own, near in theirs.neighbors.items()}
    theirs.transform = "R"
    rows = gridloom.Weights.from_libpysal(theirs)
    assert rows.index.tolist() == cells.index.tolist() and rows == queen.row_standardised()
    assert gridloom.Weights.from_libpysal(libpysal.weights.W({0: [1], 1: [0], 2: []}, silence_warnings=True)).islands.tolist() == [2]


def test_keys_that_look_like_the_inputs_are_the_inputs():
    from shapely.geometry import LineString, MultiLineString
    import geopandas
    streets = geopandas.GeoDataFrame({"name": ["a", "b"]}, index=["x7", "x9"], crs=UTM, geometry=[
        MultiLineString([[(500000, 4500000), (500100, 4500000)], [(500300, 4500000), (500400, 4500000)]]),
        LineString([(500100, 4500000), (500300, 4500000)])])
    points = numpy.array([[500050.0, 4500001.0], [500350.0, 4500001.0]])
    found = gridloom.street_density(points, streets, 50, piece=50, crs=UTM)
    assert found["street"].tolist() == ["x7"] * 4 + ["x9"] * 4 and found["piece"].tolist() == [0, 1, 2, 3] * 2
    named = found.join(streets["name"], on="street")
    assert named.groupby("name")["length_m"].sum().to_dict() == {"a": 200, "b": 200}


@pytest.mark.parametrize("values", [pandas.array([1, 2, 3, 9], dtype="Int64"), pandas.Series([1, 2, 3, 9], dtype="category"),
                                    numpy.array([1, 2, 3, 9], dtype="uint8"), pandas.Series([1, 2, 3, 9], dtype=object)])
def test_values_of_every_dtype_are_numbers(values):
    queen = gridloom.Weights.lattice(2, 2)
    assert gridloom.hotspots(values, queen, inference="analytic")["value"].tolist() == [1, 2, 3, 9]
    with pytest.raises(gridloom.DataError, match="cell 1"):
        gridloom.hotspots(pandas.array([1, None, 3, 9], dtype="Int64"), queen)
    for wrong, message in ((["1", "2", "3", "4"], "numbers"), (pandas.Series(["a", "b", "c", "d"]), "to_numeric"),
                           (pandas.to_datetime(["2024-01-01"] * 4), "numbers")):
        with pytest.raises(gridloom.DataError, match=message):
            gridloom.hotspots(wrong, queen)


def test_the_record_of_a_surface_is_true(nyc):
    fines = nyc.incidents("Noise violation", start="2025-01-01")
    late = fines[fines["occurred_at"] >= "2025-03-01"]
    ground = nyc.outline()
    asked, own = (gridloom.heatmap(some, 800, 400, mask=ground).provenance for some in (fines, late))
    assert asked["window"] == ["2025-01-01", "open"]
    assert own["window"] == [f"first {late['occurred_at'].min():%Y-%m-%d}", f"last {late['occurred_at'].max():%Y-%m-%d}"]
    assert asked["n"] == len(fines) >= asked["n_inside"] > 0.99 * len(fines)
    moved = ground.translate(500_000)
    with pytest.warns(UserWarning, match="none of the .* points lies in the mask"):
        assert gridloom.heatmap(fines, 800, 4000, mask=moved).provenance["n_inside"] == 0
    assert gridloom.heatmap(fines, 800, 400, adaptive=True).provenance["error_of_maximum"] is None


def test_degrees_are_seen_although_some_points_stand_at_null_island():
    degrees = numpy.vstack([numpy.random.default_rng(1).uniform((-74, 40), (-73, 41), (1000, 2)), [[0.0, 0.0]], [[-74.0, 40.5]]])
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.heatmap(degrees, 500, 100)


def test_what_takes_minutes_is_told_before_it_begins():
    from shapely.geometry import Point
    points = numpy.random.default_rng(2).uniform(0, 4000, (20, 2))
    ground = Point(2000, 2000).buffer(3000, resolution=20000)

    def refuse(share):
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="minutes"), pytest.raises(KeyboardInterrupt):
        gridloom.heatmap(points, 300, 10, "gaussian", mask=ground, edge="uniform", exact=True, progress=refuse)


def test_every_example_of_the_help_runs(nyc, project, tmp_path, monkeypatch):
    """``Example:`` of each docstring, with the names that it takes for granted."""
    (tmp_path / "nyc.gpkg").symlink_to(project)
    monkeypatch.chdir(tmp_path)
    grids = nyc.grids().set_index("code")
    rats = nyc.incidents("311 Rodent", start="2010-01-01", end="2011-01-01")
    count = rats.groupby("grid_code").size().reindex(grids.index, fill_value=0)
    names = {"gridloom": gridloom, "city": nyc, "grids": grids, "rats": rats, "count": count, "w": gridloom.weights(grids),
             "people": nyc.people(cell=200), "streets": geopandas.GeoSeries([box(585000, 4510000, 586000, 4511000).exterior], crs=nyc.crs),
             "surface": gridloom.heatmap(rats, bandwidth=500, cell=100, mask=nyc.outline())}
    found = {}
    for owner in (gridloom, gridloom.Project, gridloom.Heatmap):
        for name, member in inspect.getmembers(owner, inspect.isfunction):
            for example in re.findall(r"Example: ``(.+)``", inspect.getdoc(member) or ""):
                found[name] = example
    assert {"counts", "heatmap", "hotspots", "rates", "weights", "locate", "incidents"} <= set(found)
    for name, example in found.items():
        assert eval(example, dict(names)) is not None, name
