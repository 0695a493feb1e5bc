"""One question, one answer: the command, the server and the Python package tell the same numbers."""

import csv
import io
import json
import types

import gridloom
import numpy
import pandas
import pytest
from osgeo import gdal

from client import answered, fetch, with_query
from running import answer_of, ran, serving

gdal.UseExceptions()
gdal.SetConfigOption("GDAL_PAM_ENABLED", "NO")
pytestmark = pytest.mark.filterwarnings("ignore")  # Python says as a warning what the others say as a caution

SMALL = {"cell": 40, "radius": 700, "kind": "litter", "timed": None, "size": 340, "sizes": [200, 340],
         "year": ["2024-03-01", "2024-03-03"], "sample": 5000, "reach": 1500}
NEW_YORK = {"cell": 500, "radius": 2500, "kind": "311 Rodent", "timed": "311 Rodent", "layer": "police_precincts",
            "size": 2000, "sizes": [2000, 3000], "year": ["2012-01-01", "2014-01-01"], "sample": 300, "reach": 4000}


def opened(project, url, facts):
    city = gridloom.open(project)
    return types.SimpleNamespace(project=project, url=url, city=city, ground=city.outline(), incidents=city.incidents(), **facts)


@pytest.fixture(scope="module")
def small_place(binary, small_project):
    with serving(binary, small_project) as (url, _):
        yield opened(small_project, url, SMALL)


@pytest.fixture(scope="module")
def new_york(project, server):
    return opened(project, server, NEW_YORK)


@pytest.fixture(params=["small_place", "new_york"])
def place(request):
    return request.getfixturevalue(request.param)


# --- asking


def command(binary, place, verb, question, target):
    words = []
    for name, value in question.items():
        words += [f"--{name}".replace("_", "-")] + ([] if value == "yes" else [value])
    return answer_of(binary, verb, place.project, *words, "-o", target), target.read_bytes()


def served(place, verb, question, form):
    return answered(place.url, fetch(with_query(f"{place.url}/api/{verb}", **question, format=form))).body


def answer(binary, place, verb, question, folder, form):
    """The record and the file of the command; the server's are those to the last byte."""
    record, file = command(binary, place, verb, question, folder / f"answer.{form}")
    assert file == served(place, verb, question, form)
    if form != "csv" or verb == "hotspots":  # zones are no question for a record alone
        assert record == json.loads(served(place, verb, question, "json"))
    return record, file


def raster(file):
    gdal.FileFromMemBuffer("/vsimem/answer.tif", file)
    opened_file = gdal.Open("/vsimem/answer.tif")
    return opened_file.ReadAsArray(), opened_file.GetGeoTransform()


def table(file):
    return pandas.read_csv(io.BytesIO(file), dtype={"cell": str})


def require_same(surface, file, times=1.0):
    """The files hold floats: 24 bits, and the edges' correction sums in the order of the limit's arcs."""
    values, (west, cell, _, north, _, _) = raster(file)
    assert (cell, west, north) == (surface.transform[0], surface.transform[2], surface.transform[5])
    assert numpy.isfinite(values).sum() > 30
    numpy.testing.assert_allclose(surface.array * times, values, rtol=5e-7, atol=1e-12 * numpy.nanmax(numpy.abs(values)))


# --- densities


@pytest.mark.parametrize("rule, kernel", [("scott", "uniform"), ("silverman", "epanechnikov"), ("diggle", "quartic"),
                                          ("ppl", "triweight"), ("lscv", "gaussian")])
def test_every_rule_chooses_the_same_bandwidth(binary, place, tmp_path, rule, kernel):
    options = {"sample": place.sample, "seed": 7} if rule in ("diggle", "ppl", "lscv") else {}
    record, file = answer(binary, place, "heatmap", {"bandwidth": rule, "kernel": kernel, "cell": place.cell, **options}, tmp_path, "tif")
    chosen = gridloom.bandwidth(place.incidents, rule, kernel, mask=place.ground, **options)
    assert record["bandwidth"]["standard_deviation_m"] == pytest.approx(chosen.sd_m, rel=1e-9)
    surface = gridloom.heatmap(place.incidents, chosen.metres, place.cell, kernel, mask=place.ground)
    assert record["bandwidth_m"] == surface.provenance["bandwidth_m"]
    if options:
        assert record["bandwidth"]["best_candidate_m"] == pytest.approx(chosen.provenance["best_candidate_m"], rel=1e-9)
        assert record["bandwidth"]["searched_m"] == pytest.approx(chosen.table["sd_m"].iloc[[0, -1]].tolist(), rel=1e-9)
        assert (record["bandwidth"].get("sample"), record["bandwidth"]["at_end"]) == (chosen.provenance["sample"], chosen.at_end)
    require_same(surface, file)


