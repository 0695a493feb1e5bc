# SPDX-License-Identifier: Apache-2.0
"""Pages say what is true: made ones are as they would be made now, links lead somewhere, words are in the code."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "tests").glob("*.md"),
                ROOT / "tests/bench/RESULTS.md", ROOT / "server/web/README.md"])


def test_made_pages_are_up_to_date():
    found = subprocess.run(["/usr/bin/python3", ROOT / "scripts/docs", "--check"], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_of_the_project(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.fixture(scope="module")
def sources():
    return "\n".join(path.read_text() for folder in ("engine", "tiles", "server")
                     for path in (ROOT / folder).rglob("*.h") if "node_modules" not in path.parts)


def test_every_word_of_the_glossary_is_in_the_code(sources):
    rows = [line.split("|") for line in (ROOT / "docs/WORDS.md").read_text().splitlines() if line.startswith("| ")]
    words = [word for row in rows if len(row) == 6 for word in re.findall(r"`([^`]+)`", row[3])]
    assert len(words) > 50
    missing = [word for word in words if not is_there(word, sources)]
    assert not missing


def is_there(word, sources):
    if "/" in word or word.endswith(".h"):
        return any((ROOT / folder / word).exists() for folder in (".", "engine/fusion", "engine/statistics", "tiles/maps")) \
            or bool(list(ROOT.glob(f"[et]*/**/{word}"))) or word.startswith("/api/")
    if word.startswith("table "):
        return True
    name = word.split("::")[-1].removesuffix("()").rstrip("…")
    return re.search(rf"\b{re.escape(name)}", sources) is not None


def test_the_glossary_has_both_languages():
    for line in (ROOT / "docs/WORDS.md").read_text().splitlines():
        if line.startswith("| ") and line.count("|") == 5 and not line.startswith("| English"):
            assert re.search(r"[\u4e00-\u9fff]", line.split("|")[2]), line
