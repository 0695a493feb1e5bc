"""Ctrl-C: the run ends soon, the target is as it was and nothing stays behind."""

import os
import pathlib
import resource
import signal
import subprocess
import time

import pytest

from client import fetch
from running import serving

THREADS = 2
PATIENCE = 2 * THREADS  # seconds of work after Ctrl-C. Of processors: how busy the machine is does not matter


def work_of(process):
    """Seconds of processors that a running process has used."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def interrupt(command, moment):
    """Runs a command and interrupts it after so much work: (exit code, standard error, work after that); no work where
    it was done before."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and (done := work_of(process)) < moment:
        time.sleep(0.005)
    if process.returncode is not None:
        return process.returncode, process.communicate()[1], 0
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process.returncode, errors, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime - done


# Qingdao's layers were digitised each for itself: adjusting them together is one long stage.
@pytest.mark.soak
@pytest.mark.parametrize("city, moments", [("nyc", (0.02, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5)), ("qingdao", (3, 5, 7, 9, 11))])
def test_a_fusion_can_be_cancelled_at_any_moment(binary, root, tmp_path, city, moments):
    target = tmp_path / "city.gpkg"
    target.write_bytes(b"what was there before")
    command = [binary, "fuse", root / f"gisdata/{city}/city.yaml", "-o", target, "--lang", "en", "--threads", str(THREADS)]
    cancelled = 0
    for moment in moments:
        code, errors, work = interrupt(command, moment)
        if code == 0:
            break  # it was done already
        assert work <= PATIENCE, f"{moment} s into the work"
        assert code in (1, -signal.SIGINT), errors
        if code == 1:
            assert "interrupted; nothing was written" in errors
        assert target.read_bytes() == b"what was there before"
        assert [path.name for path in tmp_path.iterdir()] == ["city.gpkg"]
        cancelled += code == 1
    assert cancelled >= 4


@pytest.mark.parametrize("verb", ["report", "heatmap"])
def test_other_long_commands_too(binary, project, tmp_path, verb):
    target = tmp_path / ("out.html" if verb == "report" else "out.tif")
    code, _, work = interrupt([binary, verb, project, "-o", target], 0.1)
    assert work <= PATIENCE
    assert code in (0, 1, -signal.SIGINT)
    assert (code == 0) == target.exists()
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
        assert fetch(f"{url}/healthz").status == 200