def test_a_range_to_search_is_the_candidates_between(binary, place, tmp_path):
    record, _ = answer(binary, place, "heatmap", {"bandwidth": "lscv", "search": "90,2900", "sample": place.sample, "cell": 500}, tmp_path, "tif")
    chosen = gridloom.bandwidth(place.incidents, "lscv", "quartic", candidates=numpy.geomspace(90, 2900, 64), sample=place.sample)
    assert record["bandwidth"]["best_candidate_m"] == pytest.approx(chosen.provenance["best_candidate_m"], rel=1e-9)
    assert record["bandwidth_m"] == pytest.approx(chosen.metres, abs=0.0006)


def test_a_heatmap_takes_a_rule_by_its_name_with_the_same_defaults(binary, small_place, tmp_path):
    for rule in ("scott", "diggle"):
        _, file = answer(binary, small_place, "heatmap", {"bandwidth": rule, "cell": 40}, tmp_path, "tif")
        require_same(gridloom.heatmap(small_place.incidents, rule, 40, mask=small_place.ground), file)


@pytest.mark.parametrize("question, options", [
    ({}, {}), ({"kernel": "uniform"}, {"kernel": "uniform"}), ({"kernel": "triweight", "adaptive": "yes"}, {"kernel": "triweight", "adaptive": True}),
    ({"edge": "uniform"}, {"edge": "uniform"}), ({"edge": "diggle", "kernel": "epanechnikov"}, {"edge": "diggle", "kernel": "epanechnikov"})])
def test_every_method_makes_the_same_surface(binary, place, tmp_path, question, options):
    _, file = answer(binary, place, "heatmap", {"bandwidth": place.radius, "cell": place.cell, **question}, tmp_path, "tif")
    require_same(gridloom.heatmap(place.incidents, place.radius, place.cell, mask=place.ground, **options), file)


def test_adaptive_gaussians_make_the_same_surface(binary, small_place, tmp_path):  # of New York they take ten seconds each
    question = {"bandwidth": small_place.radius, "cell": small_place.cell, "kernel": "gaussian", "adaptive": "yes"}
    _, file = answer(binary, small_place, "heatmap", question, tmp_path, "tif")
    require_same(gridloom.heatmap(small_place.incidents, small_place.radius, small_place.cell, "gaussian", adaptive=True, mask=small_place.ground), file)


def test_an_exact_edge_is_the_same(binary, small_place, tmp_path):
    question = {"bandwidth": 400, "cell": 60, "kernel": "gaussian", "exact": "yes", "edge": "diggle"}
    _, file = answer(binary, small_place, "heatmap", question, tmp_path, "tif")
    require_same(gridloom.heatmap(small_place.incidents, 400, 60, "gaussian", mask=small_place.ground, exact=True, edge="diggle"), file)


CLOCKS = [("hours", "22-4", lambda t, clock: clock & ((t.hour >= 22) | (t.hour < 4))),
          ("weekdays", "6,7", lambda t, clock: t.weekday >= 5),
          ("weekdays", "5", lambda t, clock: t.weekday == 4)]


@pytest.mark.parametrize("name, value, passes", CLOCKS, ids=lambda v: v if isinstance(v, str) else "")
def test_hours_and_weekdays_leave_the_same_incidents(binary, place, tmp_path, name, value, passes):
    record, file = answer(binary, place, "heatmap", {name: value, "bandwidth": place.radius, "cell": place.cell}, tmp_path, "tif")
    times = place.incidents["occurred_at"].dt
    chosen = place.incidents[numpy.asarray(passes(times, place.incidents["has_clock"]), bool)]
    assert 0 < len(chosen) == record["events"] < len(place.incidents)
    require_same(gridloom.heatmap(chosen, place.radius, place.cell, mask=place.ground), file)


