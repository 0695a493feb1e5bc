"""Bandwidths, adaptive densities, ratios, contours, values by cell, streets and sensitivity of the Python package, each beside
its definition in a few lines of NumPy."""

import itertools
import warnings

import geopandas
import gridloom
import numpy
import pytest
import shapely.geometry
from osgeo import gdal

from ground import BOX, UTM, line, scattered, squares


def distances(xy):
    return numpy.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])


# --- bandwidths


def criterion(method, xy, sd, area):
    """What the selector makes largest (ppl) or smallest."""
    d, n = distances(xy), len(xy)
    others = ~numpy.eye(n, dtype=bool)
    if method == "ppl":
        kernel = numpy.exp(-d**2 / (2 * sd**2)) / (2 * numpy.pi * sd**2) * others
        with numpy.errstate(divide="ignore"):  # a bandwidth far below every distance
            return numpy.log(kernel.sum(axis=1)).sum()
    if method == "lscv":
        wide = numpy.exp(-d**2 / (4 * sd**2)).sum() / (4 * numpy.pi * sd**2)
        narrow = (numpy.exp(-d**2 / (2 * sd**2)) * others).sum() / (2 * numpy.pi * sd**2)
        return wide / n**2 - 2 * narrow / (n * (n - 1))
    h, pairs = 2 * sd, d[others]  # Diggle: K without edge correction, overlap of discs of radius h
    y = numpy.minimum(1, pairs / (2 * h))
    overlap = 2 * h**2 * (numpy.arccos(y) - y * numpy.sqrt(1 - y**2))
    per_pair, disc = area / (n * (n - 1)), numpy.pi * h**2
    return (area / n - 2 * per_pair * (pairs <= h).sum()) / disc + per_pair * overlap.sum() / disc**2


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("method", ["diggle", "ppl", "lscv"])
def test_a_search_weighs_every_candidate_as_its_definition(method, seed):
    xy = scattered(seed, 40 + 20 * seed)
    area = shapely.geometry.box(*BOX).area
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chosen = gridloom.bandwidth(xy, method, mask=shapely.geometry.box(*BOX))
    table = chosen.table
    assert len(table) == 64 and table["sd_m"].is_monotonic_increasing
    expected = [criterion(method, xy, sd, area) for sd in table["sd_m"]]
    assert table["criterion"].to_numpy() == pytest.approx(expected, rel=1e-9)
    best = numpy.argmax(expected) if method == "ppl" else numpy.argmin(expected)
    assert chosen.metres == chosen.sd_m == table["sd_m"][best]
    assert chosen.provenance["n"] == len(xy) and chosen.provenance["sample"] is None
    scott = gridloom.bandwidth(xy, "scott").sd_m
    assert table["sd_m"].iloc[[0, -1]].tolist() == pytest.approx([scott / 50, scott * 4])


def test_rules_of_thumb_by_hand():
    xy = scattered(3)
    n, centre = len(xy), xy.mean(axis=0)
    variance = xy.var(axis=0, ddof=1)
    assert gridloom.bandwidth(xy, "scott").metres == pytest.approx(numpy.sqrt(variance.mean()) * n ** (-1 / 6), rel=1e-12)
    away = numpy.hypot(*(xy - centre).T)
    spread = min(numpy.sqrt((away**2).mean()), numpy.median(away) / numpy.sqrt(numpy.log(2)))
    assert gridloom.bandwidth(xy, "silverman").metres == pytest.approx(0.9 * spread * n**-0.2, rel=1e-12)


@pytest.mark.parametrize("kernel, power", [("uniform", 0), ("epanechnikov", 1), ("quartic", 2), ("triweight", 3)])
def test_other_kernels_get_the_radius_of_the_same_variance(kernel, power):
    chosen = gridloom.bandwidth(scattered(1), "scott", kernel)
    u = (numpy.arange(200000) + 0.5) / 200000  # variance along an axis: half the mean of r², r of density u (1 - u²)^power
    mass = u * (1 - u**2) ** power
    variance = 0.5 * (u**2 * mass).sum() / mass.sum()
    assert chosen.metres * numpy.sqrt(variance) == pytest.approx(chosen.sd_m, rel=1e-6)


