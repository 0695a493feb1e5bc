#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where and at what hour do vehicles collide in New York?

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/collisions.py nyc.gpkg out/collisions

Writes collision_density.tif (events per km²), collision_hours.csv (collisions by borough and hour of the day),
collision_grids.geojson (the fifty grids with most) and collision_density.png.
"""

import argparse
import pathlib
import warnings

import geopandas
import pandas

import gridloom
from gridloom.picture import LAND, ramp, rgba_of

CATEGORY = "Motor vehicle collision"
SOURCE = "Source: NYC Open Data, Motor Vehicle Collisions (a sample)"


def hours_of(city: gridloom.Project, collisions: pandas.DataFrame) -> pandas.DataFrame:
    """Rows: hours of the day; columns: boroughs. Collisions known by their date only are left out."""
    boroughs = city.admin("borough")
    table = gridloom.counts(collisions, by="hour", cells=boroughs, zeros=True).dropna()
    return table.pivot(index="hour", columns="cell", values="count").rename(columns=boroughs.set_index("code")["name"])


def worst_grids(city: gridloom.Project, collisions: pandas.DataFrame, number: int) -> geopandas.GeoDataFrame:
    per_grid = gridloom.counts(collisions, by="grid").set_index("grid")["count"]
    grids = city.grids()[["code", "name", "area_m2", "geometry"]]
    grids["collisions"] = grids["code"].map(per_grid).fillna(0).astype(int)
    grids["collisions_per_km2"] = (grids["collisions"] / grids["area_m2"] * 1e6).round(1)
    return grids.sort_values(["collisions", "code"], ascending=[False, True]).head(number)


def picture(city: gridloom.Project, surface: gridloom.Heatmap, path: pathlib.Path) -> None:
    p = surface.provenance
    drawn = gridloom.Map(surface.bounds, title="Motor vehicle collisions",
                         subtitle=f"{p['n']:,} collisions of the sample, {p['window'][0]} to {p['window'][1]}; {p['kernel']} "
                                  f"kernel of {p['bandwidth_m']:g} m on cells of {p['cell_m']:g} m", source=SOURCE)
    drawn.fill(city.outline(), LAND)
    strongest = surface.top()
    drawn.image(rgba_of(surface.array, strongest), surface.bounds)
    boroughs = city.admin("borough")
    drawn.lines(boroughs.geometry, (60, 64, 74), 1.3)
    for name, at in zip(boroughs["name"], boroughs.geometry.representative_point()):
        drawn.label(at.x, at.y, name)
    drawn.legend_ramp("Collisions per km² in the whole time", strongest, ramp, more=True)
    drawn.legend_entries("Lines", [((60, 64, 74), "borough")], line=True)
    drawn.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse gisdata/nyc/city.yaml`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("--bandwidth", type=float, default=600, help="metres (default: %(default)g)")
    parser.add_argument("--cell", type=float, default=50, help="metres (default: %(default)g)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    collisions = city.incidents(CATEGORY)
    days = collisions["occurred_at"].dt.strftime("%Y-%m-%d")
    collisions.attrs["window"] = [days.min(), days.max()]
    with warnings.catch_warnings():  # collisions are geocoded to crossings: a kernel of 600 m does not mind
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        surface = gridloom.heatmap(collisions, options.bandwidth, options.cell, mask=city.outline())
    surface.to_geotiff(options.folder / "collision_density.tif")
    hours_of(city, collisions).to_csv(options.folder / "collision_hours.csv")
    worst = worst_grids(city, collisions, 50)
    worst.to_crs(4326).to_file(options.folder / "collision_grids.geojson", driver="GeoJSON")
    picture(city, surface, options.folder / "collision_density.png")
    print(worst[["code", "name", "collisions", "collisions_per_km2"]].head(5).to_string(index=False))
    print(f"{100 * surface.provenance['coincident_share']:.0f} % of the collisions share their exact place with another")


if __name__ == "__main__":
    main()