def test_dates_leave_the_same_incidents_and_periods_divide_alike(binary, place, tmp_path):
    start, end = place.year
    question = {"bandwidth": place.radius, "cell": place.cell, "category": place.kind}
    record, file = answer(binary, place, "heatmap", {**question, "from": start, "to": end, "per": "month"}, tmp_path, "tif")
    chosen = place.city.incidents(place.kind, start, end)
    surface = gridloom.heatmap(chosen, place.radius, place.cell, mask=place.ground, per="month", period=(start, end))
    assert record["events"] == len(chosen) == surface.provenance["n"]
    assert record["per"]["units"] == surface.provenance["per"]["units"]
    require_same(surface, file)


def test_an_open_period_is_that_of_the_incidents(binary, place, tmp_path):
    question = {"bandwidth": place.radius, "cell": place.cell, "per": "day"}
    record, file = answer(binary, place, "heatmap", {**question, **({"category": place.timed} if place.timed else {})}, tmp_path, "tif")
    chosen = place.city.incidents(place.timed)
    surface = gridloom.heatmap(chosen, place.radius, place.cell, mask=place.ground, per="day")
    told = surface.provenance["per"]
    assert (record["per"]["units"], record["per"]["left_out"]) == (told["units"], told["left_out"])
    assert record["per"]["from"][:10] == told["from"] and record["per"]["until_before"][:10] == told["until_before"]
    require_same(surface, file)


@pytest.mark.parametrize("ratio, edge", [({}, "none"), ({"floor": 0.5}, "uniform"), ({"floor": 0, "mask_below": 0.25}, "none"),
                                         ({"floor": 3, "mask_below": 0.1, "logarithm": "yes"}, "none")])
def test_ratios_have_the_same_floor_and_mask(binary, place, tmp_path, ratio, edge):
    question = {"bandwidth": place.radius, "cell": place.cell, "category": place.kind, "against": "incidents", "edge": edge}
    record, file = answer(binary, place, "heatmap", {**question, **ratio}, tmp_path, "tif")
    above, below = (gridloom.heatmap(events, place.radius, place.cell, mask=place.ground, edge=edge)
                    for events in (place.city.incidents(place.kind), place.incidents))
    risk = gridloom.relative_risk(above, below, floor=ratio.get("floor"), mask_below=ratio.get("mask_below"))
    assert record["ratio"]["floor_per_km2"] == pytest.approx(risk.provenance["floor"], rel=1e-9)
    assert record["ratio"]["mask_below_per_km2"] == pytest.approx(risk.provenance["mask_below"], rel=1e-9)
    times = below.provenance["n"] / above.provenance["n"]  # the command tells 1 where the ratio is that of the whole city
    if "logarithm" in ratio:
        with numpy.errstate(divide="ignore"):
            expected = numpy.log(risk.array * times)
        values, _ = raster(file)
        numpy.testing.assert_allclose(numpy.where(numpy.isinf(expected), numpy.nan, expected), values, rtol=5e-7, atol=1e-6)
    else:
        require_same(risk, file, times)


def test_rates_over_the_population_are_the_same(binary, place, tmp_path):
    question = {"bandwidth": place.radius, "cell": place.cell, "against": "population"}
    record, file = answer(binary, place, "heatmap", question, tmp_path, "tif")
    people = place.city.people(min(place.cell, place.radius / 4))
    above = gridloom.heatmap(place.incidents, place.radius, place.cell, mask=place.ground)
    below = gridloom.heatmap(people, place.radius, place.cell, mask=place.ground, weights=people["people"])
    risk = gridloom.relative_risk(above, below)
    assert record["ratio"]["n"] == pytest.approx(people["people"].sum(), rel=1e-12)
    assert record["ratio"]["floor_per_km2"] == pytest.approx(risk.provenance["floor"], rel=1e-9)
    require_same(risk, file, 1000)