def test_a_search_at_its_end_warns_and_many_points_are_sampled_with_the_seed():
    xy = scattered(2, 400)
    with pytest.warns(UserWarning, match="at the end of the candidates.*search wider"):
        assert gridloom.bandwidth(xy, "lscv", candidates=[2000, 3000]).at_end
    first, again, other = (gridloom.bandwidth(points, "ppl", sample=100, seed=seed) for points, seed in ((xy, 1), (xy[::-1], 1), (xy, 2)))
    assert first.table.equals(again.table) and not first.table.equals(other.table)  # whatever the order
    assert first.provenance["sample"] == 100 and first.provenance["n"] == 400
    assert first.sd_m == pytest.approx(first.provenance["best_candidate_m"] * (100 / 400) ** (1 / 6), rel=1e-12)


@pytest.mark.parametrize("change, message", [
    ({"method": "best"}, "best.*scott"), ({"kernel": "cone"}, "cone"), ({"candidates": [3, 2]}, "ascending"),
    ({"candidates": []}, "ascending"), ({"points": numpy.zeros((5, 2)) + 500000}, "two different places"),
    ({"points": numpy.array([[-73.91, 40.72], [-73.83, 40.71]])}, "degrees"), ({"sample": 1}, "sample"),
    ({"points": numpy.array([[numpy.nan, 1.0], [3, 4]])}, "no finite place")])
def test_bandwidths_of_nonsense_are_refused(change, message):
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.bandwidth(**{"points": scattered(1), "method": "lscv", **change})


def test_a_heatmap_takes_a_selectors_name_and_says_so():
    xy = scattered(4)
    chosen = gridloom.bandwidth(xy, "lscv", "quartic")
    surface = gridloom.heatmap(xy, "lscv", 100, bounds=BOX)
    assert (surface.array == gridloom.heatmap(xy, chosen.metres, 100, bounds=BOX).array).all()
    told = surface.provenance["bandwidth_by"]
    assert told["method"] == "lscv" and chosen.metres in told["candidates_beside_m"] and len(told["candidates_beside_m"]) == 3
    assert gridloom.heatmap(xy, 300, 100).provenance["bandwidth_by"] == "stated"
    with pytest.raises(gridloom.DataError, match="largest.*scott"):
        gridloom.heatmap(xy, "largest", 100)


# --- adaptive


def quartic(u2):
    return numpy.where(u2 <= 1, 3 / numpy.pi * (1 - u2) ** 2, 0)


def centres(surface):
    cell, _, west, _, _, north = surface.transform
    rows, columns = surface.array.shape
    return west + cell * (numpy.arange(columns) + 0.5), north - cell * (numpy.arange(rows) + 0.5)


def test_an_adaptive_heatmap_follows_the_square_root_law():
    xy, pilot = scattered(5), 400.0
    density = (quartic((distances(xy) / pilot) ** 2)).sum(axis=1)
    widths = pilot * numpy.clip(numpy.sqrt(numpy.exp(numpy.log(density).mean()) / density), 0.1, 10)
    surface = gridloom.heatmap(xy, pilot, 50, bounds=BOX, adaptive=True, threads=1)
    x, y = centres(surface)
    u2 = ((x[None, :, None] - xy[:, 0]) ** 2 + (y[:, None, None] - xy[:, 1]) ** 2) / widths**2
    expected = (quartic(u2) / widths**2).sum(axis=2) * 1e6
    assert numpy.abs(surface.array - expected).max() <= 0.03 * expected.max()  # the pilot is read off a raster
    told = surface.provenance
    assert told["method"] == "adaptive kernel density"
    assert told["adaptive"]["smallest_m"] == pytest.approx(widths.min(), rel=0.02)
    assert told["adaptive"]["largest_m"] == pytest.approx(widths.max(), rel=0.05)
    assert (surface.array == gridloom.heatmap(xy, pilot, 50, bounds=BOX, adaptive=True, threads=3).array).all()
    with pytest.raises(gridloom.DataError, match="edge correction"):
        gridloom.heatmap(xy, pilot, 50, adaptive=True, edge="diggle", mask=shapely.geometry.box(*BOX))


# --- relative risk


