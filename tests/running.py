"""The program under test: where it lies, its commands, its servers."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = pathlib.Path(os.environ.get("GRIDLOOM", ROOT / "build" / "gridloom")).resolve()
PACKAGE = BINARY.parent / "python"  # beside the binary; tests/conftest.py lets `import gridloom` find it


def run(binary, *arguments, lang="en", timeout=300, **process_options):
    """A command, run to its end: the finished process, whatever its exit code. Without `lang` the environment decides."""
    language = ("--lang", lang) if lang else ()
    return subprocess.run([str(word) for word in (binary, *language, *arguments)], capture_output=True, text=True, timeout=timeout, **process_options)


def ran(binary, *arguments, **options):
    """The finished process of a command that must succeed."""
    done = run(binary, *arguments, **options)
    assert done.returncode == 0, (done.args, done.stdout, done.stderr)
    return done


def answer_of(binary, *arguments, **options):
    """What a command that must succeed tells as JSON."""
    return json.loads(ran(binary, *arguments, "--json", **options).stdout)


def digest(binary, project):
    return answer_of(binary, "verify", project, "--digest")["digest"]


def until(check, seconds=5):
    """The first true answer of `check`; fails where none comes within some seconds."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return answer


@contextlib.contextmanager
def serving(binary, project, *options, styles=ROOT / "styles", **process_options):
    """A real server on a free port: (base URL, process). Stopped by SIGTERM, which must end it in good order."""
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


def kill(process):
    """Ends a server at once; `serving` takes it for one that ended in good order."""
    process.kill()
    process.wait()
    process.returncode = 0