def test_values_of_zones_are_the_same(binary, place, tmp_path):
    question = {"bandwidth": place.radius, "cell": place.cell / 2, "zones": "grids"}
    _, file = answer(binary, place, "heatmap", question, tmp_path, "csv")
    rows, grids = table(file).set_index("cell"), place.city.grids().set_index("code")
    found = gridloom.heatmap(place.incidents, place.radius, place.cell / 2, mask=place.ground).per_cell(grids).loc[rows.index]
    assert (found["pixels"] == rows["pixels"]).all()
    for column in ("mean", "largest", "integral"):
        numpy.testing.assert_allclose(found[column], rows[column], rtol=1e-9, atol=1e-12)


# --- hot spots

WEIGHTS = [(False, {"weights": "queen"}, {}), (True, {"weights": "rook"}, {}),
           (False, {"weights": "knn", "neighbours": 3}, {"k": 3}), (True, {"weights": "distance"}, {"distance": "reach"}),
           (False, {"weights": "kernel"}, {"bandwidth": "reach"}),
           (True, {"weights": "kernel", "kernel": "gaussian"}, {"bandwidth": "reach", "kernel": "gaussian"})]


def neighbours(place, weights, options):
    """The question's words and the package's arguments for the same weights."""
    asked = {**weights, **{name: place.reach for name, value in options.items() if value == "reach"}}
    return asked, {name: place.reach if value == "reach" else value for name, value in options.items()}


def cells_of(place, kind):
    """The question's words, and the cells with the number of incidents in each."""
    if kind == "grids":
        asked, cells, name = {"cells": "grids"}, place.city.grids(), "code"
    elif kind == "layer":
        asked, cells, name = {"cells": place.layer}, place.city.layer(place.layer), "id"
    else:
        asked, name = {"cells": kind, "size": place.size}, "code"
        cells = gridloom.regular_cells(place.ground, place.size, kind)
    counted = gridloom.counts(place.incidents, by=[], cells=cells[[name, "geometry"]])
    return asked, cells.set_index(name), counted.set_index("cell")["count"].reindex(cells[name]).fillna(0)


def require_same_cells(found, file):
    rows = table(file).set_index("cell")
    found = found.loc[rows.index]
    assert (found["value"] == rows["events"]).all() and len(rows) > 3
    assert (found["class"] == rows["class"]).all()
    for column in ("statistic", "z", "p", "q"):
        numpy.testing.assert_allclose(found[column], rows[column], rtol=1e-9, atol=1e-12, err_msg=column)


@pytest.mark.parametrize("standardised, weights, options", WEIGHTS)
def test_every_kind_of_weights_finds_the_same_hot_spots(binary, place, tmp_path, weights, options, standardised):
    asked, taken = neighbours(place, weights, options)
    cells, frame, values = cells_of(place, "square")
    question = {**cells, **asked, **({"row_standardised": "yes"} if standardised else {})}
    record, file = answer(binary, place, "hotspots", {**question, "inference": "analytic"}, tmp_path, "csv")
    own = gridloom.weights(frame, weights["weights"], **taken)
    own = own.row_standardised() if standardised else own
    assert (record["n"], record["links"]) == (len(own), own.links)
    require_same_cells(gridloom.hotspots(values, own, inference="analytic"), file)


@pytest.mark.parametrize("kind, method", [("grids", "gi_star"), ("square", "local_moran"), ("hexagon", "local_geary"), ("hexagon", "gi")])
def test_cells_of_every_kind_are_the_same(binary, place, tmp_path, kind, method):
    require_same_when_permuted(binary, place, tmp_path, kind, method)


def test_cells_of_a_layer_are_the_same(binary, new_york, tmp_path):
    require_same_when_permuted(binary, new_york, tmp_path, "layer", "local_moran")


def require_same_when_permuted(binary, place, tmp_path, kind, method):
    cells, frame, values = cells_of(place, kind)
    question = {**cells, "method": method, "inference": "permutation", "permutations": 99, "seed": 5}
    _, file = answer(binary, place, "hotspots", question, tmp_path, "csv")
    found = gridloom.hotspots(values, gridloom.weights(frame), method, inference="permutation", permutations=99, seed=5)
    require_same_cells(found, file)


