#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Which parts of New York are fined for noise most, and where do such places lie together?

    PYTHONPATH=build/python /usr/bin/python3 scripts/python/examples/noise.py nyc.gpkg out/noise

Noise violations (OATH summonses) in any cells: here police precincts, per 10,000 residents, and local Moran of the
empirical-Bayes standardised rates. Writes noise_precincts.csv and .geojson, noise_months.csv (small counts blank, fit
for publication) and noise_precincts.png.
"""

import argparse
import pathlib
import warnings

import geopandas
import pandas

import gridloom
from gridloom.picture import INK, LAND

CATEGORY = "Noise violation"
SOURCE = "Source: NYC Open Data, OATH hearings; census 2010"


def residents_of(city: gridloom.Project) -> pandas.Series:
    """Residents of each precinct, from the crosswalk of precincts and grids."""
    crosswalk = city.table("crosswalk")
    return crosswalk[crosswalk["layer"] == "police_precincts"].groupby("feature_id")["population"].sum()


def precincts_of(city: gridloom.Project, violations: pandas.DataFrame) -> geopandas.GeoDataFrame:
    precincts = city.layer("police_precincts")[["id", "name", "geometry"]]
    found = gridloom.counts(violations, cells=precincts).set_index("cell")["count"]
    precincts["violations"] = precincts["id"].map(found).fillna(0).astype(int)
    precincts["residents"] = precincts["id"].map(residents_of(city)).fillna(0).round().astype(int)
    lived = precincts[precincts["residents"] >= 1000]
    precincts["per_10000"] = (lived["violations"] / lived["residents"] * 1e4).round(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # islands: they are in the table as untested
        neighbours = gridloom.weights(lived, kind="queen").row_standardised()
    tested = gridloom.hotspots(lived["violations"], neighbours, method="local_moran", population=lived["residents"])
    precincts = precincts.join(tested[["statistic", "p", "q", "class"]])
    precincts["class"] = precincts["class"].fillna("untested")
    precincts.attrs["provenance"] = tested.attrs["provenance"]
    return precincts


def months_of(city: gridloom.Project, violations: pandas.DataFrame) -> pandas.DataFrame:
    """Violations by borough and month, with totals; counts of 1 to 4, and what would reveal them, are blank."""
    boroughs = city.admin("borough")
    table = gridloom.counts(violations, by="month", cells=boroughs, zeros=True).dropna()
    wide = table.pivot(index="month", columns="cell", values="count").rename(columns=boroughs.set_index("code")["name"])
    return gridloom.suppress(wide, k=5)


def picture(city: gridloom.Project, precincts: geopandas.GeoDataFrame, window: str, path: pathlib.Path) -> None:
    classes = gridloom.Classes.quantiles(precincts["per_10000"].dropna(), 6)
    together = precincts[precincts["class"] == "high_high"]
    drawn = gridloom.Map(city.outline().total_bounds, title="Noise violations by police precinct",
                         subtitle=f"{precincts['violations'].sum():,} summonses, {window}, by residents of 2010", source=SOURCE)
    drawn.fill(city.outline(), LAND)
    drawn.fill(precincts.geometry, [classes.colour(rate) or (222, 222, 218) for rate in precincts["per_10000"]])
    drawn.lines(precincts.geometry, (255, 255, 255), 0.9)
    drawn.lines(city.admin("borough").geometry, (120, 124, 134), 1.2)
    if len(together):
        drawn.lines(geopandas.GeoSeries([together.geometry.unary_union]), INK, 3)
    for precinct, at in zip(precincts.itertuples(), precincts.geometry.representative_point()):
        if precinct.per_10000 >= classes.breaks[-1]:
            drawn.label(at.x, at.y, precinct.id)
    drawn.legend_classes("Violations per 10,000 residents", classes, [((222, 222, 218), "under 1,000 residents")])
    said = f"high rates lie together ({len(together)} precincts)" if len(together) else "no high rates lie together beyond chance"
    drawn.legend_entries("Local Moran, false discovery rate 0.05", [(INK, said)], line=True)
    drawn.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", help="a project file of `gridloom fuse gisdata/nyc/city.yaml`")
    parser.add_argument("folder", type=pathlib.Path, help="where the results go; made when missing")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    city = gridloom.open(options.project)
    violations = city.incidents(CATEGORY)
    days = violations["occurred_at"].dt.strftime("%Y-%m-%d")
    precincts = precincts_of(city, violations)
    precincts.drop(columns="geometry").to_csv(options.folder / "noise_precincts.csv", index=False)
    precincts.to_crs(4326).to_file(options.folder / "noise_precincts.geojson", driver="GeoJSON")
    months_of(city, violations).to_csv(options.folder / "noise_months.csv")
    picture(city, precincts, f"{days.min()} to {days.max()}", options.folder / "noise_precincts.png")
    print(precincts.attrs["provenance"]["summary"])
    for caution in precincts.attrs["provenance"]["cautions"]:
        print("Caution:", caution)


if __name__ == "__main__":
    main()