def test_relative_risk_is_the_floored_ratio_of_two_surfaces():
    cases, people = scattered(6), scattered(7, 300)
    number = numpy.random.default_rng(8).integers(1, 50, 300).astype(float)
    a = gridloom.heatmap(cases, 500, 100, bounds=BOX, crs=UTM)
    b = gridloom.heatmap(people, 500, 100, bounds=BOX, weights=number, crs=UTM)
    risk = gridloom.relative_risk(a, b, mask_below=0)
    floor = b.array.mean() / 20
    assert risk.provenance["floor"] == pytest.approx(floor, rel=1e-12)
    assert risk.array == pytest.approx(a.array / numpy.maximum(b.array, floor), rel=1e-12)
    usual = gridloom.relative_risk(a, b)
    assert usual.provenance["mask_below"] == usual.provenance["floor"] == risk.provenance["floor"]
    assert usual.array == pytest.approx(numpy.where(b.array < usual.provenance["floor"], numpy.nan, risk.array), rel=1e-12, nan_ok=True)
    assert risk.units == "events per weight" and risk.provenance["method"] == "relative risk"
    assert risk.provenance["denominator"]["n"] == 300 and risk.provenance["numerator"]["n"] == 150
    log = gridloom.relative_risk(a, b, floor=100, mask_below=50, logarithm=True).array
    with numpy.errstate(divide="ignore"):
        expected = numpy.log(a.array / numpy.maximum(b.array, 100))
    expected[(b.array < 50) | (a.array == 0)] = numpy.nan
    numpy.testing.assert_allclose(log, expected, rtol=1e-9, atol=1e-12)


def test_a_geotiff_says_what_it_is(tmp_path):
    plain = gridloom.heatmap(scattered(6), 500, 100, bounds=BOX, crs=UTM)
    adaptive = gridloom.heatmap(scattered(6), 500, 100, bounds=BOX, crs=UTM, adaptive=True)
    for surface in (plain, adaptive, gridloom.relative_risk(plain, plain)):
        surface.to_geotiff(tmp_path / "surface.tif")
        raster = gdal.Open(str(tmp_path / "surface.tif"))
        band, told = raster.GetRasterBand(1), raster.GetMetadata()
        assert band.GetUnitType() == surface.units and band.GetDescription() == surface.provenance["method"] == told["METHOD"]
        assert all(told[key.upper()] == str(value) for key, value in surface.provenance.items() if value is not None)
        numpy.testing.assert_array_equal(band.ReadAsArray(), surface.array.astype("float32"))
        surface.to_png(tmp_path / "surface.png", width=600)
        assert (tmp_path / "surface.png").stat().st_size > 1000
    assert len({plain.provenance["method"], adaptive.provenance["method"], surface.provenance["method"]}) == 3


@pytest.mark.parametrize("other, message", [
    ({"cell": 50}, "different pixels"), ({"crs": "EPSG:32619"}, "EPSG:32618.*EPSG:32619")])
def test_relative_risk_of_surfaces_that_do_not_fit_is_refused(other, message):
    def surface(**change):
        return gridloom.heatmap(scattered(6), **{"bandwidth": 500, "cell": 100, "bounds": BOX, "crs": UTM, **change})
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.relative_risk(surface(), surface(**other))
    with pytest.raises(gridloom.DataError, match="floor"):
        gridloom.relative_risk(surface(), surface(), floor=-1)


def test_events_per_person_of_the_city(project):
    city = gridloom.open(project)
    people = city.people(200)
    assert people["people"].sum() == pytest.approx(city.grids()["population"].sum(), rel=1e-6)
    ground = city.outline()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        rats = gridloom.heatmap(city.incidents("311 Rodent"), 1500, 250, mask=ground)
    residents = gridloom.heatmap(people, 1500, 250, mask=ground, weights=people["people"])
    risk = gridloom.relative_risk(rats, residents, floor=500)
    inside = ~numpy.isnan(risk.array)
    assert inside.sum() > 10000 and (risk.array[inside] >= 0).all()
    overall = risk.provenance["numerator"]["n"] / people["people"].sum()
    assert 0.3 * overall < numpy.nanmedian(risk.array) < 3 * overall


# --- contours and values by cell


def test_contours_lie_where_the_surface_has_their_level():
    surface = gridloom.heatmap(scattered(9), 400, 50, bounds=BOX, crs=UTM)
    levels = [0.2 * surface.array.max(), 0.6 * surface.array.max()]
    lines = surface.contours(levels)
    assert set(lines["level"]) == set(levels) and lines.crs.to_epsg() == 32618
    x, y = centres(surface)
    cell = surface.transform[0]
    for row in lines.itertuples():
        for px, py in row.geometry.coords:  # on a line between neighbouring centres: linear there
            i, j = (px - x[0]) / cell, (y[0] - py) / cell
            i0, j0 = int(numpy.floor(i + 1e-9)), int(numpy.floor(j + 1e-9))
            i1, j1 = min(i0 + 1, len(x) - 1), min(j0 + 1, len(y) - 1)
            a, b = i - i0, j - j0
            assert min(abs(a), abs(b), abs(1 - a), abs(1 - b)) < 1e-6
            value = (surface.array[j0, i0] * (1 - a) + surface.array[j0, i1] * a) * (1 - b) + \
                (surface.array[j1, i0] * (1 - a) + surface.array[j1, i1] * a) * b
            assert value == pytest.approx(row.level, rel=1e-6)
    peaks = lines[lines["closed"]]
    assert len(peaks) and any(shapely.geometry.LinearRing(line.coords).is_ccw for line in peaks.geometry)  # larger on the left
    assert lines.attrs["provenance"]["units"] == "events per km²"
    with pytest.raises(gridloom.DataError, match="finite"):
        surface.contours([numpy.nan])


