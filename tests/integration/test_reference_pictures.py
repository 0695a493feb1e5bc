"""What the maps look like: three pictures of New York from the running server, beside pictures that were looked at.

Each picture is stitched from tiles, so a seam is a fault as well. Tolerance: at most 0.5 % of the pixels may differ by
more than 24 of 255 in any channel (other versions of FreeType and AGG round differently; a shifted line, another
colour or a missing label exceed it). A missing reference fails.

After a change that is meant to be seen, look at the new pictures and keep them:
    PYTHONPATH=tests /usr/bin/python3 tests/integration/test_reference_pictures.py http://127.0.0.1:8080
"""

import io
import pathlib
import re
import shutil
import sys

import numpy
import pytest
from PIL import Image

from client import fetch
from running import ROOT, serving

PICTURES = pathlib.Path(__file__).with_name("pictures")
CHANNEL_TOLERANCE = 24
SHARE_TOLERANCE = 0.005

# name: path of the map, zoom, columns, rows, suffix, query
VIEWS = {
    "grids": ("grids", 12, (1206, 1207), (1539, 1540), ".png", "lang=en"),
    "zones": ("zones", 11, (603, 604), (769, 770), ".png", "layer=police_precincts&lang=zh"),
    "incidents": ("incidents", 11, (603,), (769,), "@2x.png", "lang=en"),
}


def image(url):
    answer = fetch(url)
    assert answer.headers["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.body)).convert("RGB")


def picture(server, view):
    name, zoom, columns, rows, suffix, query = view
    tiles = [[image(f"{server}/tiles/{name}/WebMercatorQuad/{zoom}/{x}/{y}{suffix}?{query}") for x in columns] for y in rows]
    side = tiles[0][0].width
    stitched = Image.new("RGB", (side * len(columns), side * len(rows)))
    for j, row in enumerate(tiles):
        for i, tile in enumerate(row):
            stitched.paste(tile, (i * side, j * side))
    return stitched


def share_that_differs(a, b):
    assert a.size == b.size
    apart = numpy.abs(numpy.asarray(a, dtype=int) - numpy.asarray(b, dtype=int)).max(axis=2)
    return float((apart > CHANNEL_TOLERANCE).mean())


def reference(name):
    path = PICTURES / f"{name}.png"
    if not path.is_file():
        pytest.fail(f"the reference picture {path} is missing; see the head of {__file__}")
    return Image.open(path).convert("RGB")


@pytest.mark.parametrize("name", VIEWS)
def test_looks_as_it_should(server, name, tmp_path):
    seen = picture(server, VIEWS[name])
    share = share_that_differs(seen, reference(name))
    if share > SHARE_TOLERANCE:
        seen.save(tmp_path / f"{name}.png")
    assert share <= SHARE_TOLERANCE, f"{share:.2%} of the pixels differ; what was seen: {tmp_path / name}.png"


def test_the_tolerance_tells_another_language_and_a_shift_apart():
    grids, zones = reference("grids"), reference("zones")
    assert share_that_differs(grids, grids) == 0
    assert share_that_differs(grids, zones) > 0.1
    shifted = Image.new("RGB", grids.size)
    shifted.paste(grids, (1, 0))
    assert share_that_differs(grids, shifted) > SHARE_TOLERANCE


def test_seams_do_not_show(server):
    """A tile twice as fine shows the same place as four tiles of the next zoom do, but for labels and line widths."""
    coarse = image(f"{server}/tiles/department/WebMercatorQuad/11/603/769@2x.png?layer=police_precincts")
    fine = picture(server, ("department", 12, (1206, 1207), (1538, 1539), ".png", "layer=police_precincts"))
    assert share_that_differs(coarse, fine) < 0.12


@pytest.fixture
def plain(binary, project, tmp_path):
    """A server whose style sheets draw nothing but fills, all of one colour, on red."""
    styles = shutil.copytree(ROOT / "styles", tmp_path / "styles")
    palette = styles / "palette.ent"
    text = re.sub(r'<!ENTITY hues ".*?">', f'<!ENTITY hues "{" ".join(["#336699"] * 10)}">', palette.read_text())
    palette.write_text(re.sub(r'<!ENTITY background ".*?">', '<!ENTITY background "#ff0000">', text))
    sheet = styles / "units.xml"
    layers = re.sub(r'  <Layer name="(line|label|hatch)".*?</Layer>\n', "", sheet.read_text(), flags=re.DOTALL)
    sheet.write_text(layers)
    with serving(binary, project, styles=styles) as (url, _):
        yield url


@pytest.mark.parametrize("suffix", [".png", "@2x.png"])
def test_neighbours_leave_no_hairline(plain, suffix):
    """Thousands of antialiased neighbours of one colour: the background shines through nowhere between them."""
    z, x, y = 12, 1206, 1540  # Brooklyn, and some water
    tile = numpy.asarray(image(f"{plain}/tiles/department/WebMercatorQuad/{z}/{x}/{y}{suffix}?layer=election_districts"), int)
    assert (tile[..., 0] == 255).mean() > 0.01, "no water in the picture: the test would see nothing"
    # Water and shore come in large pieces; a hairline is a reddish pixel with land on two opposite sides.
    leak = tile[..., 0] > 0x33 + 4
    land = (numpy.abs(tile - (0x33, 0x66, 0x99)).max(axis=2) <= 4)
    across = land[1:-1, :-2] & land[1:-1, 2:]
    along = land[:-2, 1:-1] & land[2:, 1:-1]
    hair = leak[1:-1, 1:-1] & (across | along)
    assert land.mean() > 0.3
    assert hair.mean() < 0.0005, f"{hair.sum()} pixels of background between neighbours"


def write(server):
    PICTURES.mkdir(exist_ok=True)
    for name, view in VIEWS.items():
        picture(server, view).quantize(256, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
        print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    write(sys.argv[1])
