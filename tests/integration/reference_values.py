#!/usr/bin/python3
"""Published and computed reference values beside what Gridloom says: expected, got, digits that agree.

    scripts/build && /usr/bin/python3 tests/integration/reference_values.py

Inputs: tests/data/reference (its SOURCES.md names origin and licence), and R's spatstat and spData through Rscript. A value
agrees when it rounds to the digits that were given, or is within 2e-12 of it where more were given than tails of the normal
distribution keep. test_reference_values.py asks the same in every test run; scripts/bench incidents prints the table too.

Left out: esda's z of Gi for standardised rows (six points: -0.62074534, star -0.62488094). It takes the variance of binary
weights there; the moments of standardised rows, as in spdep, give the z of binary ones where rows are constant.
"""

import csv
import dataclasses
import math
import pathlib
import sys
import tempfile
import warnings

import numpy
import shapely.affinity
import shapely.geometry

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "reference"
sys.path.insert(0, str(ROOT / "build" / "python"))

import gridloom  # noqa: E402
from peers.rscript import Answers  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Row:
    source: str
    what: str
    expected: str  # as published, with its digits
    got: float

    @property
    def step(self):
        """One unit of the last digit given."""
        digits, _, power = self.expected.lower().partition("e")
        return 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))

    @property
    def agrees(self):
        return abs(self.got - float(self.expected)) <= max(0.5001 * self.step, 2e-12 * abs(float(self.expected)))

    @property
    def digits(self):
        """Significant digits that agree, at most those that were given."""
        given = len(self.expected.lower().partition("e")[0].replace("-", "").replace(".", "").lstrip("0"))
        expected = float(self.expected)
        if self.agrees:
            return given
        return max(0, min(given, int(-math.log10(abs(self.got - expected) / abs(expected))) if expected else 0))


def table(name, skip=0):
    with open(DATA / name, newline="") as file:
        rows = list(csv.reader(file, skipinitialspace=True))[skip:]
    return {column: [row[i] for row in rows[1:]] for i, column in enumerate(rows[0])}


def numbers(columns, name):
    return numpy.array([float(v) for v in columns[name]])


def gal(name, keys=None):
    words = (DATA / name).read_text().split("\n", 1)[1].split()
    place = {key: i for i, key in enumerate(keys)} if keys else None
    at = (lambda key: place[key]) if place else (lambda key: int(key) - 1)
    lists, i = {}, 0
    while i < len(words):
        count = int(words[i + 1])
        lists[at(words[i])] = [at(key) for key in words[i + 2:i + 2 + count]]
        i += 2 + count
    return gridloom.Weights.from_neighbours([lists.get(cell, []) for cell in range(max(lists) + 1)])


def one_sided(z):
    return 0.5 * math.erfc(z / math.sqrt(2))


def columbus():
    crime = numbers(table("columbus_local_expected_spdep.csv"), "CRIME")
    for name, links, expected in (
            ("queen", 236, ("0.500188557183", "0.00868928920", "5.58938267504", "0.00856341312", "5.63031278774",
                            "0.515461436886", "0.540528202702", "0.127807457382", "4.63815")),
            ("col.gal", 230, ("0.485770913662", "0.00899112132", "5.34271363941", "0.00886096227", "5.38181026396",
                              "0.482272306983", "0.547803377167", "0.122724245379", "4.28646"))):
        binary = gal(f"columbus_{name}.gal")
        rows = binary.row_standardised()
        i, g = gridloom.moran(crime, rows), gridloom.getis_ord_g(crime, binary)
        got = (i["value"], i["variance"], i["z"], i["variance_normality"], i["z_normality"],
               gridloom.moran(crime, binary)["value"], gridloom.geary(crime, rows)["value"], g["value"], g["z"])
        what = ("Moran's I, W", "variance, randomisation", "z, randomisation", "variance, normality", "z, normality",
                "Moran's I, B", "Geary's c, W", "Getis-Ord G, B", "z of G")
        yield Row("R spdep", f"Columbus CRIME, {name}: links", str(links), binary.links)
        for label, published, value in zip(what, expected, got):
            yield Row("R spdep", f"Columbus CRIME, {name}: {label}", published, value)
    star = {c: gridloom.hotspots(crime, gal("columbus_queen.gal"), inference="analytic", correction=c)
            for c in ("none", "fdr", "bonferroni")}
    for correction, count in (("none", "18"), ("fdr", "9"), ("bonferroni", "2")):
        yield Row("R spdep", f"Columbus Gi*, B: cells at .05, {correction}", count, (star[correction]["q"] <= 0.05).sum())
    yield Row("R spdep", "Columbus Gi*, B: largest z", "3.47505135616", star["none"]["z"].max())
    yield Row("R spdep", "Columbus Gi*, B: smallest z", "-2.85102317658", star["none"]["z"].min())


