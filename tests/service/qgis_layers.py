"""Draws every layer of a GeoPackage as QGIS opens it and prints what came out as JSON: by layer the numbers of rows, of
rows with geometry and of those that the style draws; how many of the picture's pixels the style colours and a plain
style would; how many colours have more than half a percent of them.

usage: qgis_layers.py PROJECT [FOLDER FOR PICTURES]      in a process of its own: QGIS wants one
"""

import gc
import json
import os
import pathlib
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy
from qgis.core import (QgsApplication, QgsFeatureRequest, QgsFeatureSource, QgsMapRendererParallelJob, QgsMapSettings,
                       QgsProviderRegistry, QgsRenderContext, QgsSingleSymbolRenderer, QgsSymbol, QgsVectorLayer, QgsWkbTypes)
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QImage

SIDE = 800


def empty_picture():
    image = QImage(SIDE, SIDE, QImage.Format_RGBA8888)
    image.fill(Qt.transparent)
    return image


def draw(layer):
    """RGBA of the whole layer over nothing."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setBackgroundColor(Qt.transparent)
    if layer.featureCount() == 0:
        return empty_picture()
    settings.setExtent(layer.extent().buffered(layer.extent().width() / 50))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [error.message for error in job.errors()]
    return job.renderedImage().convertToFormat(QImage.Format_RGBA8888)


def pixels(image):
    data = image.constBits()
    data.setsize(image.sizeInBytes())
    return numpy.frombuffer(data, numpy.uint8).reshape(image.height(), image.width(), 4)


def drawn_rows(layer):
    """Rows with geometry that the style asks for and has a symbol for."""
    context, renderer = QgsRenderContext(), layer.renderer().clone()
    context.expressionContext().setFields(layer.fields())
    renderer.startRender(context, layer.fields())
    count = 0
    for feature in layer.getFeatures(QgsFeatureRequest().setFilterExpression(renderer.filter(layer.fields()) or "TRUE")):
        context.expressionContext().setFeature(feature)
        count += feature.hasGeometry() and renderer.willRenderFeature(feature, context)
    renderer.stopRender(context)
    return count


def look_at(layer, pictures):
    image = draw(layer)
    if pictures:
        image.save(str(pictures / f"{layer.name()}.png"))
    styled = pixels(image)
    seen = styled[styled[..., 3] > 0]
    ids = [feature.id() for feature in layer.getFeatures(QgsFeatureRequest().setFlags(QgsFeatureRequest.NoGeometry))]
    found = {
        "valid": layer.isValid(),
        "rows": len(ids),
        "ids": len(set(ids)),
        "with_geometry": sum(feature.hasGeometry() for feature in layer.getFeatures()),
        "drawn": drawn_rows(layer),
        "indexed": layer.dataProvider().hasSpatialIndex() == QgsFeatureSource.SpatialIndexPresent,
        "style": layer.renderer().type(),
        "pixels": len(seen),
        "colours": int((numpy.unique(seen, axis=0, return_counts=True)[1] > len(seen) / 200).sum()),
    }
    layer.setRenderer(QgsSingleSymbolRenderer(QgsSymbol.defaultSymbol(layer.geometryType())))
    found["plain_pixels"] = int((pixels(draw(layer))[..., 3] > 0).sum())
    return found


def look_at_all(project, pictures):
    layers = {}
    for sublayer in QgsProviderRegistry.instance().querySublayers(project):
        layer = QgsVectorLayer(sublayer.uri(), sublayer.name(), "ogr")
        if layer.geometryType() == QgsWkbTypes.NullGeometry:
            layers[layer.name()] = {"valid": layer.isValid(), "rows": layer.featureCount()}
        else:
            layers[layer.name()] = look_at(layer, pictures and pathlib.Path(pictures))
    return layers


def main(project, pictures=None):
    application = QgsApplication([], False)
    application.initQgis()
    print(json.dumps(look_at_all(project, pictures), indent=1))
    gc.collect()  # no layer may outlive QGIS
    application.exitQgis()


main(*sys.argv[1:])
