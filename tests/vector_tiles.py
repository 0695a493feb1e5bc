"""Vector tiles as GDAL reads them."""

from osgeo import gdal

gdal.UseExceptions()


def opened(tile, **options):
    """The bytes of a tile as a dataset."""
    path = f"/vsimem/{id(tile)}.pbf"
    gdal.FileFromMemBuffer(path, tile)
    return gdal.OpenEx(path, gdal.OF_VECTOR, allowed_drivers=["MVT"], open_options=[f"{key}={value}" for key, value in options.items()])


def incidents_by_grid(tile):
    """Incidents by code of the grids in a tile."""
    dataset = opened(tile, CLIP="NO")
    return {feature["code"]: feature["incidents"] for feature in dataset.GetLayer(0)}