def esda():
    stl = gridloom.moran(numbers(table("pysal_stl_hom.txt", 1), "HR8893"), gal("pysal_stl.gal").row_standardised())
    yield Row("esda test_moran.py", "St. Louis HR8893: I", "0.24365582621771659", stl["value"])
    yield Row("esda test_moran.py", "St. Louis HR8893: one-sided p, normality", "0.00013573931385468807", one_sided(stl["z_normality"]))
    sids = table("pysal_sids2.csv")
    queen = gal("pysal_sids2.gal", sids["FIPSNO"]).row_standardised()
    i = gridloom.moran(numbers(sids, "SIDR74"), queen)
    yield Row("esda test_moran.py", "SIDS2 SIDR74: I", "0.24772519320480135", i["value"])
    yield Row("esda test_moran.py", "SIDS2 SIDR74: one-sided p, normality", "5.7916539074498452e-05", one_sided(i["z_normality"]))
    eb = gridloom.rates(numbers(sids, "SID79"), numbers(sids, "BIR79"), "standardised")
    yield Row("esda test_moran.py", "SIDS2 SID79/BIR79: I of empirical Bayes rates", "0.16622343552567395",
              gridloom.moran(eb, queen)["value"])
    for x, y, published in (("SIDR74", "SIDR79", "0.19362610652874668"), ("NWR79", "SIDR74", "0.37701382542927858")):
        yield Row("esda test_moran.py", f"SIDS2 bivariate I of {x}, {y}", published,
                  gridloom.bivariate_moran(numbers(sids, x), numbers(sids, y), queen))
    lattice = gridloom.moran(numpy.arange(1.0, 10), gridloom.Weights.lattice(3, 3, queen=False))
    yield Row("esda test_moran.py", "3 x 3 rook: variance, randomisation", "0.0596875", lattice["variance"])
    yield Row("esda test_moran.py", "3 x 3 rook: variance, normality", "0.053125", lattice["variance_normality"])
    counties = gal("nc_ncCC89.gal")
    deaths, births = numbers(sids, "SID74"), numbers(sids, "BIR74")
    freeman_tukey = numpy.sqrt(1000) * (numpy.sqrt(deaths / births) + numpy.sqrt((deaths + 1) / births))
    yield Row("R spdep", "North Carolina FT74, two islands left out: I, B", "0.253677290858",
              gridloom.moran(freeman_tukey, counties, islands="left out")["value"])
    yield Row("R spdep", "North Carolina SID74: EBImoran, B", "0.25788959741",
              gridloom.moran(gridloom.rates(deaths, births, "standardised"), counties)["value"])


def local():
    points = numpy.array([[10.0, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]])
    band, y = gridloom.weights(points, kind="distance", distance=15), [2, 3, 3.2, 5, 8, 7]
    g = gridloom.getis_ord_g(y, band, tail="greater")
    yield Row("esda test_getisord.py", "six points: global G", "0.55709779", g["value"])
    yield Row("esda test_getisord.py", "six points: one-sided p of G", "0.172936", g["p"])
    published = {"gi": "-1.0136728985503 -0.0436158942017 1.3155870289605 -0.3141267582046 1.1537398581068 1.7783394086211",
                 "gi_star": "-1.397276262012 -0.289177615627 0.650649635161 -0.289177615627 1.234520883520 2.024243309390"}
    for method, texts in published.items():
        z = gridloom.hotspots(y, band, method, inference="analytic")["z"]
        for i, text in enumerate(texts.split()):
            yield Row("esda, spdep", f"six points: z of {method}, point {i + 1}", text, z[i])
    for method in published:
        yield Row("R spdep", f"six points: z of {method} of standardised rows, point 1", published[method].split()[0],
                  gridloom.hotspots(y, band.row_standardised(), method, inference="analytic")["z"][0])
    field = table("getisord_expected_spdep.csv")
    xy = numpy.column_stack([numbers(field, "x"), numbers(field, "y")])
    for metres, text in ((30, "1.221979"), (60, "1.74810")):
        near = gridloom.weights(xy, kind="distance", distance=metres)
        z = gridloom.hotspots(numbers(field, "val"), near, "gi", inference="analytic")["z"]
        yield Row("Getis & Ord 1996", f"remote sensing, cell 120, {metres} m: z of Gi", text, z[119])
    smith = gridloom.hotspots(numbers(table("pysal_desmith.txt", 1), "z"), gal("pysal_desmith.gal").row_standardised(), "local_moran",
                              inference="analytic")["statistic"]
    for i, text in enumerate("-0.11409277 -0.19940543 -0.13351408 -0.51770383 0.48095009 0.12208113 1.19148298 -0.58144305 "
                             "0.07101383 0.34314301".split()):
        yield Row("esda test_moran.py", f"de Smith: local Moran in esda's scale, cell {i + 1}", text, smith[i] * 9 / 10)


