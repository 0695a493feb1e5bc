"""The Python package: maps as pictures."""

import xml.etree.ElementTree

import geopandas
import gridloom
import numpy
import pytest
import shapely.geometry
from gridloom.picture import HOT, LAND, WATER, ramp, rgba_of
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def series(*shapes):
    return geopandas.GeoSeries(list(shapes))


def drawn(**more):
    """A kilometre with a block in its middle that has a courtyard."""
    sheet = gridloom.Map((0, 0, 1000, 1000), title="Blocks & lanes", subtitle="drawn", source="by hand", width=700, **more)
    sheet.fill(series(shapely.geometry.box(0, 0, 1000, 1000)), LAND)
    ring = shapely.geometry.box(200, 200, 800, 800)
    sheet.fill(series(ring.difference(shapely.geometry.box(400, 400, 600, 600)), ring), [HOT, None])
    sheet.lines(series(shapely.geometry.LineString([(0, 100), (1000, 100)])), (0, 0, 255), 3)
    return sheet


def test_a_picture_shows_what_was_drawn_where_it_lies(tmp_path):
    drawn().save(tmp_path / "map.png")
    picture = numpy.asarray(Image.open(tmp_path / "map.png").convert("RGB"))
    assert picture.shape[1] == 700
    left, side = 28, 700 - 270 - 3 * 28
    top = 86
    pixel = lambda x, y: tuple(picture[round(top + side * (1 - y / 1000)), round(left + side * x / 1000)])
    assert pixel(300, 500) == HOT and pixel(500, 500) == LAND and pixel(100, 500) == LAND and pixel(500, 100) == (0, 0, 255)
    assert WATER not in {pixel(x, 900) for x in (100, 500, 900)}


def test_a_picture_is_an_svg_where_its_name_says_so(tmp_path):
    sheet = drawn()
    sheet.image(rgba_of(numpy.array([[1.0, 4.0]]), 4), (0, 0, 1000, 1000))
    sheet.legend_ramp("per km²", 4, ramp)
    sheet.legend_entries("Lines", [((0, 0, 255), "lane < 5 m")], line=True)
    sheet.save(tmp_path / "map.svg")
    root = xml.etree.ElementTree.parse(tmp_path / "map.svg").getroot()
    texts = [element.text for element in root.iter(SVG + "text")]
    assert {"Blocks & lanes", "drawn", "by hand", "per km²", "lane < 5 m", "N", "500 m"} <= set(texts)
    assert len(list(root.iter(SVG + "image"))) == 2
    with pytest.raises(gridloom.DataError, match="jpg"):
        sheet.save(tmp_path / "map.jpg")


def test_surfaces_fade_out_towards_nought_and_are_clear_where_there_is_no_value():
    colours = rgba_of(numpy.array([[numpy.nan, 0, 1, 4, 9]]), 4)
    assert colours[0, :, 3].tolist() == [0, 0, 255, 255, 255]
    assert colours[0, 3].tolist() == colours[0, 4].tolist() == [*ramp(1.0).tolist(), 255]
    assert colours[0, 2, :3].tolist() == ramp(0.5).tolist(), "by the square root"
    assert ramp(numpy.zeros((2, 3))).shape == (2, 3, 3)


def test_the_same_drawing_is_the_same_picture(tmp_path):
    for name in ("a", "b"):
        drawn().save(tmp_path / f"{name}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_map_without_an_area_is_refused():
    for box in ((0, 0, 0, 10), (10, 0, 0, 10)):
        with pytest.raises(gridloom.DataError):
            gridloom.Map(box, title="nothing")
    with pytest.raises(gridloom.DataError, match="400"):
        gridloom.Map((0, 0, 1, 1), title="narrow", width=300)
