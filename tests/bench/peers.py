#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Gridloom's Python package, scikit-learn and SciPy on the same cases, each on one thread: peers.py RUNS. A line of JSON for
each. Processor time, so that ratios hold on a busy machine too; sizes are such that every peer ends within a minute."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build" / "python"))

import gridloom  # noqa: E402

SIDE = 40000.0  # metres


def events(n):
    """60 Gaussian clusters of 0.3 to 3 km and one fifth anywhere in 40 x 40 km."""
    random = numpy.random.default_rng(42)
    centres, sd = random.uniform(0, SIDE, (60, 2)), random.uniform(300, 3000, 60)
    which = random.integers(60, size=2 * n)
    xy = centres[which] + random.normal(size=(2 * n, 2)) * sd[which, None]
    xy = numpy.where(numpy.arange(2 * n)[:, None] % 5 == 0, random.uniform(0, SIDE, (2 * n, 2)), xy)
    return numpy.ascontiguousarray(xy[((xy >= 0) & (xy < SIDE)).all(axis=1)][:n])


def tell(case, peer, call, runs, work):
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    print(json.dumps({"case": case, "peer": peer, "call": call, "seconds": statistics.median(seconds)}), flush=True)


def ours(case, call, runs, work):
    tell(case, "Gridloom", call, runs, work)


def surface(xy, pixels, kernel, bandwidth):
    return gridloom.heatmap(xy, bandwidth, SIDE / pixels, kernel, bounds=(0, 0, SIDE, SIDE), threads=1)


def centres(pixels):
    at = (numpy.arange(pixels) + 0.5) * SIDE / pixels
    return numpy.stack(numpy.meshgrid(at, at), axis=-1).reshape(-1, 2)


def densities(runs, many):
    for n, xy in many.items():
        ours(f"gaussian-{n}", f"{n:,} events, 1280 x 1280, Gaussian of 500 m", runs, lambda: surface(xy, 1280, "gaussian", 500))
    xy = many[100_000]
    ours("epanechnikov", "100,000 events, 256 x 256, Epanechnikov of 500 m", runs, lambda: surface(xy, 256, "epanechnikov", 500))
    ours("kde", "5,000 events, 256 x 256, Gaussian of 500 m", runs, lambda: surface(xy[:5000], 256, "gaussian", 500))
    try:
        import sklearn
        from sklearn.neighbors import KernelDensity
        model = KernelDensity(kernel="epanechnikov", bandwidth=500, rtol=0, atol=0)
        tell("epanechnikov", f"scikit-learn {sklearn.__version__}", "KernelDensity, exact", runs,
             lambda: model.fit(xy).score_samples(centres(256)))
    except ImportError:
        print(json.dumps({"missing": "scikit-learn"}))
    try:
        import scipy
        from scipy.ndimage import gaussian_filter
        from scipy.stats import gaussian_kde
        peer = f"SciPy {scipy.__version__}"
        kde = gaussian_kde(xy[:5000].T, bw_method=500 / xy[:5000].std(axis=0).mean())
        tell("kde", peer, "gaussian_kde", runs, lambda: kde(centres(256).T))
        edges = numpy.linspace(0, SIDE, 1281)

        def filtered(points):
            counts = numpy.histogram2d(points[:, 1], points[:, 0], bins=(edges, edges))[0]
            return gaussian_filter(counts, 500 / (SIDE / 1280), truncate=6, mode="constant")

        for n, points in many.items():
            tell(f"gaussian-{n}", peer, "histogram2d and gaussian_filter, events moved to pixel centres", runs, lambda: filtered(points))
    except ImportError:
        print(json.dumps({"missing": "SciPy"}))


def cells(runs, noise):
    lattice, small = gridloom.Weights.lattice(100, 100), gridloom.Weights.lattice(50, 50)
    rows = lattice.row_standardised()

    def ask(values, weights, method, **options):
        return gridloom.hotspots(values, weights, method, threads=1, **options)

    for method in ("moran", "gi_star"):
        ours(f"{method}-analytic", f"10,000 cells, {method}, analytic, FDR", runs, lambda: ask(noise, rows, method, inference="analytic"))
    for method in ("moran", "gi"):
        ours(f"{method}-999", f"2,500 cells, {method}, 999 conditional permutations, FDR", runs,
             lambda: ask(noise[:2500], small, method, inference="permutation", permutations=999))


def main():
    runs = int(sys.argv[1])
    warnings.simplefilter("ignore")
    many = {n: events(n) for n in (100_000, 1_000_000)}
    noise = numpy.random.default_rng(3).normal(size=10_000)
    densities(runs, many)
    cells(runs, noise)
    with tempfile.TemporaryDirectory() as folder:
        for n, xy in many.items():
            xy.tofile(f"{folder}/events-{n}.bin")
        noise.tofile(f"{folder}/noise.bin")
        try:
            subprocess.run(["Rscript", pathlib.Path(__file__).with_name("peers.R"), folder, str(runs)], check=True)
        except FileNotFoundError:
            print(json.dumps({"missing": "R"}))


if __name__ == "__main__":
    main()
