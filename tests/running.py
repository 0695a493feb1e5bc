"""A running server for tests."""

import contextlib
import json
import pathlib
import signal
import subprocess


@contextlib.contextmanager
def serving(binary, project, *options, **process_options):
    """A real server on a free port: (base URL, process). Stopped by SIGTERM, which must end it in good order."""
    styles = pathlib.Path(__file__).resolve().parents[1] / "styles"
    command = [binary, "serve", project, "--port", "0", "--json", "--styles", styles, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **process_options)
    try:
        line = process.stdout.readline()
        assert line, f"the server did not start: {process.stderr.read()}"
        yield json.loads(line)["url"], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 0, f"the server ended with {process.returncode}: {process.stderr.read()}"