def test_exact_p_and_the_corrections_are_the_same(binary, place, tmp_path):
    cells, frame, values = cells_of(place, "square")
    for correction in ("fdr", "bonferroni", "none"):
        _, file = answer(binary, place, "hotspots", {**cells, "correction": correction, "alternative": "greater"}, tmp_path, "csv")
        require_same_cells(gridloom.hotspots(values, gridloom.weights(frame), correction=correction, tail="greater"), file)


@pytest.mark.parametrize("standardised, weights, options", WEIGHTS)
def test_rates_are_the_same(binary, new_york, tmp_path, weights, options, standardised):
    asked, taken = neighbours(new_york, weights, options)
    cells, frame, values = cells_of(new_york, "grids")
    question = {**cells, **asked, "method": "rate", "inference": "analytic", **({"row_standardised": "yes"} if standardised else {})}
    record, file = answer(binary, new_york, "hotspots", question, tmp_path, "csv")
    own = gridloom.weights(frame, weights["weights"], **taken)
    own = own.row_standardised() if standardised else own
    found = gridloom.hotspots(values, own, "local_moran", population=frame["population"], inference="analytic")
    assert record["left_out"] == pytest.approx(found.attrs["provenance"]["left_out"], rel=1e-9)
    require_same_cells(found, file)


@pytest.mark.parametrize("method, function", [("moran", gridloom.moran), ("geary", gridloom.geary), ("getis_g", gridloom.getis_ord_g)])
def test_global_statistics_are_the_same(binary, place, tmp_path, method, function):
    cells, frame, values = cells_of(place, "square")
    _, file = answer(binary, place, "hotspots", {**cells, "method": method, "permutations": 199, "seed": 3}, tmp_path, "csv")
    row, = csv.DictReader(io.StringIO(file.decode()))
    found = function(values, gridloom.weights(frame), permutations=199, seed=3)
    for name in ("value", "expected", "variance", "z", "p", "p_permutation"):
        assert float(row[name]) == pytest.approx(found[name], rel=1e-9), name


@pytest.mark.parametrize("within", [[], [3000]], ids=["queen", "band"])
def test_sensitivity_runs_are_the_same(binary, place, tmp_path, within):
    question = {"sensitivity": "yes", "sizes": ",".join(map(str, place.sizes)), "origins": 2, "inference": "analytic",
                **({"bandwidths": ",".join(map(str, within))} if within else {})}
    record, file = answer(binary, place, "hotspots", question, tmp_path, "csv")
    found = gridloom.sensitivity(place.incidents, mask=place.ground, cell_sizes=place.sizes, origins_per_axis=2, inference="analytic",
                                 neighbours_within=within)
    told = [(run["cell_m"], run["cells"], run["events"], run["hot"], run["cold"]) for run in record["runs"]]
    assert told == list(found.runs[["cell_m", "cells", "events", "hot", "cold"]].itertuples(index=False, name=None))
    rows = table(file)
    for column, share in (("hot_share", found.hot_share), ("cold_share", found.cold_share)):
        assert rows[column].to_numpy() == pytest.approx(share[~numpy.isnan(share)], rel=1e-12)
    for pair, own in zip(record["densities"], found.bandwidths.itertuples()):
        assert pair["rank_correlation"] == pytest.approx(own.rank_correlation, rel=1e-9)
        assert pair["dense_in_both"] == pytest.approx(own.dense_in_both, rel=1e-9)


# --- counts


COUNTS = [("grid", {}), ("grid,month,category", {"weekdays": "1-5"}), ("LAYER,quarter,agency", {}), ("LEVEL,weekday,hour", {"hours": "22-4"}),
          ("hexagon,year", {"size": 900}), ("square,month_of_year,subcategory", {"size": 1200}), ("week,severity", {}), ("day,status", {}),
          ("LEVEL,month", {"zeros": "yes", "from": "2015-01-01", "to": "2015-04-01"}), ("grid,quarter", {"zeros": "yes"}),
          ("hexagon,weekday", {"size": 2500, "zeros": "yes"}), ("hour,category", {"zeros": "yes"})]


