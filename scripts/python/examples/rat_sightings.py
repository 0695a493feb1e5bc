#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where do New Yorkers report more rats than chance and population explain?

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/rat_sightings.py nyc.gpkg out/rats

Writes rat_hotspots.csv and .geojson (one row a grid: sightings, people, z of G*, p, q, class), rat_months.csv (sightings by
borough and month) and rat_hotspots.png. Sightings are 311 calls: they tell who calls, too.
"""

import argparse
import pathlib
import warnings

import geopandas
import pandas

import gridloom
from gridloom.picture import COLD, HOT, LAND

CATEGORY = "311 Rodent"
SOURCE = "Source: NYC Open Data, 311 service requests; census 2010"


def hotspots_of(city: gridloom.Project, sightings: pandas.DataFrame) -> geopandas.GeoDataFrame:
    """All grids with their sightings; those where a hundred people or more live are tested against the rate of the city."""
    grids = city.grids()[["code", "name", "parent", "population", "geometry"]]
    per_grid = gridloom.counts(sightings, by="grid").set_index("grid")["count"]
    grids["sightings"] = grids["code"].map(per_grid).fillna(0).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # islands: they are in the table as untested
        neighbours = gridloom.weights(grids, kind="queen")
    found = gridloom.hotspots(grids["sightings"], neighbours, method="gi_star", population=grids["population"],
                              window=" to ".join(sightings.attrs["window"]))
    tested = grids.join(found[["z", "p", "q", "class"]])
    tested.attrs["provenance"] = found.attrs["provenance"]
    return tested


def months_of(city: gridloom.Project, sightings: pandas.DataFrame) -> pandas.DataFrame:
    months = gridloom.counts(sightings, by="month", cells=city.admin("borough"))
    names = city.admin("borough").set_index("code")["name"]
    table = months.pivot_table(index="month", columns="cell", values="count", fill_value=0, aggfunc="sum")
    return table.rename(columns=names)


def picture(city: gridloom.Project, grids: geopandas.GeoDataFrame, events: int, path: pathlib.Path) -> None:
    provenance = grids.attrs["provenance"]
    number = grids["class"].value_counts()
    legend = {"hot": (HOT, "hot: more than expected"), "cold": (COLD, "cold: fewer than expected"),
              "not_significant": ((232, 229, 221), "as by chance"),
              "untested": ((208, 210, 210), "not tested: under 100 residents, or no neighbour")}
    drawn = gridloom.Map(city.outline().total_bounds, title="Rat sightings: where there are more than chance explains",
                         subtitle=f"Getis-Ord G* of sightings per resident, false discovery rate {provenance['alpha']:g}; "
                                  f"{events:,} calls to 311, {provenance['window']}", source=SOURCE)
    drawn.fill(city.outline(), LAND)
    drawn.fill(grids.geometry, [legend[name][0] for name in grids["class"]])
    drawn.lines(grids.geometry, (255, 255, 255), 0.4)
    boroughs = city.admin("borough")
    drawn.lines(boroughs.geometry, (70, 74, 84), 1.4)
    for name, at in zip(boroughs["name"], boroughs.geometry.representative_point()):
        drawn.label(at.x, at.y, name)
    drawn.legend_entries("Governance grids", [(colour, f"{text} ({number.get(name, 0):,})")
                                              for name, (colour, text) in legend.items()])
    drawn.legend_entries("Lines", [((70, 74, 84), "borough")], line=True)
    drawn.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse gisdata/nyc/city.yaml`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("--start", default="2010-01-01", help="first day (default: %(default)s)")
    parser.add_argument("--end", default="2016-01-01", help="first day that is left out (default: %(default)s)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    sightings = city.incidents(CATEGORY, options.start, options.end)
    grids = hotspots_of(city, sightings)
    columns = [c for c in grids.columns if c != "geometry"]
    grids[columns].to_csv(options.folder / "rat_hotspots.csv", index=False)
    grids.to_crs(4326).to_file(options.folder / "rat_hotspots.geojson", driver="GeoJSON")
    months_of(city, sightings).to_csv(options.folder / "rat_months.csv")
    picture(city, grids, len(sightings), options.folder / "rat_hotspots.png")
    print(grids.attrs["provenance"]["summary"])
    for caution in grids.attrs["provenance"]["cautions"]:
        print("Caution:", caution)


if __name__ == "__main__":
    main()
