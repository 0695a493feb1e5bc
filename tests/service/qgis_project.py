"""Opens the projects inside a GeoPackage as QGIS does and prints what they hold as JSON; draws themes and the print layout.

usage: qgis_project.py PROJECT FOLDER FOR PICTURES      in a process of its own: QGIS wants one
"""

import gc
import json
import os
import pathlib
import sqlite3
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy
from qgis.core import (QgsApplication, QgsLayoutExporter, QgsLayoutItemLegend, QgsLayoutItemMap, QgsLayoutItemPicture,
                       QgsLayoutItemScaleBar, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsRectangle, QgsUnitTypes)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

SIDE = (1000, 800)


def drawn(project, layers, extent, width_m=None):
    """A picture of these layers; around the middle where a width on the ground is given."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(project.crs())
    settings.setOutputSize(QSize(*SIDE))
    settings.setOutputDpi(96)
    settings.setBackgroundColor(QColor("white"))
    if width_m:
        x, y, half = extent.center().x(), extent.center().y(), width_m / 2
        extent = QgsRectangle(x - half, y - half * SIDE[1] / SIDE[0], x + half, y + half * SIDE[1] / SIDE[0])
    settings.setExtent(extent)
    settings.setTransformContext(project.transformContext())
    settings.setFlag(QgsMapSettings.DrawLabeling, True)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [error.message for error in job.errors()]
    labels = job.takeLabelingResults()
    texts = [label.labelText for label in labels.labelsWithinRect(settings.visibleExtent())] if labels else []
    return job.renderedImage(), texts


def colours(image):
    data = image.convertToFormat(QImage.Format_RGBA8888)
    bits = data.constBits()
    bits.setsize(data.sizeInBytes())
    pixels = numpy.frombuffer(bits, numpy.uint8).reshape(-1, 4)
    return int((numpy.unique(pixels, axis=0, return_counts=True)[1] > len(pixels) / 1000).sum())


def tree(group):
    return {child.name(): tree(child) if hasattr(child, "children") and not hasattr(child, "layerId") else child.layerId().removeprefix("gridloom_")
            for child in group.children()}


def called(layer):
    return layer.id().removeprefix("gridloom_")


def look_at(name, path, folder):
    project = QgsProject.instance()
    assert project.read(f"geopackage:{path}?projectName={name}"), project.error()
    layers = {called(layer): layer for layer in project.mapLayers().values()}
    extent = project.viewSettings().defaultViewExtent()
    found = {
        "title": project.title(), "crs": project.crs().authid(), "groups": tree(project.layerTreeRoot()),
        "invalid": [called(layer) for layer in layers.values() if not layer.isValid()],
        "names": {called(layer): layer.name() for layer in layers.values()},
        "themes": project.mapThemeCollection().mapThemes(),
        "relations": {relation.id(): relation.isValid() for relation in project.relationManager().relations().values()},
        "read_only": sorted(called(layer) for layer in layers.values() if layer.readOnly()),
        "timed": sorted(called(layer) for layer in layers.values() if layer.temporalProperties().isActive()),
        "layouts": {},
    }
    grids = layers["grids"]
    form = grids.editFormConfig()
    found["aliases"] = {field.name(): field.alias() for field in grids.fields()}
    found["widgets"] = {field.name(): grids.editorWidgetSetup(i).type() for i, field in enumerate(grids.fields())}
    found["editable"] = [field.name() for i, field in enumerate(grids.fields()) if not form.readOnly(i)]
    found["pictures"] = {}
    of_departments = [theme for theme in found["themes"] if theme not in found["groups"]]
    for theme in [theme for theme in found["themes"] if theme in found["groups"]] + of_departments[:1]:  # these are alike
        shown = project.mapThemeCollection().mapThemeVisibleLayers(theme)
        for scale, width in (("city", None), ("near", 4000)):
            picture, texts = drawn(project, shown, extent, width)
            picture.save(str(folder / f"{name}-{theme}-{scale}.png"))
            found["pictures"][f"{theme} {scale}"] = {"colours": colours(picture), "labels": texts[:2000]}
    for layout in project.layoutManager().printLayouts():
        picture = folder / f"{name}-layout.png"
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = 100
        exporter = QgsLayoutExporter(layout)
        assert exporter.exportToImage(str(picture), settings) == QgsLayoutExporter.Success
        kinds = {kind.__name__: [item for item in layout.items() if isinstance(item, kind)]
                 for kind in (QgsLayoutItemMap, QgsLayoutItemLegend, QgsLayoutItemScaleBar, QgsLayoutItemPicture)}
        page = layout.pageCollection().page(0).pageSize()
        found["layouts"][layout.name()] = {"items": {kind: len(items) for kind, items in kinds.items()},
                                           "size": [page.width(), page.height()], "colours": colours(QImage(str(picture))),
                                           "linked": kinds["QgsLayoutItemScaleBar"][0].linkedMap() is not None,
                                           "scale": kinds["QgsLayoutItemMap"][0].scale(),
                                           "arrow": kinds["QgsLayoutItemPicture"][0].isMissingImage()}
    project.clear()
    return found


def main(path, folder):
    application = QgsApplication([], False)
    application.initQgis()
    with sqlite3.connect(path) as database:
        names = [name for name, in database.execute("SELECT name FROM qgis_projects ORDER BY rowid")]
    print(json.dumps({name: look_at(name, path, pathlib.Path(folder)) for name in names}, ensure_ascii=False, indent=1))
    gc.collect()  # no layer may outlive QGIS
    application.exitQgis()


main(*sys.argv[1:])