def table_of_counts(table):
    """As CSV has it."""
    return [["" if pandas.isna(value) else str(value) for value in row] for row in table.itertuples(index=False)]


@pytest.mark.parametrize("by, question", COUNTS, ids=[by for by, _ in COUNTS])
def test_counts_are_the_same(binary, place, tmp_path, by, question):
    by = by.replace("LAYER", place.city.layers[0]).replace("LEVEL", place.city.admin_levels[-1])
    told = {**question, **({"category": place.kind} if "category" not in by else {})}
    words = [f"--{name}" + ("" if value == "yes" else f"={value}") for name, value in told.items()]
    ran(binary, "incidents", "counts", place.project, "--by", by, *words, "-o", tmp_path / "counts.csv")
    file = (tmp_path / "counts.csv").read_bytes()
    assert file == answered(place.url, fetch(with_query(f"{place.url}/api/incidents/counts", by=by, **told))).body
    header, *rows = csv.reader(io.StringIO(file.decode()))
    filters = {{"from": "start", "to": "end"}.get(name, name): value for name, value in told.items() if name not in ("size", "zeros")}
    asked = {"by": by, "size": told.get("size"), "zeros": "zeros" in told, **filters}
    for city in (place.city, gridloom.open(place.url)):
        table = gridloom.counts(city, **asked)
        assert list(table.columns) == header and table_of_counts(table) == rows
    assert sum(int(row[-1]) for row in rows) == len(place.city.incidents(**filters))


# --- a server as a city


def test_a_server_tells_the_grids_layers_and_levels_of_its_project(place):
    served = gridloom.open(place.url)
    assert isinstance(served, gridloom.RemoteProject) and "http" in repr(served)
    for what in ("name", "crs", "time_zone", "layers", "admin_levels", "epsg"):
        assert getattr(served, what) == getattr(place.city, what)
    pairs = [(served.grids(), place.city.grids(), "code")] + [
        (served.layer(layer), place.city.layer(layer), "id") for layer in place.city.layers[:3]] + [
        (served.admin(level), place.city.admin(level), "code") for level in place.city.admin_levels]
    for theirs, ours, key in pairs:
        ours = ours.set_index(key).loc[theirs[key]]
        assert len(theirs) and theirs.crs.to_epsg() == served.epsg
        numpy.testing.assert_allclose(theirs.geometry.area, ours.geometry.area, rtol=1e-6)
        if "population" in ours:
            numpy.testing.assert_allclose(theirs["population"], ours["population"], rtol=1e-6)
    assert served.outline().area.sum() == pytest.approx(place.ground.area.sum())


