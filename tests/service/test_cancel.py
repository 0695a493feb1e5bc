"""Ctrl-C: the run ends soon, the target is as it was and nothing stays behind."""

import signal
import subprocess
import time
import urllib.request

import pytest

from running import serving

PATIENCE = 2  # seconds


# Qingdao's layers were digitised each for itself: adjusting them together is one long stage.
@pytest.mark.parametrize(
    "city, moments",
    [("nyc", (0.05, 0.4, 0.9, 1.4, 1.8, 2.3, 2.8, 3.3, 3.8)), ("qingdao", (2.0, 3.0, 4.0, 5.0, 6.0, 8.0))],
)
def test_a_fusion_can_be_cancelled_at_any_moment(binary, root, tmp_path, city, moments):
    target = tmp_path / "city.gpkg"
    target.write_bytes(b"what was there before")
    command = [binary, "fuse", root / f"gisdata/{city}/city.yaml", "-o", target, "--lang", "en"]
    cancelled = 0
    for moment in moments:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(moment)
        if process.poll() is not None:
            process.communicate()
            break
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        output, errors = process.communicate(timeout=60)
        if process.returncode == 0:
            break  # it was done already
        assert time.monotonic() - start <= PATIENCE, f"{moment} s into the run"
        assert process.returncode in (1, -signal.SIGINT), errors
        if process.returncode == 1:
            assert "interrupted; nothing was written" in errors
        assert target.read_bytes() == b"what was there before"
        assert [path.name for path in tmp_path.iterdir()] == ["city.gpkg"]
        cancelled += process.returncode == 1
    assert cancelled >= 4


@pytest.mark.parametrize("verb", ["report", "heatmap"])
def test_other_long_commands_too(binary, project, tmp_path, verb):
    target = tmp_path / ("out.html" if verb == "report" else "out.tif")
    process = subprocess.Popen([binary, verb, project, "-o", target], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.15)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    process.communicate(timeout=60)
    assert time.monotonic() - start <= PATIENCE
    assert process.returncode in (0, 1, -signal.SIGINT)
    assert (process.returncode == 0) == target.exists()
    assert all(path == target for path in tmp_path.iterdir())


def ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_a_run_in_the_background_is_not_cancelled_by_ctrl_c(binary, root, tmp_path):
    """A shell without job control ignores SIGINT for it: Ctrl-C is meant for what runs in the foreground."""
    target = tmp_path / "city.gpkg"
    process = subprocess.Popen([binary, "fuse", root / "gisdata/nyc/city.yaml", "-o", target],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=ignore_interrupts)
    while True:
        try:
            _, errors = process.communicate(timeout=0.5)
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0 and target.exists(), errors


def test_a_server_in_the_background_is_not_stopped_by_ctrl_c(binary, small_project):
    with serving(binary, small_project, preexec_fn=ignore_interrupts) as (url, process):
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        with urllib.request.urlopen(f"{url}/healthz", timeout=20) as answer:
            assert answer.status == 200
