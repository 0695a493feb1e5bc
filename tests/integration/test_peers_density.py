"""Densities, bandwidths, relative risk and street densities beside R spatstat, scikit-learn and SciPy, run now.

Densities at points agree to 1e-9 of the largest: raw, uniform and Diggle's edge correction, in rectangles (spatstat has
closed forms only there; in other windows it takes a pixel mask, whose steps are larger than our error). Diggle's bandwidth is
compared with correction="none" on spatstat's own candidates: Gridloom takes K without edge correction. The likelihood's with
edge=FALSE and the shortcut, which is its definition here. Street densities are means over pieces, spatstat's are at points.
"""

import warnings

import geopandas
import gridloom
import numpy
import pytest
import shapely.affinity
import shapely.geometry

PIXEL = 0.002  # metres: the smallest whose centre is a lattice point


def at_points(xy, places, bandwidth, kernel="gaussian", **options):
    """The exact density at places of whole millimetres: each as the one pixel of a raster whose centre it is."""
    shift = PIXEL / 2
    values = []
    for x, y in places:
        x, y = round(x, 3), round(y, 3)
        dx, dy = (shift if round(v * 1000) % 2 == 0 else 0.0 for v in (x, y))
        mask = options.get("mask")
        moved = {**options, "mask": None if mask is None else shapely.affinity.translate(mask, dx, dy)}
        box = (x + dx - shift, y + dy - shift, x + dx + shift, y + dy + shift)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
            surface = gridloom.heatmap(xy + [dx, dy], bandwidth, PIXEL, kernel, bounds=box, exact=True, threads=1, **moved)
        assert surface.array.shape == (1, 1)
        values.append(surface.array[0, 0])
    return numpy.array(values)


def compare(mine, theirs, what, share=1e-9):
    difference = numpy.abs(numpy.asarray(mine) - numpy.asarray(theirs)).max()
    assert difference <= share * numpy.abs(theirs).max(), f"{what}: off by {difference / numpy.abs(theirs).max():.2g} of the largest"


def test_densities_at_points(spatstat):
    names = spatstat.names("points-*")
    assert len(names) == 30
    for name in names:
        given = spatstat[name]
        xy, sigma = given[["x", "y"]].to_numpy(), given["sigma"][0]
        window = shapely.geometry.box(*(given[side][0] for side in ("west", "south", "east", "north")))
        some = slice(None, 25)
        for edge, column in (("none", "raw"), ("uniform", "uniform"), ("diggle", "diggle")):
            mask = {} if edge == "none" else {"mask": window, "edge": edge}
            compare(at_points(xy, xy[some], sigma, **mask), given[column][some], f"{name} {column}")
        for kernel, column, in_radius in (("epanechnikov", "epanechnikov", 6), ("quartic", "quartic", 8)):
            radius = sigma * in_radius**0.5  # spatstat's sigma is the standard deviation of every kernel
            compare(at_points(xy, xy[some], radius, kernel), given[column][some], f"{name} {column}", 1e-5)


def test_the_published_redwood_densities(spatstat):
    """Gaussian, sd .1, at the first three points; per unit area."""
    given = spatstat["points-redwood-0.1"]
    xy = given[["x", "y"]].to_numpy()
    window = shapely.geometry.box(0, -1000, 1000, 0)
    for edge, expected in (("none", [47.5415397519, 70.2471634231, 69.4896602193]),
                           ("uniform", [60.3304331987, 83.4943639004, 88.1687473934]),
                           ("diggle", [57.7179333963, 83.8925675213, 82.6993095555])):
        mask = {} if edge == "none" else {"mask": window, "edge": edge}
        assert at_points(xy, xy[:3], 100.0, **mask) == pytest.approx(expected, rel=1e-11), edge


def test_bandwidths(spatstat):
    for row in spatstat["bandwidths"].itertuples():
        given = spatstat[f"points-{row.name}-0.1"]
        xy = given[["x", "y"]].to_numpy()
        window = shapely.geometry.box(*(given[side][0] for side in ("west", "south", "east", "north")))
        grid = numpy.arange(1, 512) * row.rmax / 511 / 2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            diggle = gridloom.bandwidth(xy, "diggle", mask=window, candidates=grid[grid <= row.rmax / 4])
            ppl = gridloom.bandwidth(xy, "ppl", candidates=numpy.geomspace(row.smallest, row.largest, 16))
        assert diggle.metres == pytest.approx(row.diggle_no_edge, rel=1e-9), row.name
        assert ppl.metres == pytest.approx(row.ppl, rel=1e-9), row.name
        scott = gridloom.bandwidth(xy, "scott")
        assert scott.metres**2 == pytest.approx((row.scott_x**2 + row.scott_y**2) / 2, rel=1e-9), row.name