def test_a_server_locates_as_its_project_does(place):
    some = place.incidents.iloc[:: max(1, len(place.incidents) // 20)]
    served = gridloom.open(place.url)
    theirs = served.locate(some["x"], some["y"], crs=place.city.crs)
    ours = place.city.locate(some["x"], some["y"], crs=place.city.crs).drop(columns="atom")
    pandas.testing.assert_frame_equal(theirs[ours.columns], ours, check_dtype=False)
    nowhere = served.locate([0.0, numpy.nan], [0.0, 1.0])
    assert nowhere["grid"].isna().all() and not nowhere["on_boundary"].any()


def test_a_servers_analyses_are_those_of_the_command(binary, place, tmp_path):
    served = gridloom.open(place.url)
    question = {"bandwidth": place.radius, "cell": place.cell}
    record, file = command(binary, place, "heatmap", {**question, "category": place.kind}, tmp_path / "heat.tif")
    surface = served.heatmap(category=place.kind, **question)
    require_same(surface, file)
    assert surface.provenance["events"] == record["events"] and surface.crs == place.city.crs and "km" in surface.units
    record, file = command(binary, place, "hotspots", {"cells": "square", "size": place.size}, tmp_path / "hot.csv")
    found, told = served.hotspots(cells="square", size=place.size), table(file)
    assert found["cell"].tolist() == told["cell"].tolist() and found["class"].tolist() == told["class"].tolist()
    assert found.attrs["provenance"] == record and found.geometry.area.sum() > 0


def test_what_a_server_does_not_tell_is_refused_in_its_words(small_place):
    served = gridloom.open(small_place.url)
    with pytest.raises(gridloom.DataError, match="open the project file"):
        served.incidents()
    with pytest.raises(gridloom.DataError, match="open the project file"):
        served.table("quality")
    with pytest.raises(gridloom.DataError, match="there is no layer"):
        served.layer("nothing")
    with pytest.raises(gridloom.DataError, match="decade"):
        gridloom.counts(served, by="decade")
    with pytest.raises(gridloom.DataError, match="nosie"):
        gridloom.counts(served, category="nosie")
    with pytest.raises(ConnectionError, match="no answer"):
        gridloom.connect("http://127.0.0.1:9")
    with pytest.raises(gridloom.DataError):
        gridloom.connect(f"{small_place.url}/nothing")


# --- filters


FILTERS = [{"hours": "22-4"}, {"weekdays": "6,7"}, {"subcategory": "first"}, {"agency": "first"}, {"area": "first"}, {"start": "middle"}]


@pytest.mark.parametrize("asked", FILTERS, ids=lambda asked: "".join(asked))
def test_filters_leave_the_same_incidents(binary, place, asked):
    (name, value), = asked.items()
    if value == "middle":
        value = place.incidents["occurred_at"].sort_values().iloc[len(place.incidents) // 2].strftime("%Y-%m-%d")
    elif value == "first":
        known = place.incidents["grid_code" if name == "area" else name].dropna()
        if known.empty:
            pytest.skip(f"no incident has a {name}")
        value = ("grid:" if name == "area" else "") + known.iloc[0]
    told = ran(binary, "incidents", "counts", place.project, "--by", "category", {"start": "--from"}.get(name, f"--{name}"), value).stdout
    expected = {row["category"]: int(row["count"]) for row in csv.DictReader(io.StringIO(told))}
    found = place.city.incidents(**{name: value})
    assert found["category"].fillna("").value_counts().to_dict() == expected and 0 < len(found) < len(place.incidents)


def test_filters_of_python_are_what_people_have_at_hand(new_york):
    city = new_york.city
    night = city.incidents(hours=(22, 4))
    assert len(night) == len(city.incidents(hours="22-4")) and set(night["occurred_at"].dt.hour) == {22, 23, 0, 1, 2, 3}
    weekend = city.incidents(weekdays=[6, 7], category=["311 Rodent"])
    assert set(weekend["occurred_at"].dt.weekday) == {5, 6} and set(weekend["category"]) == {"311 Rodent"}
    box = city.incidents(area=(-73.99, 40.74, -73.97, 40.76))
    lonlat = city.outline().to_crs(4326).total_bounds
    assert 0 < len(box) < len(city.incidents()) and lonlat[0] < -73.99
    assert night.attrs["window"] == ["open", "open"]
    for wrong, message in (({"hours": 22}, "22-4"), ({"hours": "25"}, "hours"), ({"weekdays": "0-8"}, "weekdays"), ({"area": "nowhere"}, "area"),
                           ({"area": (1, 2)}, "degrees"), ({"agency": "FBI"}, "FBI"), ({"category": []}, "empty list")):
        with pytest.raises(gridloom.DataError, match=message):
            city.incidents(**wrong)


# --- whole cells


def test_hot_spots_in_an_area_are_of_whole_cells(binary, new_york, tmp_path):
    city = new_york.city
    layer = "police_precincts"
    precinct = city.layer(layer).iloc[10]
    inside = city.layer(layer).set_index("id").geometry[precinct["id"]]
    _, file = answer(binary, new_york, "hotspots", {"category": new_york.kind, "area": f"{layer}:{precinct['id']}", "cells": "grids"}, tmp_path, "csv")
    found = table(file).set_index("cell")["events"]
    whole = city.incidents(new_york.kind)["grid_code"].value_counts()
    assert len(found) > 5 and found.to_dict() == whole.reindex(found.index).fillna(0).astype(int).to_dict()
    grids = city.grids().set_index("code").geometry
    half = grids.intersection(inside).area / grids.area
    assert set(found.index) == set(half.index[half >= 0.5])
