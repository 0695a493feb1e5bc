# SPDX-License-Identifier: Apache-2.0
# mypy: no-warn-unused-ignores, no-warn-return-any, allow-any-generics, allow-untyped-calls, allow-subclassing-any
"""Maps as pictures: fills, lines, a legend with its unit, scale bar, north arrow, title and source."""

from __future__ import annotations

import math
import os
import pathlib
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import geopandas  # type: ignore[import]
import numpy

from . import _gridloom

Colour = Tuple[int, ...]

INK: Colour = _gridloom.INK
FAINT: Colour = _gridloom.FAINT
WATER: Colour = _gridloom.WATER
LAND: Colour = _gridloom.LAND
HOT: Colour = (196, 40, 36)
COLD: Colour = (49, 108, 178)


def ramp(share: Union[float, numpy.ndarray]) -> numpy.ndarray:
    """Colours (..., 3) for shares in [0, 1] of the strongest, from light yellow to dark red."""
    return _gridloom.ramp(numpy.asarray(share, float))


def rgba_of(array: numpy.ndarray, strongest: float) -> numpy.ndarray:
    """A surface as uint8 (rows, columns, 4): square-root scale, clear where it is NaN, fading out towards 0."""
    return _gridloom.rgba_of(array, strongest)


class Classes:
    """Graduated colours: value v has class i where breaks[i] <= v < breaks[i + 1]; the last class is open above."""

    def __init__(self, breaks: Sequence[float], colours: Optional[Sequence[Colour]] = None) -> None:
        self.breaks = list(breaks)
        shares = numpy.linspace(0.04, 0.96, len(self.breaks))
        self.colours: List[Colour] = list(colours) if colours else [tuple(map(int, colour)) for colour in ramp(shares)]

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


def _lines_of(shape: Any) -> List[numpy.ndarray]:
    """The rings of polygons, or the lines."""
    if shape is None or shape.is_empty:
        return []
    parts = [line for part in getattr(shape, "geoms", [shape])
             for line in ([part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part])]
    return [numpy.asarray(line.coords, float)[:, :2] for line in parts]


def _ragged(lines: Sequence[numpy.ndarray]) -> Tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    xy = numpy.concatenate([numpy.empty((0, 2)), *lines])
    return xy[:, 0], xy[:, 1], numpy.cumsum([0, *map(len, lines)]).astype("int64")


class Map:
    """A north-up map of a box in metres. Draw, then ``save``. width: of the whole in pixels, 400 or more."""

    def __init__(self, bounds: Sequence[float], title: str, subtitle: str = "", source: str = "",
                 width: int = 1400) -> None:
        self._sheet = _gridloom.MapSheet([float(value) for value in bounds], title, subtitle, source, width)

    def fill(self, shapes: geopandas.GeoSeries, colours: Union[Colour, Sequence[Optional[Colour]]]) -> None:
        """Fills polygons, with one colour or one for each (None: not at all). Holes stay as they were."""
        each = colours if isinstance(colours, list) else [colours] * len(shapes)
        for shape, colour in zip(shapes.geometry, each):
            if colour is not None:
                self._sheet.fill(*_ragged(_lines_of(shape)), colour)

    def lines(self, shapes: geopandas.GeoSeries, colour: Colour, width: float = 1) -> None:
        """Draws the lines, or the borders of polygons."""
        self._sheet.lines(*_ragged([line for shape in shapes.geometry for line in _lines_of(shape)]), colour, width)

    def image(self, rgba: numpy.ndarray, bounds: Sequence[float]) -> None:
        """Lays an image (rows, columns, 4), row 0 in the north, over its box."""
        self._sheet.image(rgba, [float(value) for value in bounds])

    def label(self, x: float, y: float, text: str) -> None:
        """A word on the map, centred there, with a halo."""
        self._sheet.label(x, y, text)

    def legend_ramp(self, unit: str, strongest: float, colours: Callable[[numpy.ndarray], numpy.ndarray],
                    more: bool = False) -> None:
        """A continuous legend on a square-root scale from 0 to the strongest value; more: there are stronger ones, which
        have its colour."""
        if strongest > 0:
            rgb = numpy.clip(numpy.round(colours(numpy.linspace(0, 1, 256))), 0, 255).astype("uint8")
            self._sheet.ramp(unit, rgb.tolist(), strongest, more)

    def legend_entries(self, title: str, entries: Sequence[Tuple[Colour, str]], line: bool = False) -> None:
        """Swatches with their meaning; line: as strokes instead of boxes."""
        self._sheet.entries(title, [(tuple(colour), text) for colour, text in entries], line)

    def legend_classes(self, title: str, classes: Classes, others: Sequence[Tuple[Colour, str]] = ()) -> None:
        """The classes from the strongest down, then others, such as those without a value."""
        self.legend_entries(title, [*list(zip(classes.colours, classes.labels()))[::-1], *others])

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return self._sheet.png()

    def svg(self) -> str:
        """The picture as SVG."""
        return self._sheet.svg()

    def _repr_png_(self) -> bytes:
        return self.png()

    def save(self, path: Union[str, os.PathLike]) -> None:
        """Writes the picture as .png or .svg. Raises DataError for other names."""
        writers: Dict[str, Callable[[], bytes]] = {".png": self.png, ".svg": lambda: self.svg().encode()}
        target = pathlib.Path(path)
        if target.suffix.lower() not in writers:
            raise _gridloom.DataError(f"a picture is written as .png or .svg, not as '{target.suffix}'")
        target.write_bytes(writers[target.suffix.lower()]())
