#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Heat: where are the incidents of a category dense, by night and by day, under a bandwidth that the points themselves suggest?

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/heat.py nyc.gpkg out/heat "Motor vehicle collision"

Writes night.png, day.png (one scale for both), night.tif, day.tif, and bandwidths.csv: what five selectors would take.
"""

import argparse
import pathlib
import warnings

import pandas

import gridloom


def bandwidths_of(points: pandas.DataFrame, city: gridloom.Project) -> pandas.DataFrame:
    """Selectors differ by several times: look at more than one."""
    chosen = [gridloom.bandwidth(points, method, "quartic", mask=city.outline(), sample=1500)
              for method in ("scott", "silverman", "diggle", "ppl", "lscv")]
    return pandas.DataFrame({"method": [one.method for one in chosen], "metres": [round(one.metres) for one in chosen],
                             "at_end": [one.at_end for one in chosen]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    parser.add_argument("category", help="a category of the incidents")
    parser.add_argument("--bandwidth", type=float, help="metres (default: that of the rule silverman)")
    parser.add_argument("--cell", type=float, default=100, help="metres (default: %(default)g)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    warnings.simplefilter("ignore", gridloom.CoincidenceWarning)  # addresses are geocoded to street corners
    warnings.filterwarnings("ignore", message=".*end of the candidates.*")  # it stands in the table
    table = bandwidths_of(city.incidents(options.category), city)
    table.to_csv(options.folder / "bandwidths.csv", index=False)
    bandwidth = options.bandwidth or float(table.set_index("method").loc["silverman", "metres"])
    hours = {"night": "22-6", "day": "6-22"}
    surfaces = {name: gridloom.heatmap(city.incidents(options.category, hours=span), bandwidth, options.cell, mask=city.outline(),
                                       edge="diggle") for name, span in hours.items()}
    top = max(surface.top() for surface in surfaces.values())
    for name, surface in surfaces.items():
        surface.to_geotiff(options.folder / f"{name}.tif")
        surface.to_png(options.folder / f"{name}.png", title=f"{options.category}, {hours[name]} h", outline=city.outline(), top=top)
        print(f"{name}: {surface.provenance['n']:,} incidents, at most {surface.array[surface.array == surface.array].max():.1f} {surface.units}")


if __name__ == "__main__":
    main()
