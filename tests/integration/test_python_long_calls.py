"""The Python package: calls that take long let other threads run, report, and can be ended."""

import os
import subprocess
import sys
import textwrap

import geopandas
import gridloom
import numpy
import pytest

from ground import BOX, UTM, line
from running import PACKAGE

LONG = """
    import os, signal, sys, threading, time
    import numpy
    import gridloom
    random = numpy.random.default_rng(1)
    queen = gridloom.Weights.lattice(400, 400)
    values = random.normal(size=160000)
    shares, ticks, done = [], [], threading.Event()
    def count():
        while not done.wait(0.02): ticks.append(1)
    threading.Thread(target=count, daemon=True).start()
    stop = threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    stop.start()
    try:
        gridloom.hotspots(values, queen, permutations=99999, threads=2, progress=shares.append)
        print("it ended by itself")
    except KeyboardInterrupt:
        assert shares and all(0 <= s <= 1 for s in shares) and shares == sorted(shares), shares
        print("stopped", len(ticks) >= 5)
    done.set()
"""


def test_a_long_call_lets_other_threads_run_reports_and_stops_on_ctrl_c():
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(LONG)], capture_output=True, text=True, timeout=120,
                         env={**os.environ, "PYTHONPATH": str(PACKAGE)})
    assert run.stdout.strip() == "stopped True", run.stdout + run.stderr


def refuse(share):
    raise RuntimeError("enough")


def test_what_the_progress_callback_raises_ends_the_call():
    queen = gridloom.Weights.lattice(300, 300)
    with pytest.raises(RuntimeError, match="enough"):
        gridloom.hotspots(numpy.arange(90000.0), queen, permutations=99999, progress=refuse)


def test_long_calls_report_and_end_when_their_progress_raises():
    many = numpy.random.default_rng(1).uniform(BOX[:2], BOX[2:], (20000, 2))
    blocks = [line((0, 40 * k), *((40 * i, 40 * k) for i in range(1, 60))) for k in range(50)] + \
        [line(*((40 * k, 40 * j) for j in range(50))) for k in range(60)]
    calls = [
        lambda: gridloom.bandwidth(many, "lscv", sample=20000, progress=refuse),
        lambda: gridloom.street_density(many, geopandas.GeoSeries(blocks, crs=UTM), 800, crs=UTM, progress=refuse),
        lambda: gridloom.sensitivity(many, bounds=BOX, cell_sizes=[20, 30, 40], permutations=9999, inference="permutation", progress=refuse),
        lambda: gridloom.heatmap(many, 1000, 5, "gaussian", adaptive=True, progress=refuse)]
    for call in calls:
        with pytest.raises(RuntimeError, match="enough"):
            call()
