"""The Python package: heatmaps against their definition, their units, times and weights, and what is refused."""

import warnings

import geopandas
import gridloom
import numpy
import pandas
import pytest
import shapely.geometry
from osgeo import gdal
from PIL import Image

from ground import UTM, squares


def brute_force(xy, weights, array_shape, transform, bandwidth):
    cell, _, west, _, _, north = transform
    x = west + cell * (numpy.arange(array_shape[1]) + 0.5)
    y = north - cell * (numpy.arange(array_shape[0]) + 0.5)
    u2 = ((x[None, :, None] - xy[:, 0]) ** 2 + (y[:, None, None] - xy[:, 1]) ** 2) / bandwidth**2
    return (numpy.where(u2 <= 1, 3 / numpy.pi * (1 - u2) ** 2, 0) * weights).sum(axis=2) / bandwidth**2 * 1e6


def test_a_heatmap_equals_the_definition():
    random = numpy.random.default_rng(7)
    xy = numpy.round(random.uniform([500000, 4500000], [503000, 4502000], (200, 2)), 3)
    weights = random.uniform(0, 3, 200)
    for given in (None, weights):
        surface = gridloom.heatmap(xy, 400, 75, weights=given, bounds=(500000, 4500000, 503000, 4502000), crs=UTM)
        expected = brute_force(xy, 1 if given is None else weights, surface.array.shape, surface.transform, 400)
        assert numpy.abs(surface.array - expected).max() <= 1e-9 * expected.max()
        assert surface.bounds == (500000 - 500000 % 75, 4500000, pytest.approx(503025, abs=75), pytest.approx(4502025, abs=75))
    assert surface.units == "weight per km²" and surface.crs == UTM


@pytest.mark.parametrize("kernel", ["uniform", "epanechnikov", "quartic", "triweight", "gaussian"])
def test_the_integral_of_a_heatmap_is_the_number_of_events(kernel):
    xy = numpy.array([[500010.0, 4500020.0], [500900.0, 4500700.0], [501000.0, 4500020.0]])
    surface = gridloom.heatmap(xy, 300, 10, kernel=kernel, bounds=(497000, 4497000, 504000, 4504000))
    assert surface.array.sum() * 10 * 10 / 1e6 == pytest.approx(3, rel=2e-3)
    assert surface.provenance["kernel"] == kernel and surface.provenance["n"] == 3


@pytest.mark.parametrize("edge", ["uniform", "diggle"])
def test_edge_correction_makes_up_for_what_was_not_counted_beyond_the_limit(edge):
    ground = shapely.geometry.box(500000, 4500000, 502000, 4502000).difference(shapely.geometry.box(500900, 4500900, 501100, 4501100))
    east, north = numpy.meshgrid(numpy.arange(500010, 502000, 20.0), numpy.arange(4500010, 4502000, 20.0))
    xy = numpy.column_stack([east.ravel(), north.ravel()])  # 2500 events per km², but none in the hole
    xy = xy[(numpy.abs(xy - [501000, 4501000]) > 100).any(axis=1)]
    plain = gridloom.heatmap(xy, 300, 50, mask=ground, crs=UTM)
    corrected = gridloom.heatmap(xy, 300, 50, mask=ground, edge=edge, crs=UTM)
    assert plain.array[0, 0] < 1000 and numpy.isnan(corrected.array[20, 20])
    if edge == "uniform":
        assert numpy.nanmin(corrected.array) > 2350 and numpy.nanmax(corrected.array) < 2650
    else:
        assert numpy.nansum(corrected.array) * 0.05**2 == pytest.approx(len(xy), rel=0.02)
    assert corrected.provenance["edge"] == edge
    with pytest.raises(gridloom.DataError, match="mask"):
        gridloom.heatmap(xy, 300, 50, edge=edge)
    with pytest.raises(gridloom.DataError, match="none, uniform, diggle"):
        gridloom.heatmap(xy, 300, 50, mask=ground, edge="torus")


def test_frames_and_arrays_give_the_same_heatmap(nyc):
    rats = nyc.incidents("311 Rodent", "2014-01-01", "2014-02-01")
    frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(rats["x"], rats["y"]), crs=UTM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gridloom.CoincidenceWarning)
        surfaces = [gridloom.heatmap(points, 800, 200, threads=threads, crs=UTM)
                    for points, threads in ((rats, 1), (frame, 2), (rats[["x", "y"]].to_numpy(), 3))]
    assert (surfaces[0].array == surfaces[1].array).all() and (surfaces[0].array == surfaces[2].array).all()
    assert surfaces[0].provenance["window"] == ["2014-01-01", "2014-02-01"]


