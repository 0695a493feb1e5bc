#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Streets: along which streets are incidents dense? A map smears them over blocks and water; this counts along the network.

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/streets.py nyc.gpkg out/streets \\
        "Motor vehicle collision" gisdata/nyc/streets.geojson.gz --name name

Writes streets.csv (a row a street: incidents, length, the densest piece), pieces.gpkg and streets.png.
"""

import argparse
import pathlib
import warnings

import geopandas
import numpy

import gridloom
from gridloom.picture import LAND, ramp


def pieces_of(city: gridloom.Project, category: str, streets: geopandas.GeoDataFrame, bandwidth: float) -> geopandas.GeoDataFrame:
    with warnings.catch_warnings():  # incidents are geocoded to crossings: the kernel runs along the streets from there
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        return gridloom.street_density(city.incidents(category), streets, bandwidth, piece=bandwidth / 2, reach=40, least_share=0.01)


def picture(city: gridloom.Project, pieces: geopandas.GeoDataFrame, title: str, path: pathlib.Path) -> None:
    told = pieces.attrs["provenance"]
    strongest = float(numpy.quantile(pieces["events_per_km"], 0.995))
    drawn = gridloom.Map(city.outline().total_bounds, title=title,
                         subtitle=f"{told['counted']:,} of {told['n']:,} incidents within {told['reach_m']:g} m of a street, kernel of "
                                  f"{told['bandwidth_m']:g} m along {told['network_km']:,.0f} km")
    drawn.fill(city.outline(), LAND)
    share = numpy.sqrt(numpy.clip(pieces["events_per_km"] / max(strongest, 1e-9), 0, 1))
    step = numpy.ceil(8 * share).astype(int)  # one call for each colour, the strongest on top
    for number in sorted(step.unique()):
        colour = tuple(int(c) for c in ramp(number / 8)) if number else (214, 212, 206)
        drawn.lines(pieces.geometry[step == number], colour, 0.6 + 0.25 * number)
    drawn.legend_ramp(told["units"], strongest, ramp, more=True)
    drawn.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("category", help="a category of the incidents")
    parser.add_argument("streets", help="a file of lines that meet at common vertices")
    parser.add_argument("--name", help="the streets' column with their names")
    parser.add_argument("--bandwidth", type=float, default=300, help="metres along the streets (default: %(default)g)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    source = f"/vsigzip/{options.streets}" if options.streets.endswith(".gz") else options.streets
    streets = geopandas.read_file(source).to_crs(city.crs)
    pieces = pieces_of(city, options.category, streets, options.bandwidth)
    pieces["incidents"] = pieces["events_per_km"] * pieces["length_m"] / 1000
    table = pieces.groupby("street").agg(incidents=("incidents", "sum"), length_m=("length_m", "sum"), most_per_km=("events_per_km", "max"))
    if options.name:
        table.insert(0, "name", streets[options.name].reindex(table.index))
    table.sort_values("most_per_km", ascending=False).round(2).to_csv(options.folder / "streets.csv")
    pieces.to_file(options.folder / "pieces.gpkg")
    picture(city, pieces, f"{options.category} along streets", options.folder / "streets.png")
    print(f"{len(streets):,} streets, {len(pieces):,} pieces, {pieces.attrs['provenance']['beyond_reach']:,} incidents beyond reach")


if __name__ == "__main__":
    main()
