# SPDX-License-Identifier: Apache-2.0
"""Maps as pictures: fills, lines, a legend with its unit, scale bar, north arrow, title and source."""

from __future__ import annotations

import math
import os
from typing import Any, Callable, Iterable, List, Optional, Sequence, Tuple, Union

import geopandas
import numpy
from PIL import Image, ImageDraw, ImageFont

Colour = Tuple[int, ...]

INK: Colour = (38, 42, 51)
FAINT: Colour = (112, 118, 130)
WATER: Colour = (226, 233, 240)
LAND: Colour = (250, 249, 246)
HOT: Colour = (196, 40, 36)
COLD: Colour = (49, 108, 178)

# Light to dark: yellow, orange, red (after ColorBrewer YlOrRd, Brewer & Harrower).
_RAMP = numpy.array([(255, 247, 200), (254, 217, 118), (254, 178, 76), (253, 141, 60), (240, 70, 40), (200, 15, 38),
                     (118, 0, 38)], float)
_MARGIN, _PANEL, _SCALE = 28, 300, 2  # drawn at twice the size, then reduced: smooth lines


def ramp(share: Union[float, numpy.ndarray]) -> numpy.ndarray:
    """Colours (..., 3) for shares in [0, 1] of the strongest."""
    at = numpy.clip(numpy.asarray(share, float), 0, 1) * (len(_RAMP) - 1)
    low = numpy.minimum(at.astype(int), len(_RAMP) - 2)
    part = (at - low)[..., None]
    return _RAMP[low] * (1 - part) + _RAMP[low + 1] * part


def _stretched(share: numpy.ndarray) -> numpy.ndarray:
    return numpy.sqrt(numpy.clip(share, 0, 1))  # densities are skewed: half the colours for the lower quarter


def rgba_of(array: numpy.ndarray, strongest: float) -> numpy.ndarray:
    """A surface as uint8 (rows, columns, 4): square-root scale, clear where it is NaN, fading out towards 0."""
    share = _stretched(numpy.nan_to_num(array) / strongest) if strongest > 0 else numpy.zeros(array.shape)
    alpha = numpy.where(numpy.isnan(array), 0, 255 * numpy.clip(share / 0.12, 0, 1))
    return numpy.dstack([ramp(share), alpha]).round().astype("uint8")


def _font(size: float, bold: bool = False) -> Any:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    for folder in ("/usr/share/fonts/truetype/dejavu/", ""):
        try:
            return ImageFont.truetype(folder + name, round(size * _SCALE))
        except OSError:
            continue
    return ImageFont.load_default()


def _round_below(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above value > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * (1 + 1e-9))


class Classes:
    """Graduated colours: value v has class i where breaks[i] <= v < breaks[i + 1]; the last class is open above."""

    def __init__(self, breaks: Sequence[float], colours: Optional[Sequence[Colour]] = None) -> None:
        self.breaks = list(breaks)
        shares = numpy.linspace(0.04, 0.96, len(self.breaks))
        self.colours: List[Colour] = list(colours) if colours else [tuple(map(int, ramp(s))) for s in shares]

    @staticmethod
    def quantiles(values: Iterable[float], count: int = 6) -> "Classes":
        """Classes with about equally many of the values, at rounded breaks."""
        numbers = numpy.asarray(list(values), float)
        numbers = numbers[numpy.isfinite(numbers)]
        edges = numpy.quantile(numbers, numpy.linspace(0, 1, count + 1)[:-1]) if len(numbers) else numpy.zeros(1)
        rounded = [0.0 if edge <= 0 else float(f"{edge:.2g}") for edge in edges]
        return Classes(sorted({min(rounded[0], float(numbers.min()) if len(numbers) else 0.0), *rounded[1:]}))

    def colour(self, value: float) -> Optional[Colour]:
        """None where there is no value."""
        if not math.isfinite(value):
            return None
        return self.colours[max(0, int(numpy.searchsorted(self.breaks, value, side="right")) - 1)]

    def labels(self) -> List[str]:
        texts = [f"{edge:,.4g}" for edge in self.breaks]
        return [f"{low} to under {high}" for low, high in zip(texts, texts[1:])] + [f"{texts[-1]} and more"]