def test_degrees_and_feet_are_refused_and_the_message_names_what_to_do():
    degrees = geopandas.GeoSeries(geopandas.points_from_xy([-73.9, -73.8], [40.7, 40.8]), crs=4326)
    with pytest.raises(gridloom.DataError, match=r"degrees.*to_crs.*EPSG:32618"):
        gridloom.heatmap(degrees, 500, 50)
    with pytest.raises(gridloom.DataError, match=r"look like longitude and latitude.*EPSG:32618"):
        gridloom.heatmap(numpy.array([[-73.9, 40.7], [-73.8, 40.8]]), 500, 50)
    with pytest.raises(gridloom.DataError, match="foot"):
        gridloom.heatmap(degrees.to_crs(2263), 500, 50)
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.weights(squares(2, 2).to_crs(4326))
    with pytest.raises(gridloom.DataError, match="degrees"):
        gridloom.weights(squares(2, 2).to_crs(4326), kind="knn", k=1)


@pytest.mark.parametrize("crs", [3857, 3395, "+proj=merc +lat_ts=0 +datum=WGS84 +units=m"])
def test_metres_that_are_none_on_the_ground_are_refused(crs):
    mercator = geopandas.GeoSeries(geopandas.points_from_xy([-73.9, -73.8, 0], [40.7, 40.8, 0]), crs=4326).to_crs(crs)
    for call in (lambda: gridloom.heatmap(mercator, 500, 50), lambda: gridloom.weights(squares(2, 2).to_crs(crs)),
                 lambda: gridloom.weights(squares(2, 2).to_crs(crs), kind="knn", k=1),
                 lambda: gridloom.bandwidth(mercator, "scott"), lambda: gridloom.regular_cells(squares(2, 2).to_crs(crs), 50)):
        with pytest.raises(gridloom.DataError, match=r"3[0-3]\..*EPSG:32618"):
            call()


def test_national_grids_are_metres():
    for crs, lon, lat in ((32618, -75, 40.7), (5070, -73.9, 40.7), (2154, 9, 41.5), (3857, 103.8, 1.3)):
        points = geopandas.GeoSeries(geopandas.points_from_xy([lon, lon + 0.01], [lat, lat]), crs=4326).to_crs(crs)
        assert gridloom.heatmap(points, 500, 100).crs == f"EPSG:{crs}"


def test_weights_of_points_are_matched_by_their_labels():
    points = pandas.DataFrame({"x": [500000.0, 501000.0, 502000.0], "y": 4500000.0, "severity": [1.0, 2, 9]}, index=["a", "b", "c"])
    expected = gridloom.heatmap(points, 300, 50, weights=points["severity"].to_numpy(), crs=UTM).array
    for weights in (points["severity"].sort_values(ascending=False), points["severity"].sample(frac=1, random_state=4)):
        assert (gridloom.heatmap(points, 300, 50, weights=weights, crs=UTM).array == expected).all()
    for wrong, word in ((points["severity"].reset_index(drop=True), "labels do not match.*'a'"), (points["severity"][:2], "'c'")):
        with pytest.raises(gridloom.DataError, match=word):
            gridloom.heatmap(points, 300, 50, weights=wrong, crs=UTM)
    numbered = points.reset_index(drop=True)
    with pytest.raises(gridloom.DataError, match="another order"):
        gridloom.heatmap(numbered[["x", "y"]].to_numpy(), 300, 50, weights=numbered["severity"].sort_values(ascending=False))


def test_coincident_points_are_told_with_their_share():
    xy = numpy.array([[500000.0, 4500000.0]] * 3 + [[500500.0, 4500000.0]])
    with pytest.warns(gridloom.CoincidenceWarning, match="75 %.*3 at the fullest"):
        surface = gridloom.heatmap(xy, 100, 50)
    assert surface.provenance["coincident_share"] == 0.75


def timed(*texts):
    at = pandas.DataFrame({"x": 500000.0 + 10 * numpy.arange(len(texts)), "y": 4500000.0, "occurred_at": pandas.to_datetime(list(texts))})
    at.attrs["crs"] = UTM
    return at


def test_a_density_per_year_is_divided_by_the_time_of_its_points_or_the_period():
    events = timed("2020-01-01", "2020-07-01 12:00", "2021-12-31 23:00")
    whole = gridloom.heatmap(events, 300, 50)
    with pytest.warns(UserWarning, match="2.00 years, 2020-01-01 until before 2022-01-01"):
        yearly = gridloom.heatmap(events, 300, 50, per="year")
    years = 731 / 365.2425
    assert numpy.allclose(yearly.array * years, whole.array) and yearly.units == "events per km² per year"
    told = yearly.provenance["per"]
    assert told["units"] == pytest.approx(years) and told["open_ends"] == "those of the points" and told["left_out"] == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stated = gridloom.heatmap(events, 300, 50, per="month", period=("2020-01-01", "2021-01-01"))
        places = gridloom.heatmap(events[["x", "y"]].to_numpy(), 300, 50, per="year", period=("2020-01-01", "2024-01-01"), crs=UTM)
    assert stated.provenance["n"] == 2 and stated.provenance["per"]["left_out"] == 1
    assert stated.provenance["per"]["units"] == pytest.approx(366 / 365.2425 * 12)
    assert numpy.allclose(places.array * 1461 / 365.2425, whole.array)