def test_values_by_cell_equal_those_of_the_pixels_in_it():
    surface = gridloom.heatmap(scattered(10), 400, 37, bounds=BOX, crs=UTM)
    cells = squares(6, 4, 500.5).set_index("code")
    found = surface.per_cell(cells)
    x, y = centres(surface)
    for code, shape in cells.geometry.items():
        west, south, east, north = shape.bounds
        values = surface.array[numpy.ix_((y > south) & (y < north), (x > west) & (x < east))]
        row = found.loc[code]
        assert row["pixels"] == values.size
        if values.size:
            assert row[["mean", "largest", "integral"]].tolist() == pytest.approx(
                [values.mean(), values.max(), values.sum() * 0.037**2], rel=1e-12)
    other = surface.per_cell(cells.to_crs(4326))  # brought to the surface's CRS
    assert other["integral"].to_numpy() == pytest.approx(found["integral"].to_numpy(), rel=1e-3)
    with pytest.raises(gridloom.DataError, match="no polygon"):
        surface.per_cell(cells.centroid)


# --- streets


def half_mass(u):  # quartic: the integral of 15/16 (1 - t²)² from 0 to u
    u = min(max(u, -1.0), 1.0)
    return 15 / 16 * (u - 2 * u**3 / 3 + u**5 / 5)


def test_density_on_one_long_street_is_the_kernel():
    street = geopandas.GeoSeries([line((0, 0), (1000, 0), (4000, 0))], crs=UTM)
    event = numpy.array([[501530.0, 4500012.0]])
    found = gridloom.street_density(event, street, 700, piece=100, crs=UTM)
    assert len(found) == 40 and found["length_m"].tolist() == pytest.approx([100] * 40)
    expected = [(half_mass((100 * (k + 1) - 1530) / 700) - half_mass((100 * k - 1530) / 700)) / 0.1 for k in range(40)]
    assert found["events_per_km"].to_numpy() == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert found.geometry.iloc[12].coords[0] == pytest.approx((501200, 4500000))
    told = found.attrs["provenance"]
    assert (told["counted"], told["beyond_reach"], told["network_km"]) == (1, 0, pytest.approx(4))
    assert told["units"] == "events per km of street" and found.crs.to_epsg() == 32618


@pytest.mark.parametrize("split, onward, back", [("continuous", 2 / 3, -1 / 3), ("discontinuous", 1 / 2, 0)])
def test_density_is_shared_out_at_a_junction(split, onward, back):
    streets = geopandas.GeoSeries([line((0, 0), (1000, 0), (2000, 0)), line((1000, 900), (1000, 0))], crs=UTM)
    found = gridloom.street_density(numpy.array([[500800.0, 4500000.0]]), streets, 600, piece=50, split=split, crs=UTM)
    assert found.attrs["provenance"]["streets"] == 3  # cut where they share a vertex

    def at(x, y):
        place = shapely.geometry.Point(500000 + x, 4500000 + y)
        return found["events_per_km"][found.geometry.distance(place).idxmin()]

    def mean(a, b):  # of the kernel between two distances
        return (half_mass(b / 600) - half_mass(a / 600)) / ((b - a) / 1000)

    assert at(1125, 0) == pytest.approx(onward * mean(300, 350), rel=1e-9)
    assert at(1000, 125) == pytest.approx(onward * mean(300, 350), rel=1e-9)
    assert at(675, 0) == pytest.approx(mean(100, 150) + back * mean(500, 550), rel=1e-9)
    assert (found["events_per_km"] * found["length_m"]).sum() / 1000 == pytest.approx(1, rel=1e-12)