def test_relative_risk(spatstat):
    given = spatstat["risk"]
    xy, on = given[["x", "y"]].to_numpy(), given["on"].to_numpy()
    cases, controls = (at_points(xy[kind], xy, 100.0) for kind in (on, ~on))
    compare(cases / controls, given["cases"] / given["controls"], "ratio")
    own = 1e6 / (2 * numpy.pi * 100.0**2)  # relrisk leaves the point itself out
    compare(numpy.where(on, (cases - own) / controls, cases / (controls - own)), given["leave_one_out"], "leave-one-out ratio")


# At a dead end spatstat's discontinuous kernel ends and loses its mass, ours runs back: no dead ends for that one.
@pytest.mark.parametrize("network, split", [("simplenet", "continuous"), ("delaunay", "continuous"), ("delaunay", "discontinuous")])
@pytest.mark.parametrize("kernel, column, in_radius", [("epanechnikov", "epanechnikov", 5), ("quartic", "biweight", 7)])
def test_density_along_streets(spatstat, network, split, kernel, column, in_radius):
    given, lines = spatstat[f"along-{network}"], spatstat[f"streets-{network}"]
    streets = geopandas.GeoSeries([shapely.geometry.LineString([(r.x0, r.y0), (r.x1, r.y1)]) for r in lines.itertuples()])
    xy = given[["x", "y"]].to_numpy()
    found = gridloom.street_density(xy, streets, 0.12e5 * in_radius**0.5, piece=25, kernel=kernel, split=split)
    assert found.attrs["provenance"]["counted"] == len(xy)
    middles = numpy.array([shape.interpolate(0.5, normalized=True).coords[0] for shape in found.geometry])
    nearest = [int(numpy.hypot(*(middles - place).T).argmin()) for place in xy]
    compare(found["events_per_km"].to_numpy()[nearest], given[f"{column}_{split}"], f"{kernel} {split}", 2e-3)
    assert (found["events_per_km"] * found["length_m"]).sum() / 1000 == pytest.approx(len(xy), rel=1e-9)


@pytest.mark.parametrize("kernel, peer", [("gaussian", "gaussian"), ("epanechnikov", "epanechnikov"), ("uniform", "tophat")])
def test_densities_equal_scikit_learn(kernel, peer):
    from sklearn.neighbors import KernelDensity  # scripts/setup --test installs it
    for seed in range(8):
        random = numpy.random.default_rng(seed)
        xy = numpy.round(random.uniform(0, 2000, (random.integers(5, 300), 2)), 3)
        places = numpy.round(random.uniform(0, 2000, (15, 2)), 3)
        radius = round(random.uniform(50, 900), 3)
        weights = random.uniform(0.1, 3, len(xy))
        log = KernelDensity(kernel=peer, bandwidth=radius, rtol=0, atol=0).fit(xy, sample_weight=weights).score_samples(places)
        expected = numpy.exp(log) * weights.sum() * 1e6
        compare(at_points(xy, places, radius, kernel, weights=weights), expected, f"seed {seed}")


def test_scott_and_the_gaussian_equal_scipy():
    from scipy.stats import gaussian_kde  # scripts/setup --test installs it
    random = numpy.random.default_rng(9)
    xy = random.normal(size=(200, 2))
    xy -= xy.mean(axis=0)
    xy = numpy.round(xy @ numpy.linalg.inv(numpy.linalg.cholesky(numpy.cov(xy.T)).T) * 1000, 3)  # equal spread along the axes
    peer = gaussian_kde(xy.T)
    scott = gridloom.bandwidth(xy, "scott")
    assert scott.metres == pytest.approx(peer.scotts_factor() * 1000, rel=1e-6)
    places = numpy.round(random.normal(size=(20, 2)) * 1000, 3)
    sd = peer.scotts_factor() * numpy.sqrt(numpy.trace(numpy.cov(xy.T)) / 2)
    compare(at_points(xy, places, sd), peer(places.T) * len(xy) * 1e6, "gaussian_kde", 1e-5)  # sd is taken to the millimetre
