"""Hotspots from the command line, read back as analysts would."""

import csv
import json

import geopandas
import pytest

import running


def run(binary, project, *arguments):
    return running.run(binary, "hotspots", project, *arguments)


def record(binary, project, *arguments):
    return running.answer_of(binary, "hotspots", project, *arguments)


def square_run(binary, project, output, *more):
    return run(binary, project, "--cells", "square", "--size", 200, "--inference", "permutation", "--permutations", 99, "-o", output, *more)


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_a_map_of_cells_is_read_by_gdal(binary, small_project, tmp_path, ending):
    output = tmp_path / f"hot.{ending}"
    done = square_run(binary, small_project, output)
    assert done.returncode == 0, done.stderr
    frame = geopandas.read_file(output)
    assert len(frame) > 3 and frame.geometry.is_valid.all()
    assert frame["p"].between(0, 1).all()


def test_the_same_question_has_the_same_answer_for_any_number_of_threads(binary, small_project, tmp_path):
    texts = []
    for threads in (1, 2):
        output = tmp_path / f"{threads}.csv"
        assert square_run(binary, small_project, output, "--threads", threads).returncode == 0
        texts.append(output.read_text())
    assert texts[0] == texts[1]
    assert len(list(csv.reader(texts[0].splitlines()))) > 3


def test_the_record_tells_how_the_answer_was_made(binary, small_project):
    text = json.dumps(record(binary, small_project, "--method", "moran", "--cells", "square", "--size", 200, "--seed", 7))
    assert "moran" in text and '"seed": 7' in text and "coincident" in text


def test_only_the_events_asked_for_count(binary, small_project):
    answers = [record(binary, small_project, "--cells", "square", "--size", 200, *more) for more in ([], ["--category", "noise"])]
    assert [a["events"] for a in answers] == [4, 3]


def test_a_sensitivity_run_compares_cells_and_bandwidths(binary, small_project):
    told = record(binary, small_project, "--sensitivity", "--sizes", "150,200", "--origins", 2)
    assert len(told["runs"]) == 8
    assert [(pair["first_m"], pair["second_m"]) for pair in told["densities"]] == [(250, 500), (250, 1000), (500, 1000)]
    assert all(-1 <= pair["rank_correlation"] <= 1 for pair in told["densities"])


@pytest.mark.parametrize("method", [["--population"], ["--method", "rate"], ["--population", "--method", "moran"]])
def test_rates_of_few_people_are_left_out_and_told(binary, small_project, tmp_path, method):
    """The small city has twelve squares of about 950 people; a cell of 340 m has 100 to 120, less at the rim."""
    cells = ["--cells", "square", "--size", 340, *method]
    output = tmp_path / "hot.csv"
    few = record(binary, small_project, *cells, "-o", output)
    everybody = record(binary, small_project, *cells, "--least-population", 0)
    assert few["least_population"] == 100 and few["left_out"]["cells"] > 0
    assert few["n"] + few["left_out"]["cells"] == everybody["n"] + everybody["left_out"]["cells"]
    assert few["left_out"]["people"] < 100 * few["left_out"]["cells"]
    assert few["counted"] + few["left_out"]["events"] == everybody["counted"] + everybody["left_out"]["events"]
    assert any("under 100" in caution for caution in few["cautions"]) and "population of 100 or more" in few["summary"]
    if "moran" not in method:
        rows = list(csv.DictReader(open(output)))
        assert all(float(row["population"]) >= 100 for row in rows) and len(rows) == few["n"]
        assert ({row["statistic"] for row in rows} == {""}) == (method == ["--population"])
    refused = run(binary, small_project, *cells, "--least-population", 1000)
    assert refused.returncode != 0 and "least_population" in refused.stderr
    said = run(binary, small_project, *cells)
    assert "Cells left out" in said.stdout and "under 100" in said.stderr


@pytest.mark.parametrize("arguments, told", [
    (["--method", "kriging"], "gi_star"),
    (["--category", "nosie"], "noise"),
    (["--area", "grid:nowhere"], "nowhere"),
    (["--weights", "distance"], "distance"),
    (["--cells", "square", "--size", "0"], "size"),
    (["--hours", "25-3"], "hours"),
])
def test_what_has_no_meaning_is_refused_with_what_would_do(binary, small_project, tmp_path, arguments, told):
    output = tmp_path / "hot.csv"
    done = run(binary, small_project, *arguments, "-o", output)
    assert done.returncode != 0 and told in done.stderr, done.stderr
    assert not output.exists()
