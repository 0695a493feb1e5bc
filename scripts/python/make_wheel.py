#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Packs the built package as a wheel (PEP 427): make_wheel.py PACKAGE VERSION FOLDER. The build calls it; it needs no network.

    python3 -m venv --system-site-packages env
    env/bin/pip install --no-index --no-deps build/dist/gridloom-*.whl

The extension is for the Python and the libraries (GDAL, PROJ, SQLite, Cairo) that it was built with, so the wheel is for this
system and not for an index. The same files make the same bytes.
"""

import base64
import hashlib
import pathlib
import sys
import sysconfig
import zipfile

NEEDS = ("numpy", "pandas", "geopandas", "shapely", "pyproj")
EXTRAS = {"peers": ("scipy", "libpysal"), "server": ("gdal",)}


def tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def metadata(version: str) -> str:
    lines = ["Metadata-Version: 2.1", "Name: gridloom", f"Version: {version}",
             "Summary: Governance grids, incidents, heatmaps and hot spots of a city", "License: Apache-2.0",
             f"Requires-Python: =={sys.version_info.major}.{sys.version_info.minor}.*"]
    lines += [f"Requires-Dist: {name}" for name in NEEDS]
    for extra, names in EXTRAS.items():
        lines += [f"Provides-Extra: {extra}", *(f'Requires-Dist: {name}; extra == "{extra}"' for name in names)]
    return "\n".join(lines) + "\n"


def contents(package: pathlib.Path, version: str) -> dict:
    """File in the wheel -> bytes, but for its record."""
    files = {f"gridloom/{path.name}": path.read_bytes() for path in sorted(package.iterdir())
             if path.suffix in (".py", ".pyi", ".so") or path.name == "py.typed"}
    if not any(name.endswith(".so") for name in files):
        sys.exit(f"{package} has no extension: build it first")
    folder = f"gridloom-{version}.dist-info"
    files[f"{folder}/METADATA"] = metadata(version).encode()
    files[f"{folder}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: gridloom\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode()
    return files


def record(files: dict, version: str) -> tuple:
    lines = [f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
             for name, data in files.items()]
    name = f"gridloom-{version}.dist-info/RECORD"
    return name, ("\n".join([*lines, f"{name},,"]) + "\n").encode()


def main() -> None:
    package, version, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    files = contents(package, version)
    name, listed = record(files, version)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"gridloom-{version}-{tag()}.whl"
    for older in folder.glob("gridloom-*.whl"):
        older.unlink()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as wheel:
        for path, data in {**files, name: listed}.items():
            entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if path.endswith(".so") else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)


if __name__ == "__main__":
    main()
