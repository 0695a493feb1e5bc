#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Change: where is there more, or less, than in an earlier time, as shares of all?

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/change.py nyc.gpkg out/change "311 Rodent" \\
        2012-01-01 2014-01-01 2016-01-01

Writes change.tif (the logarithm of the later density over the earlier one, each divided by its sum: 0 is no change), grids.csv
(counts of both times and the mean of the surface) and change.png. A ratio is no test: where both times have few incidents the
floor keeps it near 0, and elsewhere a map of hot spots of either time says more.
"""

import argparse
import pathlib
import warnings

import numpy

import gridloom
from gridloom.picture import COLD, HOT, LAND


def colours_of(surface: gridloom.Heatmap, strongest: float) -> numpy.ndarray:
    """Red where there is more, blue where there is less, clear near no change."""
    share = numpy.nan_to_num(numpy.clip(surface.array / strongest, -1, 1))
    rgba = numpy.zeros((*share.shape, 4), "uint8")
    rgba[..., :3] = numpy.where(share[..., None] > 0, HOT, COLD)
    rgba[..., 3] = numpy.round(235 * numpy.abs(share))
    return rgba


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("category", help="a category of the incidents")
    parser.add_argument("times", nargs=3, help="begin of the earlier time, of the later one, and its end")
    parser.add_argument("--bandwidth", type=float, default=1500, help="metres (default: %(default)g)")
    parser.add_argument("--cell", type=float, default=200, help="metres (default: %(default)g)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    ground = city.outline()
    begin, middle, end = options.times
    both = [city.incidents(options.category, start, until) for start, until in ((begin, middle), (middle, end))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        earlier, later = (gridloom.heatmap(points, options.bandwidth, options.cell, mask=ground,
                                           weights=numpy.full(len(points), 1e6 / len(points))) for points in both)
    change = gridloom.relative_risk(later, earlier, logarithm=True)
    change.to_geotiff(options.folder / "change.tif")
    grids = city.grids()[["code", "name", "geometry"]]
    for name, points in zip(("earlier", "later"), both):
        grids[name] = grids["code"].map(gridloom.counts(points, by="grid").set_index("grid")["count"]).fillna(0).astype(int)
    grids["log_ratio"] = change.per_cell(grids)["mean"].round(3)
    grids.drop(columns="geometry").to_csv(options.folder / "grids.csv", index=False)

    strongest = float(numpy.log(4))
    drawn = gridloom.Map(ground.total_bounds, title=f"{options.category}: more or less than before",
                         subtitle=f"{len(both[1]):,} incidents from {middle} until before {end}, against {len(both[0]):,} from {begin}; "
                                  f"kernel of {options.bandwidth:g} m")
    drawn.fill(ground, LAND)
    drawn.image(colours_of(change, strongest), change.bounds)
    drawn.lines(ground, (70, 70, 80), 1)
    drawn.legend_entries("Share of all, later over earlier", [(HOT, "four times and more"), (COLD, "a quarter and less"), (LAND, "the same")])
    drawn.save(options.folder / "change.png")
    print(f"earlier {len(both[0]):,}, later {len(both[1]):,} incidents")


if __name__ == "__main__":
    main()
