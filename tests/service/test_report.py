"""`gridloom report`: one page that needs nothing else and says what the project says."""

import csv
import html.parser
import io
import json
import re
import sqlite3
import subprocess
import urllib.parse

import pytest

VOID = {"meta", "br", "link", "img"}


class Page(html.parser.HTMLParser):
    """Texts, links and elements; refuses tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.downloads, self.tags, self.addresses = [], [], {}, [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.addresses += [attributes[a] for a in ("href", "src") if a in attributes]
        if "download" in attributes:
            self.downloads[attributes["download"]] = attributes["href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1] if self.open else ''}>"
        self.open.pop()

    def handle_data(self, text):
        self.texts.append(text)


def report(binary, project, target, *options):
    done = subprocess.run([binary, "report", project, "-o", target, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Page(target.read_text(encoding="utf-8"))


def rows(project, query):
    with sqlite3.connect(project) as db:
        return db.execute(query).fetchall()


@pytest.fixture(scope="module")
def page(binary, project, tmp_path_factory):
    return report(binary, project, tmp_path_factory.mktemp("report") / "nyc.html", "--lang", "en")


def test_needs_no_other_file(page):
    assert page.addresses and all(address.startswith("data:") for address in page.addresses)
    assert not any(tag in {"script", "link", "img", "iframe"} for tag, _ in page.tags)
    assert not any("url(" in text for text in page.texts)


def test_the_crosswalks_are_those_of_the_project(page, project):
    layers = [name for (name,) in rows(project, "SELECT DISTINCT layer FROM crosswalk")]
    assert len(page.downloads) == len(layers) == 12
    for layer in layers:
        address = page.downloads[f"nyc_crosswalk_{layer}.csv"]
        text = urllib.parse.unquote(address.split(",", 1)[1])
        assert text.startswith("\ufeff")
        saved = list(csv.DictReader(io.StringIO(text[1:])))
        stored = rows(project, f"SELECT feature_id, grid_code, area_m2, population FROM crosswalk WHERE layer = '{layer}' ORDER BY fid")
        assert [(r["feature_id"], r["grid_code"]) for r in saved] == [r[:2] for r in stored]
        for mine, theirs in zip(saved, stored):
            assert float(mine["area_m2"]) == pytest.approx(theirs[2], abs=1e-3)
            assert float(mine["population"]) == pytest.approx(theirs[3], abs=1e-3)


def test_shows_what_the_project_has(page, project):
    text = "".join(page.texts)
    faces = {stage: int(value) for stage, value in rows(project, "SELECT stage, value FROM quality WHERE metric = 'faces'")}
    assert f"{faces['raw']:,} → {faces['aligned']:,}" in text
    (grids,), = rows(project, "SELECT count(*) FROM grids")
    assert f"{grids:,}" in text
    for code, note in rows(project, "SELECT ids, note FROM conflicts WHERE kind = 'unmet_target'"):
        assert code in page.texts and note.split(" / ")[0] in page.texts
    for layer, value in rows(project, "SELECT layer, value FROM quality WHERE metric = 'displacement_mean'"):
        assert f"{value:.2f}" in page.texts, layer


def test_ranks_conflicts_by_people(page, project):
    people = [int(m.group(1).replace(",", "")) for text in page.texts if (m := re.match(r"([\d,]+) people · ", text))]
    assert len(people) >= 20 and people == sorted(people, reverse=True)
    (most,), = rows(project, "SELECT max(population) FROM conflicts WHERE kind <> 'unmet_target'")
    assert people[0] == round(most)
    maps = [attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] == "map"]
    assert len(maps) >= 5 + 20 and all(attributes["aria-label"] for attributes in maps)


def test_speaks_chinese(binary, small_project, tmp_path):
    text = "".join(report(binary, small_project, tmp_path / "r.html", "--lang", "zh").texts)
    assert "融合前后全图" in text and "小城" in text
    body = text.split("}")[-1]
    assert not re.search(r"[A-Za-z]{4,}", body.replace("Small", "").replace("Polsby", "").replace("Popper", "").replace("conflicts", "")), body


def test_escapes_names(binary, city, tmp_path):
    city.catalogue["name"]["en"] = city.catalogue["name"]["zh"] = '<b>"&'
    city.layer("police")["title"] = {"en": "<i>", "zh": "<i>"}
    assert city.fuse(binary).returncode == 0
    page = report(binary, city.folder / "city.gpkg", tmp_path / "r.html")
    assert any('<b>"&' in text for text in page.texts) and "<i>" in page.texts


def test_tells_what_became_of_former_grids(binary, city, tmp_path):
    assert city.fuse(binary).returncode == 0
    city.layers["police"][0]["geometry"]["coordinates"][0][1][0] += 0.005
    city.layers["police"][0]["geometry"]["coordinates"][0][2][0] += 0.005
    city.catalogue["unify"]["households"] = {"min": 700, "max": 1500}
    assert city.fuse(binary, "--update").returncode == 0
    page = report(binary, city.folder / "city.gpkg", tmp_path / "r.html", "--lang", "en")
    moved = rows(city.folder / "city.gpkg", "SELECT old_code, new_code FROM succession WHERE old_code <> new_code")
    assert moved
    assert all(any(code in text for text in page.texts) for pair in moved for code in pair)


def test_json_and_refusals(binary, small_project, tmp_path):
    target = tmp_path / "r.html"
    done = subprocess.run([binary, "report", small_project, "-o", target, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"written": str(target), "bytes": target.stat().st_size}
    before = target.read_bytes()
    refused = subprocess.run([binary, "report", tmp_path / "none.gpkg", "-o", target], capture_output=True, text=True)
    assert refused.returncode == 1 and refused.stderr.startswith("error: ") and target.read_bytes() == before
    assert subprocess.run([binary, "report", small_project, "-o", tmp_path / "r.pdf"], capture_output=True).returncode == 2
