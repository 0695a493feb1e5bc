"""How the Python suites are built: what tests share lies in modules of its own."""

import ast

import pytest

from running import ROOT

MODULES = sorted(path for suite in ("integration", "service") for path in (ROOT / "tests" / suite).glob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module


def test_no_test_module_is_imported():
    """What two tests need is found where nobody has to look for it: beside the tests, under a name of its own."""
    found = {path.name: [name for name in imported(path) if name.split(".")[-1].startswith("test_")] for path in MODULES}
    assert len(found) > 35 and not any(found.values()), found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_are_short_enough_to_read(path):
    assert len(path.read_text().splitlines()) <= 700
