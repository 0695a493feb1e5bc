"""`gridloom report`: one page that needs nothing else and says what the project says."""

import csv
import html.parser
import io
import json
import re
import urllib.parse

import pytest

from geopackage import rows
from running import answer_of, ran, run
from small_city import feature, square

VOID = {"meta", "br", "link", "img"}


class Page(html.parser.HTMLParser):
    """Texts, links, elements, and the rows of the tables by section; refuses tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.downloads, self.tags, self.addresses = [], [], {}, [], []
        self.sections, self.section, self.rows, self.groups, self.cell = {}, None, {}, {}, None
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
        if tag == "section":
            self.section = attributes["id"]
            self.sections[self.section], self.rows[self.section], self.groups[self.section] = "", [], []
        if tag == "table":
            self.rows[self.section].append([])
        if tag == "tr" and "tbody" in self.open:
            self.rows[self.section][-1].append([])
        if tag == "td":
            self.cell = ""
        if tag == "summary":
            self.groups[self.section].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1] if self.open else ''}>"
        self.open.pop()
        if tag == "td":
            self.rows[self.section][-1][-1].append(self.cell)
            self.cell = None
        if tag == "section":
            self.section = None

    def handle_data(self, text):
        self.texts.append(text)
        if self.section:
            self.sections[self.section] += text
        if self.cell is not None:
            self.cell += text
        if "summary" in self.open:
            self.groups[self.section][-1] += text


def number(text):
    return int(text.replace(",", ""))


def report(binary, project, target, **options):
    ran(binary, "report", project, "-o", target, **options)
    return Page(target.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(binary, project, tmp_path_factory):
    return report(binary, project, tmp_path_factory.mktemp("report") / "nyc.html")


def test_needs_no_other_file(page):
    assert page.addresses and all(address.startswith(("data:", "#")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.sections)
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
    for layer, value in rows(project, "SELECT layer, value FROM quality WHERE metric = 'displacement_mean'"):
        assert f"{value:.2f}" in page.texts, layer


def test_english_pages_are_english(page):
    text = "".join(page.texts)
    assert not re.search("[\u3400-\u9fff]", text[text.index("}\n") if "}\n" in text else 0:].split("}")[-1])
    assert not re.search(r"\b1 (households|people|grids|units|conflicts|pieces)\b", text)


def test_ranks_conflicts_by_people(page, project):
    people = [number(m.group(1)) for text in page.texts if (m := re.fullmatch(r"([\d,]+) (?:people|person) · [\d.,]+ ha", text))]
    assert len(people) >= 20 and people == sorted(people, reverse=True)
    (most,), = rows(project, "SELECT max(population) FROM conflicts WHERE kind <> 'unmet_target' AND NOT (kind = 'gap' AND ids_after <> '[]') AND kind <> 'sliver'")
    assert people[0] == round(most)
    maps = [attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] == "map"]
    assert len(maps) >= 5 + 20 and all(attributes["aria-label"] for attributes in maps)
    said = page.sections["decisions"]
    assert said.count("Proposal:") == said.count("To decide:") == len(people)


def test_a_decision_names_who_disagrees(page, project):
    before, after, population = rows(project, "SELECT ids_before, ids_after, population FROM conflicts WHERE kind = 'nesting' AND layer = 'health_areas' ORDER BY population DESC LIMIT 1")[0]
    (was,), (now,) = json.loads(before), json.loads(after)
    names = dict(rows(project, "SELECT id, name FROM aligned_health_areas"))
    said = page.sections["decisions"]
    at = said.index(f"disagree on {round(population):,} people")
    card = said[said.rindex(" · nesting", 0, at):said.index("To decide:", at)]
    assert names[was] in card and names[now] in card and "Health center districts" in card


def test_every_grid_outside_the_band_stands_in_one_group(page, project):
    missed = {code: (households, people) for code, households, people in rows(project, """
        SELECT g.code, g.households, g.population FROM conflicts c JOIN grids g ON g.code = c.grid_code WHERE c.kind = 'unmet_target'""")}
    names = {f"{name} ({code})": code for code, name in rows(project, "SELECT code, name FROM grids")}
    seen, of_group = [], []
    for table in page.rows["unmet"]:
        of_group.append(len(table))
        for row in table:
            code = names[row[0]]
            seen.append(code)
            assert (number(row[1]), number(row[3])) == tuple(round(v) for v in missed[code]), row
            low, high = 500, 3000
            assert number(row[2]) == round(max(low - missed[code][0], missed[code][0] - high)), row
    assert sorted(seen) == sorted(missed) and len(missed) > 20
    told = [re.search(r" ([\d,]+) grids? · ([\d,]+) households? · ([\d,]+) (?:people|person)$", group) for group in page.groups["unmet"]]
    assert [number(m.group(1)) for m in told] == of_group
    assert sum(number(m.group(3)) for m in told) == pytest.approx(sum(people for _, people in missed.values()), abs=len(told))
    assert f"{len(missed)} of" in page.sections["unmet"]
    reasons = dict(rows(project, "SELECT band, count(*) FROM grids WHERE band NOT IN ('in_band', 'fixed', 'uninhabited') GROUP BY band"))
    assert sum(reasons.values()) == len(missed)


def test_every_unit_has_its_plan(page, project):
    stored = rows(project, "SELECT unit, atoms, grids, households, soft_cut_m, lower_bound_m, status FROM plans")
    names = {}
    for code, name in rows(project, "SELECT code, name FROM admin_2"):
        names[name if code in name else f"{name} ({code})"] = code
    statuses, proven, plans = page.rows["plans"]
    assert sum(number(row[1]) for row in statuses) == len(stored) == len(plans)
    assert {names[row[0]] for row in proven} == {p[0] for p in stored if p[6] == "infeasible"} and all(row[1] for row in proven)
    of = {p[0]: p for p in stored}
    assert {names[row[0]] for row in plans} == set(of)
    for row in plans:
        unit, atoms, grids, households, cost, bound, status = of[names[row[0]]]
        assert (number(row[2]), number(row[3]), number(row[6])) == (atoms, grids, round(households))
        assert row[7] == f"{cost / 1000:.1f}"
        if status in ("optimal", "feasible"):
            gap = max(0, cost - bound) / cost if cost else 0
            assert float(row[9].removesuffix(" %")) == pytest.approx(100 * gap, abs=0.051)
        else:
            assert row[8] == row[9] == "–"
    missed = [0 if row[5] == "–" else number(row[5]) for row in plans]
    assert missed == sorted(missed, reverse=True) and missed[0] > 0


def test_conflicts_add_up(page, project):
    (table,) = page.rows["conflicts"]
    titles = {layer["title"]["en"]: layer["id"] for layer in json.loads(rows(project, "SELECT value FROM gridloom_meta WHERE key = 'layers'")[0][0])}
    levels = {level["title"]["en"] + " (administrative level)": level["id"]
              for level in json.loads(rows(project, "SELECT value FROM gridloom_meta WHERE key = 'admin'")[0][0])}
    wanted = ["kind = 'gap' AND ids_after = '[]'", "kind = 'overlap'", "kind = 'nesting'", "kind = 'split_duty'", "kind = 'gap' AND ids_after <> '[]'",
              "kind = 'sliver'", "kind = 'outside_frame'", "kind = 'covered_cell'", "kind = 'lost_cell'"]
    layers = set()
    for row in table:
        where = (f" AND layer = '{titles[row[0]]}'" if row[0] in titles
                 else f" AND admin_level = '{levels[row[0]]}'" if row[0] in levels else "" if row[0] == "All" else " AND layer IS NULL")
        layers |= {titles.get(row[0])}
        for text, condition in zip(row[1:], wanted):
            (n,), = rows(project, f"SELECT count(*) FROM conflicts WHERE {condition}{where}")
            assert (0 if text == "–" else number(text)) == n, (row, condition)
    assert layers >= set(titles.values())


def test_delivered_cells_add_up(page, project):
    (table,) = page.rows["cells"]
    titles = {layer["title"]["en"]: layer["id"] for layer in json.loads(rows(project, "SELECT value FROM gridloom_meta WHERE key = 'layers'")[0][0])}
    for row in table:
        delivered, own, kept, dissolved, groundless = map(number, row[1:])
        assert delivered == own + kept + dissolved + groundless
        if row[0] == "All":
            continue
        layer = titles[row[0]]
        assert delivered == rows(project, f"SELECT count(*) FROM delivered_{layer}")[0][0]
        covered = [(json.loads(cell), json.loads(left)) for cell, left in rows(
            project, f"SELECT ids_before, ids_after FROM conflicts WHERE kind = 'covered_cell' AND layer = '{layer}'")]
        assert (kept, dissolved) == (sum(bool(left) for _, left in covered), sum(not left for _, left in covered))
        assert dissolved == rows(project, f"SELECT value FROM quality WHERE metric = 'lost_cells' AND layer = '{layer}'")[0][0]
        assert all(cell[0] in page.sections["cells"] for cell, _ in covered)
    assert [sum(number(row[c]) for row in table[:-1]) for c in range(1, 6)] == [number(text) for text in table[-1][1:]]


def test_flags_what_was_drawn_coarsely(page):
    flagged = [row[0] for row in page.rows["quality"][0] if row[0].endswith("generalised")]
    assert [name.removesuffix(" generalised") for name in flagged] == ["Fire companies", "Health areas", "Election districts"]
    assert page.sections["distances"].count("no accuracy suggested:") == 8
    assert "vertices per km, the median layer has" in page.sections["distances"]


def test_says_nothing_of_former_grids_where_all_were_kept(page, project):
    assert rows(project, "SELECT count(*) FROM succession WHERE old_code <> new_code") == [(0,)]
    assert "succession" not in page.sections and "#succession" not in page.addresses


@pytest.mark.parametrize("language", ["en", "zh"])
def test_writes_the_same_bytes_again(binary, small_project, tmp_path, language):
    for name in ("a.html", "b.html"):
        report(binary, small_project, tmp_path / name, lang=language)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("language, title, size, grid", [
    ("en", "The whole unit is smaller than a grid", "1 grid · 2,174 households · 5,436 people", "东, grid 001 (370202001001)"),
    ("zh", "整个单元不足一个网格", "1个网格 · 2,174户 · 5,436人", "东001网格 (370202001001)")])
def test_explains_a_unit_that_is_too_small(binary, city, tmp_path, language, title, size, grid):
    city.catalogue["unify"]["households"] = {"min": 2200, "max": 2250}
    project = city.fused(binary)
    assert rows(project, "SELECT code, name, name_zh, band, round(households) FROM grids") == [
        ("370202001001", "东, grid 001", "东001网格", "isolated", 2174), ("370202002001", "西, grid 001", "西001网格", "in_band", 2222)]
    page = report(binary, project, tmp_path / "r.html", lang=language)
    assert page.groups["unmet"] == [f"{title} {size}"]
    assert page.rows["unmet"][0][0][:3] == [grid, "2,174", "26"]


def test_tells_covered_cells_that_stay_from_those_that_go(binary, city, tmp_path):
    city.layers["police"] += [feature({"id": "P3", "name": "三所"}, square(0.5, 0.5, 1.5, 1.5)),
                              feature({"id": "P4", "name": "四所"}, square(1, 2, 1.005, 2.5))]
    page = report(binary, city.fused(binary), tmp_path / "r.html")
    police, health, every = page.rows["cells"][0]
    assert police == ["police", "4", "2", "1", "1", "0"] and health[1:] == ["3", "3", "0", "0", "0"] and every[1:] == ["7", "5", "1", "1", "0"]
    assert "Kept in overlaps: 三所 (P3)" in page.sections["cells"] and "Dissolved: 四所 (P4)" in page.sections["cells"]


def test_speaks_chinese(binary, small_project, tmp_path):
    text = "".join(report(binary, small_project, tmp_path / "r.html", lang="zh").texts)
    assert "融合前后全图" in text and "小城" in text
    body = text.split("}")[-1]
    assert not re.search(r"[A-Za-z]{4,}", body.replace("Small", "").replace("Polsby", "").replace("Popper", "").replace("conflicts", "")), body


def test_escapes_names(binary, city, tmp_path):
    city.catalogue["name"]["en"] = city.catalogue["name"]["zh"] = '<b>"&'
    city.layer("police")["title"] = {"en": "<i>", "zh": "<i>"}
    page = report(binary, city.fused(binary), tmp_path / "r.html")
    assert any('<b>"&' in text for text in page.texts) and "<i>" in page.texts


def test_tells_what_became_of_former_grids(binary, city, tmp_path):
    city.fused(binary)
    city.layers["police"][0]["geometry"]["coordinates"][0][1][0] += 0.005
    city.layers["police"][0]["geometry"]["coordinates"][0][2][0] += 0.005
    city.catalogue["unify"]["households"] = {"min": 700, "max": 1500}
    project = city.fused(binary, "--update")
    page = report(binary, project, tmp_path / "r.html")
    kept = rows(project, "SELECT moved, moved_bound FROM plans WHERE status = 'kept'")
    assert sorted((round(a), round(b)) for a, b in kept) == sorted(
        (number(row[10]), number(row[11])) for row in page.rows["plans"][-1] if row[1] == "kept from before")
    moved = rows(project, "SELECT old_code, new_code FROM succession WHERE old_code <> new_code")
    assert moved
    assert all(any(code in text for text in page.texts) for pair in moved for code in pair)


def test_json_and_refusals(binary, small_project, tmp_path):
    target = tmp_path / "r.html"
    assert answer_of(binary, "report", small_project, "-o", target) == {"written": str(target), "bytes": target.stat().st_size}
    before = target.read_bytes()
    refused = run(binary, "report", tmp_path / "none.gpkg", "-o", target)
    assert refused.returncode == 1 and refused.stderr.startswith("error: ") and target.read_bytes() == before
    assert run(binary, "report", small_project, "-o", tmp_path / "r.pdf").returncode == 2
