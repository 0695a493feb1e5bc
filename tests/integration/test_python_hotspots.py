"""The Python package: weights of neighbours, hot spots and rates."""

import warnings

import gridloom
import numpy
import pandas
import pytest

from ground import squares


@pytest.mark.parametrize("kind", ["queen", "rook"])
def test_contiguity_of_polygons_equals_that_of_the_lattice(kind):
    found = gridloom.weights(squares(7, 5), kind=kind)
    expected = gridloom.Weights.lattice(7, 5, queen=kind == "queen")
    for a, b in zip(found.arrays(), expected.arrays()):
        assert (a == b).all()


def test_contiguity_of_the_grids_is_that_of_their_shapes(nyc):
    grids = nyc.grids().iloc[:300]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        queen = gridloom.weights(grids)
    shapes = list(grids.geometry)
    expected = {(i, j) for i, a in enumerate(shapes) for j, b in enumerate(shapes) if i != j and a.intersects(b)}
    first, neighbour, _ = queen.arrays()
    assert {(i, int(j)) for i in range(len(queen)) for j in neighbour[first[i]:first[i + 1]]} == expected


def test_weights_of_points_and_their_parameters():
    xy = numpy.array([[0.0, 0], [100, 0], [300, 0], [1000, 0]])
    assert gridloom.weights(xy, kind="knn", k=1).arrays()[1].tolist() == [1, 0, 1, 2]
    with pytest.warns(UserWarning, match="1 of 4 cells have no neighbours"):
        band = gridloom.weights(xy, kind="distance", distance=200)
    assert band.arrays()[1].tolist() == [1, 0, 2, 1] and band.islands.tolist() == [3]
    kernel = gridloom.weights(xy[:3], kind="kernel", bandwidth=250, kernel="epanechnikov")
    assert kernel.arrays()[2] == pytest.approx([1 - 0.16, 1 - 0.16, 1 - 0.64, 1 - 0.64])
    for wrong in ({"kind": "distance"}, {"kind": "bishop"}, {"kind": "queen"}, {"kind": "knn", "k": 9}):
        with pytest.raises(gridloom.DataError):
            gridloom.weights(xy, **wrong)
    with pytest.raises(gridloom.DataError, match="neighbour"):
        gridloom.Weights.from_neighbours([[1], [5]])


def test_getis_ord_gives_the_published_values():
    # Six points of esda's tests (BSD), band 15; z of G and G* as spdep and esda give them.
    xy = numpy.array([[10.0, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]])
    band = gridloom.weights(xy, kind="distance", distance=15)
    values = pandas.Series([2, 3, 3.2, 5, 8, 7], index=list("abcdef"))
    g = gridloom.hotspots(values, band, "gi", permutations=99)
    star = gridloom.hotspots(values, band, "gi_star", permutations=99)
    assert g["z"].to_numpy() == pytest.approx([-1.0136728985503, -0.0436158942017, 1.3155870289605, -0.3141267582046,
                                               1.1537398581068, 1.7783394086211], rel=1e-9)
    assert star["z"].to_numpy() == pytest.approx([-1.397276262012, -0.289177615627, 0.650649635161, -0.289177615627,
                                                  1.234520883520, 2.024243309390], rel=1e-9)
    assert list(star.index) == list("abcdef")


def test_a_cluster_is_found_and_the_record_is_complete():
    random = numpy.random.default_rng(3)
    values = random.poisson(2.0, (20, 20))
    values[4:8, 4:8] += 12
    queen = gridloom.Weights.lattice(20, 20)
    for inference in ("automatic", "permutation"):
        found = gridloom.hotspots(values.ravel(), queen, inference=inference, seed=5, window="May")
        hot = (found["class"] == "hot").to_numpy().reshape(20, 20)
        core = hot[4:8, 4:8] if inference == "automatic" else hot[5:7, 5:7]  # permutations leave the cell itself out
        assert core.all() and hot.sum() <= 40 and not hot[12:, :].any()
        told = found.attrs["provenance"]
        assert {"method", "inference", "correction", "alpha", "permutations", "seed", "n", "weights", "cautions"} <= set(told)
        assert (told["method"], told["correction"], told["n"], told["seed"]) == ("gi_star", "fdr", 400, 5)
    again = gridloom.hotspots(values.ravel(), queen, inference="permutation", seed=5, threads=3)
    assert (again["p"] == found["p"]).all()
    moran = gridloom.hotspots(values.ravel(), queen, "local_moran")
    assert moran.attrs["provenance"]["method"] == "local_moran" and (moran["class"] == "high_high").sum() >= 9
    assert gridloom.moran(values.ravel(), queen)["z"] > 5


def labelled():
    """Cells, counts with a cluster and people, by label; one cell has next to nobody."""
    cells = squares(12, 12).set_index("code")
    number = numpy.random.default_rng(3).poisson(3.0, (12, 12))
    number[3:6, 3:6] += 14
    people = numpy.full(144, 1000.0)
    number[11, 8], people[140] = 7, 0.014
    return cells, pandas.Series(number.ravel(), cells.index), pandas.Series(people, cells.index)


