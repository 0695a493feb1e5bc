#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts: how many incidents of a category in each cell, month by month, true zeros among them.

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/counts.py nyc.gpkg out/counts "Noise violation"

Writes counts.csv (a row for each cell and month), busy.csv (cells with their sum, most and least months) and counts.png. `cells`
is grid, the id of a layer or level, or hexagon of --size metres.
"""

import argparse
import pathlib

import geopandas
import pandas

import gridloom
from gridloom.picture import LAND


def shapes_of(city: gridloom.Project, cells: str, size: float) -> geopandas.GeoDataFrame:
    """The polygons of the cells, by their name in the table of counts."""
    if cells == "hexagon":
        return gridloom.regular_cells(city.outline(), size, "hexagon").set_index("code")
    if cells == "grid":
        return city.grids().set_index("code")
    return city.layer(cells).set_index("id") if cells in city.layers else city.admin(cells).set_index("code")


def summary(months: pandas.DataFrame, cells: str) -> pandas.DataFrame:
    told = months.groupby(cells)["count"].agg(["sum", "max", "min"])
    return told.sort_values("sum", ascending=False, kind="stable")


def picture(city: gridloom.Project, shapes: geopandas.GeoDataFrame, number: pandas.Series, title: str, note: str,
            path: pathlib.Path) -> None:
    each = number.reindex(shapes.index).fillna(0)
    classes = gridloom.Classes.quantiles(each[each > 0], 5)
    drawn = gridloom.Map(city.outline().total_bounds, title=title, subtitle=note)
    drawn.fill(city.outline(), LAND)
    drawn.fill(shapes.geometry, [classes.colour(value) if value else (236, 234, 228) for value in each])
    drawn.lines(shapes.geometry, (255, 255, 255), 0.4)
    drawn.legend_classes("Incidents", classes, [((236, 234, 228), "none")])
    drawn.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file, or the address of a server")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("category", help="a category of the incidents")
    parser.add_argument("--cells", default="grid", help="grid, a layer's or level's id, or hexagon (default: %(default)s)")
    parser.add_argument("--size", type=float, default=1000, help="metres of hexagons (default: %(default)g)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    size = options.size if options.cells == "hexagon" else None
    months = gridloom.counts(city, by=[options.cells, "month"], category=options.category, size=size, zeros=True)
    told = months.attrs["provenance"]
    months.to_csv(options.folder / "counts.csv", index=False)
    busy = summary(months, options.cells)
    busy.to_csv(options.folder / "busy.csv")
    note = f"{told['n']:,} incidents, {months['month'].min()} to {months['month'].max()}, {told['outside']:,} of them outside of all cells"
    picture(city, shapes_of(city, options.cells, options.size), busy["sum"], f"{options.category} by {options.cells}", note,
            options.folder / "counts.png")
    print(f"{len(busy):,} cells, {months['month'].nunique()} months, {told['n']:,} incidents")


if __name__ == "__main__":
    main()