class Map:
    """A north-up map of a box in metres. Draw, then ``save``."""

    def __init__(self, bounds: Sequence[float], title: str, subtitle: str = "", source: str = "",
                 width: int = 1400) -> None:
        self.west, self.south, self.east, self.north = map(float, bounds)
        self._title, self._subtitle, self._source = title, subtitle, source
        self._head = 92 if subtitle else 66
        inner = width - _PANEL - 2 * _MARGIN
        self._per_metre = inner / (self.east - self.west) * _SCALE
        self._size = (round((self.east - self.west) * self._per_metre), round((self.north - self.south) * self._per_metre))
        self._canvas = Image.new("RGB", self._size, WATER)
        self._legend: List[Callable[[ImageDraw.ImageDraw, int, int], int]] = []
        self._width = width * _SCALE

    def _at(self, coordinates: Any) -> List[Tuple[float, float]]:
        xy = numpy.asarray(coordinates)[:, :2]
        return list(zip((xy[:, 0] - self.west) * self._per_metre, (self.north - xy[:, 1]) * self._per_metre))

    @staticmethod
    def _parts(shapes: geopandas.GeoSeries) -> Iterable[Any]:
        for shape in shapes.geometry:
            if shape is not None and not shape.is_empty:
                yield from getattr(shape, "geoms", [shape])

    def fill(self, shapes: geopandas.GeoSeries, colours: Union[Colour, Sequence[Optional[Colour]]]) -> None:
        """Fills polygons, with one colour or one for each (None: not at all). Holes stay as they were."""
        each = colours if isinstance(colours, list) else [colours] * len(shapes)
        layer, mask = self._canvas.copy(), Image.new("1", self._size, 0)
        paint, stencil = ImageDraw.Draw(layer), ImageDraw.Draw(mask)
        for shape, colour in zip(shapes.geometry, each):
            if colour is None or shape is None or shape.is_empty:
                continue
            for part in getattr(shape, "geoms", [shape]):
                paint.polygon(self._at(part.exterior.coords), fill=tuple(colour))
                stencil.polygon(self._at(part.exterior.coords), fill=1)
                for hole in part.interiors:
                    stencil.polygon(self._at(hole.coords), fill=0)
        self._canvas.paste(layer, mask=mask)

    def lines(self, shapes: geopandas.GeoSeries, colour: Colour, width: float = 1) -> None:
        """Draws the lines, or the borders of polygons."""
        draw = ImageDraw.Draw(self._canvas)
        thick = max(1, round(width * _SCALE))
        for part in self._parts(shapes):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            for ring in rings:
                draw.line(self._at(ring.coords), fill=tuple(colour), width=thick, joint="curve")

    def image(self, rgba: numpy.ndarray, bounds: Sequence[float]) -> None:
        """Lays an image (rows, columns, 4), row 0 in the north, over its box."""
        (x0, y0), (x1, y1) = self._at([(bounds[0], bounds[3]), (bounds[2], bounds[1])])
        scaled = Image.fromarray(rgba, "RGBA").resize((max(1, round(x1 - x0)), max(1, round(y1 - y0))), Image.BILINEAR)
        self._canvas.paste(scaled, (round(x0), round(y0)), scaled)

    def label(self, x: float, y: float, text: str) -> None:
        """A word on the map, centred there, with a halo."""
        draw = ImageDraw.Draw(self._canvas)
        draw.text(self._at([(x, y)])[0], text, font=_font(12.5, True), fill=INK, anchor="mm", stroke_width=3 * _SCALE // 2,
                  stroke_fill=(255, 255, 255))

    def legend_ramp(self, unit: str, strongest: float, colours: Callable[[numpy.ndarray], numpy.ndarray],
                    more: bool = False) -> None:
        """A continuous legend on a square-root scale from 0 to the strongest value; more: there are stronger ones, which
        have its colour."""
        def draw(paint: ImageDraw.ImageDraw, x: int, y: int) -> int:
            y = _legend_title(paint, x, y, unit)
            tall, wide = 260 * _SCALE, 26 * _SCALE
            for row in range(tall):
                share = 1 - row / (tall - 1)
                fade = min(1.0, share / 0.12)
                colour = colours(numpy.array(share)) * fade + numpy.array(LAND) * (1 - fade)
                paint.line([(x, y + row), (x + wide, y + row)], fill=tuple(int(c) for c in colour))
            paint.rectangle([x, y, x + wide, y + tall], outline=FAINT)
            if more:
                paint.text((x + wide + 11 * _SCALE, y), f"{strongest:,.3g} and more", font=_font(13), fill=INK, anchor="lm")
            for value in _ticks(strongest * (0.9 if more else 1)):
                at = y + round(tall * (1 - math.sqrt(value / strongest)))
                paint.line([(x + wide, at), (x + wide + 6 * _SCALE, at)], fill=INK, width=_SCALE)
                paint.text((x + wide + 11 * _SCALE, at), f"{value:,.4g}", font=_font(13), fill=INK, anchor="lm")
            return y + tall + 24 * _SCALE
        if strongest > 0:
            self._legend.append(draw)

    def legend_entries(self, title: str, entries: Sequence[Tuple[Colour, str]], line: bool = False) -> None:
        """Swatches with their meaning; line: as strokes instead of boxes."""
        def draw(paint: ImageDraw.ImageDraw, x: int, y: int) -> int:
            y = _legend_title(paint, x, y, title)
            for colour, text in entries:
                box = [x, y + (9 if line else 2) * _SCALE, x + 26 * _SCALE, y + (12 if line else 18) * _SCALE]
                paint.rectangle(box, fill=tuple(colour), outline=None if line else (150, 150, 155))
                for row, words in enumerate(_wrapped(text, 28)):
                    paint.text((x + 36 * _SCALE, y + (10 + 17 * row) * _SCALE), words, font=_font(13), fill=INK, anchor="lm")
                y += (6 + 17 * len(_wrapped(text, 28))) * _SCALE
            return y + 18 * _SCALE
        self._legend.append(draw)

    def legend_classes(self, title: str, classes: Classes, others: Sequence[Tuple[Colour, str]] = ()) -> None:
        """The classes from the strongest down, then others, such as those without a value."""
        self.legend_entries(title, [*list(zip(classes.colours, classes.labels()))[::-1], *others])

    def _scale_bar(self, paint: ImageDraw.ImageDraw, x: int, y: int) -> None:
        metres = _round_below((_PANEL - 110) * _SCALE / self._per_metre)
        long = round(metres * self._per_metre)
        paint.line([(x, y - 5 * _SCALE), (x, y), (x + long, y), (x + long, y - 5 * _SCALE)], fill=INK, width=2 * _SCALE)
        text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        paint.text((x + long // 2, y - 9 * _SCALE), text, font=_font(13), fill=INK, anchor="mb")

    def save(self, path: Union[str, os.PathLike]) -> None:
        """Writes the picture; the format follows from the name."""
        foot = 44
        tall = self._size[1] + (self._head + foot) * _SCALE
        sheet = Image.new("RGB", (self._width, tall), (255, 255, 255))
        paint = ImageDraw.Draw(sheet)
        left = _MARGIN * _SCALE
        paint.text((left, 24 * _SCALE), self._title, font=_font(25, True), fill=INK, anchor="lt")
        paint.text((left, 60 * _SCALE), self._subtitle, font=_font(14.5), fill=FAINT, anchor="lt")
        top = self._head * _SCALE
        sheet.paste(self._canvas, (left, top))
        x, y = left + self._size[0] + 24 * _SCALE, top
        paint.rectangle([left, top, left + self._size[0], top + self._size[1]], outline=(190, 196, 204), width=_SCALE)
        for draw in self._legend:
            y = draw(paint, x, y)
        base = top + self._size[1] - 4 * _SCALE
        self._scale_bar(paint, x, base)
        _north_arrow(paint, x + (_PANEL - 60) * _SCALE, base)
        paint.text((left, tall - 16 * _SCALE), self._source, font=_font(12), fill=FAINT, anchor="lb")
        sheet.resize((self._width // _SCALE, tall // _SCALE), Image.LANCZOS).save(path)


def _ticks(strongest: float) -> List[float]:
    step = _round_below(strongest / 4)
    ticks = [step * i for i in range(int(strongest / step + 1e-9) + 1)]
    return sorted({*ticks, step / 5})


def _wrapped(text: str, letters: int) -> List[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _legend_title(paint: ImageDraw.ImageDraw, x: int, y: int, title: str) -> int:
    for words in _wrapped(title, 28):
        paint.text((x, y), words, font=_font(14, True), fill=INK, anchor="lt")
        y += 20 * _SCALE
    return y + 8 * _SCALE


def _north_arrow(paint: ImageDraw.ImageDraw, x: int, base: int) -> None:
    tip, half = base - 34 * _SCALE, 8 * _SCALE
    paint.polygon([(x, tip), (x + half, base), (x, base - 7 * _SCALE), (x - half, base)], fill=INK)
    paint.text((x, tip - 4 * _SCALE), "N", font=_font(14, True), fill=INK, anchor="mb")