def test_street_densities_keep_the_weights_and_leave_out_what_is_far():
    random = numpy.random.default_rng(2)
    streets = geopandas.GeoSeries([line((0, 300 * k), (600, 300 * k), (1200, 300 * k)) for k in range(4)] +
                                  [line(*((600 * k, 300 * j) for j in range(4))) for k in range(3)], crs=UTM)
    xy = numpy.round(random.uniform([499950, 4499950], [501250, 4500950], (80, 2)), 3)
    weights = random.uniform(0, 3, 80)
    near = streets.unary_union
    inside = numpy.array([near.distance(shapely.geometry.Point(p)) <= 60 for p in xy])
    found = gridloom.street_density(xy, streets, 500, weights=weights, reach=60, crs=UTM)
    assert found.attrs["provenance"]["counted"] == inside.sum() and found.attrs["provenance"]["beyond_reach"] == (~inside).sum()
    assert (found["events_per_km"] * found["length_m"]).sum() / 1000 == pytest.approx(weights[inside].sum(), rel=1e-9)
    assert found.groupby("street")["piece"].apply(lambda p: p.tolist() == list(range(len(p)))).all()


@pytest.mark.parametrize("change, message", [
    ({"kernel": "gaussian"}, "no end.*quartic"), ({"split": "both"}, "both.*continuous"), ({"bandwidth": 0}, "bandwidth"),
    ({"piece": numpy.nan}, "piece"), ({"reach": -1}, "reach"), ({"crs": "EPSG:32619"}, "EPSG:32619.*EPSG:32618"),
    ({"streets": geopandas.GeoSeries([shapely.geometry.Point(500000, 4500000)], crs=UTM)}, "street 0 is no line"),
    ({"streets": geopandas.GeoSeries([shapely.geometry.LineString([(-73.9, 40.7), (-73.8, 40.8)])], crs=4326)}, "degrees")])
def test_streets_of_nonsense_are_refused(change, message):
    given = {"points": scattered(1), "streets": geopandas.GeoSeries([line((0, 0), (900, 0))], crs=UTM), "bandwidth": 300,
             "crs": UTM, **change}
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.street_density(**given)


# --- sensitivity and regular cells


def test_every_run_of_a_sensitivity_is_hotspots_of_its_counts():
    xy = scattered(11, 600)
    found = gridloom.sensitivity(xy, bounds=BOX, cell_sizes=[200, 300], bandwidths=[300, 600], neighbours_within=[], seed=3)
    assert len(found.runs) == 8 and found.runs["cell_m"].tolist() == [200] * 4 + [300] * 4
    for run in found.runs.itertuples():
        columns = int(numpy.floor((BOX[2] - run.west) / run.cell_m + 1e-9)) + 1
        i = numpy.floor((xy[:, 0] - run.west) / run.cell_m).astype(int)
        j = numpy.floor((run.north - xy[:, 1]) / run.cell_m).astype(int)
        for width in (columns, columns - 1):  # the last column only where the box reaches into it
            if run.cells % width == 0 and i.max() < width:
                rows = run.cells // width
                break
        counts = numpy.zeros((rows, width))
        numpy.add.at(counts, (j, i), 1)
        spots = gridloom.hotspots(counts.ravel(), gridloom.Weights.lattice(width, rows), seed=3)
        assert run.hot == (spots["class"] == "hot").sum() and run.cold == (spots["class"] == "cold").sum(), run
        assert run.events == 600
    assert numpy.nanmax(found.hot_share) == 1 and found.provenance["runs"] == 8 and found.provenance["n"] == 600
    assert found.bandwidths[["first_m", "second_m"]].values.tolist() == [[300, 600]]


def test_bandwidths_of_a_sensitivity_are_compared_by_ranks():
    from scipy.stats import spearmanr
    xy = scattered(12, 300)
    found = gridloom.sensitivity(xy, bounds=BOX, cell_sizes=[100], origins_per_axis=1, bandwidths=[300, 700])
    surfaces = [gridloom.heatmap(xy, b, 100, bounds=BOX).array for b in (300, 700)]
    rows, columns = surfaces[0].shape
    places = found.hot_share.shape
    assert places[0] >= rows and places[1] >= columns
    rho = spearmanr(surfaces[0].ravel(), surfaces[1].ravel()).correlation
    assert found.bandwidths["rank_correlation"][0] == pytest.approx(rho, abs=0.02 if places != (rows, columns) else 1e-9)


