"""Every error that is thrown has its sentence, in both languages, with the facts that it is thrown with; and no sentence
is without an error. Read from the sources."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted((ROOT / "server/words").glob("errors_of_*.cpp"))
SOURCES = [f for folder in ("engine", "tiles", "server", "scripts/python") for f in sorted((ROOT / folder).rglob("*"))
           if f.suffix in (".cpp", ".h") and f not in TABLES]
CODE = re.compile(r'[({]\s*"([a-z][a-z0-9_]*)"\s*(?=[,)}])')
# What can be nothing but an error: its text must be a code.
ERRORS = "DataError|EditRefused|ProjectReplaced|Unsettled"
CERTAIN = re.compile(rf'(?:\b(?:Reason|{ERRORS})\b[^;(){{}}"]*[({{]|\bfail\((?:[\w.]+, )?\{{)\s*("(?:[^"\\]|\\.)*"[^;]{{0,40}})')
JOINED = re.compile(rf'\bthrow (?:{ERRORS})\(\s*([^"][^,;]*)')


def without_comments(text):
    return re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*', lambda m: m[1] or "", text)


def literal(text):
    """The text of C++ string literals that stand beside each other."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\"', '"').replace("\\\\", "\\")


def rows():
    """(code, English, Chinese) of all tables."""
    text = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    row = re.compile(r'\{\s*"([a-z0-9_]+)"\s*,\s*' + text + r',\s*' + text + r'\}')
    return [(m[1], literal(m[2]), literal(m[3])) for f in TABLES for m in row.finditer(without_comments(f.read_text()))]


def placeholders(sentence):
    return set(re.findall(r"\{(\w+)(?::[\w |]+)?\}", sentence.replace("{{", "").replace("}}", "")))


def block(text, begin):
    """What stands between the brace at `begin` and the one that closes it."""
    depth = 0
    for m in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}]', text[begin:]):
        depth += {"{": 1, "}": -1}.get(m[0], 0)
        if depth == 0:
            return text[begin + 1:begin + m.start()]
    raise AssertionError("a brace without its end")


def facts_at(text, end):
    """The names of the facts that follow a code."""
    begin = re.match(r"\s*,\s*(?=\{)", text[end:])
    if not begin:
        return set()
    names, depth = set(), 0
    inside = block(text, end + begin.end())
    for m in re.finditer(r'(\{\s*"(\w+)"\s*,)|"(?:[^"\\]|\\.)*"|[{}]', inside):
        if m[1] and depth == 0:
            names.add(m[2])
        depth += 1 if m[0][0] == "{" else -1 if m[0] == "}" else 0
    return names


def thrown(codes):
    """(file, code, names of its facts) of every place where an error is made."""
    for file in SOURCES:
        text = without_comments(file.read_text())
        for m in CODE.finditer(text):
            if m[1] in codes:
                yield file, m[1], facts_at(text, m.end())


TABLE = rows()
SENTENCES = {code: (en, zh) for code, en, zh in TABLE}
THROWN = list(thrown(SENTENCES))


def test_the_sources_are_understood():
    assert len(TABLES) == 6 and len(TABLE) > 200 and len(THROWN) > 220
    row = re.compile(r'^\s*\{\s*"', re.M)
    assert sum(len(row.findall(f.read_text())) for f in TABLES) == len(TABLE)


def test_each_code_has_one_row():
    codes = [code for code, _, _ in TABLE]
    assert sorted(codes) == sorted(set(codes))


def test_what_is_thrown_is_a_code_and_no_sentence():
    strange = []
    for file in SOURCES:
        text = without_comments(file.read_text())
        strange += [(str(file), m[1]) for m in CERTAIN.finditer(text)
                    if re.match(r'"([^"]*)"', m[1])[1] not in SENTENCES]
        strange += [(str(file), m[1]) for m in JOINED.finditer(text) if "+" in m[1].split(".within")[0]]
    assert strange == []


def test_each_row_is_thrown():
    assert sorted(set(SENTENCES) - {code for _, code, _ in THROWN}) == []


def test_sentences_tell_the_facts_that_are_thrown():
    wrong = [(str(file), code, facts) for file, code, facts in THROWN if code != "wrong_parameter"
             and (facts != placeholders(SENTENCES[code][0]) or facts != placeholders(SENTENCES[code][1]))]
    assert wrong == []


def test_chinese_sentences_are_chinese_and_english_ones_are_not():
    han = re.compile("[\u4e00-\u9fff]")
    assert [code for code, _, zh in TABLE if not han.search(zh) and code != "wrong_parameter"] == []
    assert [code for code, en, _ in TABLE if han.search(en) and code != "neither_yes_nor_no"] == []


def test_brackets_hold_a_fact_and_are_closed():
    for code, *texts in TABLE:
        for text in texts:
            parts = re.findall(r"\[[^\[\]]*\]", text)
            assert text.count("[") == text.count("]") == len(parts), code
            assert all(placeholders(part) for part in parts), code


def test_the_engine_writes_no_prose():
    """But for SQL, for what the compiler or a caller in code is told, and for words that have a row in error_text."""
    contract = re.compile(r"(?:std::(?:invalid_argument|logic_error|out_of_range)\(|static_assert\(|\bthrow )[^;]*$")
    other = re.compile(r"\b(?:SELECT|INSERT|CREATE|UPDATE|DELETE|DROP|WHERE|AND|USING)\b|^<|^fid, geom|^id, occurred_at")
    known = (ROOT / "server/words/error_text.cpp").read_text()
    told = []
    for file in sorted((ROOT / "engine").rglob("*")):
        if file.suffix not in (".cpp", ".h") or file.name == "name_hints.cpp":  # the names that offices give to columns
            continue
        text = without_comments(file.read_text())
        for m in re.finditer(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', text):
            words = literal(m[0])
            if re.search(r"[A-Za-z]{2,},? [a-z]+ [a-z]{2,}|[\u4e00-\u9fff]{4}", words) and not other.search(words) \
                    and f'"{words}"' not in known and not contract.search(text[max(0, m.start() - 300):m.start()]):
                told.append((str(file.relative_to(ROOT)), words))
    assert told == []