def test_values_and_populations_find_their_cells_by_label():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    assert queen.index.equals(cells.index) and queen.row_standardised().index.equals(cells.index)
    expected = gridloom.hotspots(number, queen, population=people, seed=5)
    assert (expected["class"] == "hot").sum() >= 9
    for order in (number.sort_values(ascending=False).index, number.sample(frac=1, random_state=2).index):
        found = gridloom.hotspots(number[order], queen, population=people.sort_values(), seed=5)
        assert found.index.equals(order)
        pandas.testing.assert_frame_equal(found.loc[cells.index], expected)
    assert gridloom.moran(number.sort_values(), queen)["value"] == gridloom.moran(number.to_numpy(), queen)["value"]
    assert gridloom.bivariate_moran(number.sort_values(), people, queen) == gridloom.bivariate_moran(number, people, queen)
    as_array = gridloom.hotspots(number.to_numpy(), queen, population=people.to_numpy(), seed=5)
    assert (as_array["class"].to_numpy() == expected["class"].to_numpy()).all()


def test_labels_that_do_not_match_are_refused():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    for wrong, word in ((number.reset_index(drop=True), "labels do not match.*'c0'"), (number.drop("c7"), "'c7'"),
                        (pandas.concat([number, number[:1]]), "stand twice")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.hotspots(wrong, queen)
    with pytest.raises(gridloom.DataError, match="the populations"):
        gridloom.hotspots(number, queen, population=people.reset_index(drop=True))
    lattice, numbered = gridloom.Weights.lattice(12, 12), number.reset_index(drop=True)
    assert gridloom.hotspots(numbered, lattice)["p"].equals(gridloom.hotspots(number.to_numpy(), lattice)["p"])
    with pytest.raises(gridloom.DataError, match="another order"):
        gridloom.hotspots(numbered.sort_values(ascending=False), lattice)


def test_rates_of_next_to_nobody_are_left_out_and_told():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    found = gridloom.hotspots(number, queen, population=people)
    told = found.attrs["provenance"]
    assert found.loc["c140", "class"] == "untested" and numpy.isnan(found.loc["c140", "p"])
    assert told["least_population"] == 100 and told["n"] == 143
    assert told["left_out"] == {"cells": 1, "events": number["c140"], "people": pytest.approx(0.014)}
    assert any("under 100" in caution for caution in told["cautions"])
    drowned = gridloom.hotspots(number, queen, population=people, least_population=0)
    assert drowned.attrs["provenance"]["left_out"]["cells"] == 0
    assert (drowned["class"] == "hot").sum() < (found["class"] == "hot").sum()


def test_shares_of_standardised_rates_are_not_told():
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    for method in ("gi_star", "gi"):
        found = gridloom.hotspots(number, queen, method, population=people)
        assert found["statistic"].isna().all() and found["z"].notna().sum() == 143 and (found["class"] == "hot").any()
        assert any("statistic is left out" in caution for caution in found.attrs["provenance"]["cautions"])
        plain = gridloom.hotspots(number, queen, method)
        assert plain["statistic"].notna().all()
        assert not any("statistic" in caution for caution in plain.attrs["provenance"]["cautions"])


@pytest.mark.parametrize("method", ["standardised", "smoothed", "locally smoothed"])
def test_rates_keep_labels_and_leave_out_next_to_nobody(method):
    cells, number, people = labelled()
    queen = gridloom.weights(cells)
    with pytest.warns(UserWarning, match="under 100: 1, with"):
        found = gridloom.rates(number.sort_values(), people, method, queen)
    assert found.index.equals(number.sort_values().index) and found[found.isna()].index.tolist() == ["c140"]
    assert found.attrs["provenance"]["left_out"]["cells"] == 1
    with pytest.warns(UserWarning):
        array = gridloom.rates(number.to_numpy(), people.to_numpy(), method, queen)
    assert isinstance(array, numpy.ndarray) and numpy.array_equal(array, found[cells.index].to_numpy(), equal_nan=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gridloom.rates(number, people, method, queen, least_population=0).notna().all()
    with pytest.raises(gridloom.DataError, match="labels do not match"):
        gridloom.rates(number, people.reset_index(drop=True), method, queen)


def test_values_that_do_not_fit_the_cells_are_refused():
    queen = gridloom.Weights.lattice(5, 5)
    for values, word in (([1.0] * 24, "shape"), ([numpy.nan] * 25, "finite|number")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.hotspots(values, queen)
    with pytest.raises(gridloom.DataError, match="gi_star"):
        gridloom.hotspots(range(25), queen, "median")
    with pytest.raises(gridloom.DataError, match="fdr"):
        gridloom.hotspots(range(25), queen, correction="holm")