def test_a_sensitivity_keeps_to_its_ground_and_does_not_depend_on_threads():
    ground = shapely.geometry.Point(501500, 4501000).buffer(900)
    xy = numpy.array([p for p in scattered(13, 900) if ground.contains(shapely.geometry.Point(p))])
    runs = [gridloom.sensitivity(xy, mask=ground, cell_sizes=[150], threads=threads) for threads in (1, 3)]
    assert runs[0].runs.equals(runs[1].runs) and numpy.array_equal(runs[0].hot_share, runs[1].hot_share, equal_nan=True)
    cell, _, west, _, _, north = runs[0].transform
    x = west + cell * (numpy.arange(runs[0].hot_share.shape[1]) + 0.5)
    y = north - cell * (numpy.arange(runs[0].hot_share.shape[0]) + 0.5)
    inside = numpy.array([[ground.contains(shapely.geometry.Point(a, b)) for a in x] for b in y])
    first = runs[0].runs.iloc[0]
    assert first["cells"] == inside.sum()


@pytest.mark.parametrize("change, message", [
    ({"method": "moran"}, "local_moran"), ({"method": "local_moran"}, "gi"), ({"cell_sizes": [0]}, "size|positive"), ({"cell_sizes": [200], "neighbours_within": [100]}, "neighbour"),
    ({"bounds": (3, 3, 1, 1)}, "bounds"), ({"alpha": 2}, "alpha"), ({"crs": 4326}, "degrees")])
def test_sensitivities_of_nonsense_are_refused(change, message):
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.sensitivity(**{"points": scattered(1), "bounds": BOX, **change})


@pytest.mark.parametrize("shape", ["square", "hexagon"])
def test_regular_cells_cover_their_ground_once(shape):
    ground = geopandas.GeoSeries([shapely.geometry.Point(501500, 4501000).buffer(1500)], crs=UTM)
    net = gridloom.regular_cells(ground, 250, shape)
    area = 250**2 * (1 if shape == "square" else numpy.sqrt(3) / 2)
    assert net.geometry.area.to_numpy() == pytest.approx([area] * len(net), rel=1e-4)
    assert net.geometry.unary_union.area == pytest.approx(net.geometry.area.sum(), rel=1e-4) and net["code"].is_unique
    assert all(ground[0].contains(c) for c in net.geometry.centroid) and len(net) == pytest.approx(ground.area[0] / area, rel=0.03)
    east = gridloom.regular_cells(geopandas.GeoSeries([shapely.geometry.box(501400, 4500000, 502600, 4501600)], crs=UTM), 250, shape)
    shared = set(net["code"]) & set(east["code"])
    assert len(shared) > 10  # nets over other ground are the same
    a, b = (frame.set_index("code").geometry for frame in (net, east))
    assert all(a[code].equals(b[code]) for code in shared)
    queen = gridloom.weights(net)
    assert max(numpy.diff(queen.arrays()[0])) == (8 if shape == "square" else 6)
    with pytest.raises(gridloom.DataError, match="octagon"):
        gridloom.regular_cells(ground, 250, "octagon")
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.regular_cells(ground.to_crs(4326), 250)


# --- global statistics


def test_permutations_of_global_statistics_approach_all_placements():
    values = numpy.array([3.0, 1, 4, 1, 5, 9])
    lists = [[1, 2], [0, 3], [0, 4], [1, 5], [2, 5], [3, 4]]
    ring = gridloom.Weights.from_neighbours(lists)

    def index(x):
        z = x - x.mean()
        return sum(z[i] * z[j] for i in range(6) for j in lists[i])

    drawn = numpy.array([index(numpy.array(x)) for x in itertools.permutations(values)])
    observed = index(values)
    for tail, expected in (("greater", (drawn >= observed - 1e-9).mean()), ("less", (drawn <= observed + 1e-9).mean())):
        p = gridloom.moran(values, ring, tail=tail, permutations=40000, seed=2)["p_permutation"]
        assert p == pytest.approx(expected, abs=5 * numpy.sqrt(expected * (1 - expected) / 40000))
    told = gridloom.moran(values, ring, permutations=99)["provenance"]
    assert told["permutations"] == 99 and told["n"] == 6 and told["weights"] == {"kind": "lists"}
    one, three = (gridloom.geary(values, ring, permutations=999, threads=t)["p_permutation"] for t in (1, 3))
    assert one == three
    with pytest.raises(gridloom.DataError, match="must be 0 or 1"):
        gridloom.join_counts(values, ring)
    with pytest.raises(gridloom.DataError, match="counted, left out"):
        gridloom.moran(values, ring, islands="ignored")