def counties(spdep):
    names = spdep["nc-names"]["name"]
    cells, links = spdep["nc-queen-rate74.cells"], spdep["nc-queen-rate74.links"]
    lists = [(links.loc[links["cell"] == i + 1, "neighbour"] - 1).tolist() for i in range(len(cells))]
    queen = gridloom.Weights.from_neighbours(lists)
    i = gridloom.moran(cells["x"], queen.row_standardised())
    yield Row("R spdep", "North Carolina rate74, queen: I, W", "0.230910448846", i["value"])
    yield Row("R spdep", "North Carolina rate74, queen: z", "3.78007", i["z"])
    plain, fdr = (gridloom.hotspots(cells["x"], queen, inference="analytic", correction=c) for c in ("none", "fdr"))
    yield Row("R spdep", "North Carolina rate74, Gi*, B: cells at .05", "12", (plain["q"] <= 0.05).sum())
    yield Row("R spdep", "North Carolina rate74, Gi*, B: cells at .05, fdr", "2", (fdr["q"] <= 0.05).sum())
    z = dict(zip(names, plain["z"]))
    for county, text in (("Northampton", "4.25177239257"), ("Bertie", "3.94575710249"), ("Richmond", "3.00764"),
                         ("Robeson", "2.86950"), ("Halifax", "2.59267")):
        yield Row("R spdep", f"North Carolina rate74, Gi*, B: z of {county}", text, z[county])


def redwood(spatstat):
    given = spatstat["points-redwood-0.1"]
    xy = given[["x", "y"]].to_numpy()  # a unit is 1000 m
    window = shapely.geometry.box(0, -1000, 1000, 0)
    for edge, texts in (("none", "47.5415397519 70.2471634231 69.4896602193"),
                        ("uniform", "60.3304331987 83.4943639004 88.1687473934"),
                        ("diggle", "57.7179333963 83.8925675213 82.6993095555")):
        for i, text in enumerate(texts.split()):
            yield Row("R spatstat", f"redwood, Gaussian of sd .1, edge {edge}: point {i + 1}", text, density_at(xy, i, 100.0, edge, window))
    bandwidths = spatstat["bandwidths"].set_index("name").loc["redwood"]
    grid = numpy.arange(1, 512) * bandwidths["rmax"] / 511 / 2
    ppl = numpy.geomspace(bandwidths["smallest"], bandwidths["largest"], 16)
    yield Row("R spatstat", "redwood: bw.diggle", "0.0225048923679",
              gridloom.bandwidth(xy, "diggle", mask=window, candidates=grid[grid <= bandwidths["rmax"] / 4]).metres / 1000)
    yield Row("R spatstat", "redwood: bw.ppl", "0.0408057154674", gridloom.bandwidth(xy, "ppl", candidates=ppl).metres / 1000)
    for axis, text in ((0, "0.136202137377"), (1, "0.137862640722")):
        along = numpy.column_stack([xy[:, axis], xy[:, axis]])  # equal along both axes: their common bandwidth is this axis's
        yield Row("R spatstat", f"redwood: bw.scott along {'xy'[axis]}", text, gridloom.bandwidth(along, "scott").metres / 1000)


def density_at(xy, point, sd, edge, window):
    """Per unit area, at a data point: the one pixel of 2 mm about it, all being shifted by 1 mm to have it there."""
    shift, pixel = 0.001, 0.002
    x, y = numpy.round(xy[point], 3) + shift
    options = {} if edge == "none" else {"mask": shapely.affinity.translate(window, shift, shift), "edge": edge}
    box = (x - shift, y - shift, x + shift, y + shift)
    surface = gridloom.heatmap(xy + shift, sd, pixel, "gaussian", bounds=box, exact=True, **options)
    return float(surface.array[0, 0])  # a km² is the unit square


def rows(spdep=None, spatstat=None):
    """All of them; without answers of R those that need none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [*columbus(), *esda(), *local()]
        found += [*counties(spdep)] if spdep else []
        found += [*redwood(spatstat)] if spatstat else []
    return found


def main():
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        found = rows(Answers("statistics.R", first), Answers("density.R", second))
    print("| source | value | expected | got | digits | |", "|---|---|---|---|---|---|", sep="\n")
    for row in found:
        print(f"| {row.source} | {row.what} | {row.expected} | {row.got:.16g} | {row.digits} | {'agrees' if row.agrees else 'DIFFERS'} |")
    print(f"\n{sum(row.agrees for row in found)} of {len(found)} agree to the digits given")
    return 0 if all(row.agrees for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