def test_weights_follow_their_points_into_the_period():
    events = timed("2020-01-01", "2020-07-01", "2021-12-31")
    weights = pandas.Series([5.0, 1.0, 9.0])
    period = ("2020-06-01", "2021-06-01")
    with_series, with_array = (gridloom.heatmap(events, 300, 50, per="day", period=period, bounds=(499000, 4499000, 501000, 4501000), weights=w)
                               for w in (weights.sort_values(), weights.to_numpy()))
    assert (with_series.array == with_array.array).all()
    assert with_series.array.sum() * 0.05**2 * 365 == pytest.approx(1, rel=0.01)


def test_rats_are_divided_by_their_own_years(nyc):
    with pytest.warns(UserWarning, match="6.12 years, 2010-01-01.*4 without a time, or far"):
        surface = gridloom.heatmap(nyc.incidents("311 Rodent"), 500, 500, per="year")
    assert surface.provenance["per"]["left_out"] == 4


@pytest.mark.parametrize("points, more, message", [
    (timed("2020-01-01 08:00", "2020-01-01 09:00"), {"per": "year"}, "too short"),
    (timed("2020-01-01").drop(columns="occurred_at"), {"per": "year"}, r"period=\(start, end\)"),
    (timed(None), {"per": "year"}, "no point has a time"),
    (timed("2020-01-01", "2021-01-01"), {"per": "decade"}, "month"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": ("2021-01-01", "2020-01-01")}, "too short"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": (2020, 2021)}, "2020-01-01"),
    (timed("2020-01-01", "2021-01-01"), {"per": "year", "period": ("2020-01-01T00:00Z", None)}, "time zone"),
    (timed("2020-01-01", "2021-01-01"), {"period": ("2020-01-01", None)}, "per='year'")])
def test_what_cannot_be_divided_by_is_refused(points, more, message):
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.heatmap(points, 300, 50, **more)


@pytest.mark.parametrize("change, message", [
    ({"kernel": "cone"}, "cone.*quartic"), ({"bandwidth": 0}, "bandwidth"), ({"cell": numpy.nan}, "cell"),
    ({"weights": [1, -1]}, "weights"), ({"weights": [1]}, "weights"), ({"cell": 0.001, "bandwidth": 5000}, "million pixels"),
    ({"bounds": (1, 1, 0, 0)}, "bounds"), ({"points": numpy.zeros((3, 3))}, "shape"),
    ({"points": numpy.array([[numpy.nan, 5e6]])}, "finite"), ({"points": numpy.empty((0, 2))}, "no points")])
def test_arguments_that_make_no_sense_are_refused(change, message):
    given = {"points": numpy.array([[500000.0, 4500000.0], [500700.0, 4500000.0]]), "bandwidth": 500, "cell": 50, **change}
    with pytest.raises(gridloom.DataError, match=message):
        gridloom.heatmap(**given)


def test_the_mask_blanks_pixels_outside_and_files_read_back(tmp_path):
    xy = numpy.array([[500050.0, 4500050.0], [500350.0, 4500250.0]])
    surface = gridloom.heatmap(xy, 300, 20, crs=UTM, mask=shapely.geometry.Point(500200, 4500200).buffer(200))
    assert numpy.isnan(surface.array[0, 0]) and surface.array[10, 10] > 0
    surface.to_geotiff(tmp_path / "heat.tif")
    raster = gdal.Open(str(tmp_path / "heat.tif"))
    assert raster.GetGeoTransform() == (500000, 20, 0, 4500400, 0, -20)
    assert raster.GetRasterBand(1).GetUnitType() == surface.units and float(raster.GetMetadata()["BANDWIDTH_M"]) == 300
    read = raster.ReadAsArray()
    assert numpy.allclose(read, surface.array.astype("float32"), equal_nan=True)
    surface.to_png(tmp_path / "heat.png", title="Two events", width=700)
    picture = Image.open(tmp_path / "heat.png")
    assert picture.size[0] == 700 and len(set(picture.convert("RGB").getdata())) > 100
    with pytest.raises(gridloom.DataError, match="CRS"):
        gridloom.heatmap(xy, 300, 20).to_geotiff(tmp_path / "none.tif")
    assert not (tmp_path / "none.tif").exists()
