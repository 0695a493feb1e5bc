"""The order of the house: where files may lie, what they may include, and that no name means two things."""

import json
import pathlib
import re
import shlex
import subprocess

import pytest

MOST_UNITS = 45  # of a folder; a .cpp with its .h is one
ROOMS = ("engine", "tiles", "server", "tests/unit")


def sources(root, *endings):
    return [p for room in ROOMS for p in sorted((root / room).rglob("*")) if p.suffix in endings and "node_modules" not in p.parts]


def test_no_folder_holds_more_units_than_one_can_survey(root):
    units = {}
    for path in sources(root, ".cpp", ".h"):
        units.setdefault(path.parent, set()).add(path.stem)
    assert len(units) > 40
    crowded = {str(folder.relative_to(root)): len(names) for folder, names in units.items() if len(names) > MOST_UNITS}
    assert crowded == {}


def code_of(text):
    """C++ without comments and texts, so that braces count and words in them do not."""
    pattern = r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda m: '""' if m[0].startswith(('"', "R")) else "0" if m[0].startswith("'") else " ", text, flags=re.S)


def types_defined(text):
    """Full names of the types and aliases that stand in namespaces: not those inside of types and functions."""
    scopes, found = [], []
    token = re.compile(
        r"namespace\s+([\w:]*)\s*\{|template\s*<[^;{]*?>\s*(?=struct|class)|"
        r"\b(struct|class|union|enum(?:\s+class)?)\s+(\w+)(<[^;{(]*>)?(?:\s+final)?\s*(?::(?!:)[^;{()]*)?\{|\busing\s+(\w+)\s*=|[{}]"
    )
    for m in token.finditer(code_of(text)):
        in_namespace = all(scope is not None for scope in scopes)
        if m[0] == "}":
            scopes.pop()
        elif m[0].startswith("namespace"):
            scopes.append(m[1])
        elif m[2] or m[5]:
            name = m[3] or m[5]
            if in_namespace:
                found.append("::".join([*scopes, name + (m[4] or "")]))
            if m[2]:
                scopes.append(None)
        elif m[0] == "{":
            scopes.append(None)
    return found


def test_types_are_found_where_they_are_defined():
    text = """
    namespace gridloom { struct Forward; struct A final { struct Inner { int x; }; using T = int; };
    enum class B : int { a }; template <class T> class C : public A { void f() { struct Local {}; } };
    // struct Commented {
    namespace mvt { struct A {}; } using D = int; template <> struct C<int> {}; inline void g(struct A a) { const char c = '{'; } }
    """
    assert types_defined(text) == ["gridloom::A", "gridloom::B", "gridloom::C", "gridloom::mvt::A", "gridloom::D", "gridloom::C<int>"]


def test_no_type_of_a_header_is_defined_twice(root):
    """Two types of one name in one program are an error that no compiler tells (One Definition Rule)."""
    where = {}
    for path in sources(root, ".h"):
        for name in types_defined(path.read_text()):
            where.setdefault(name, []).append(str(path.relative_to(root)))
    assert len(where) > 250
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


@pytest.fixture(scope="module")
def compile_commands(root, binary):
    path = binary.parent / "compile_commands.json"
    assert path.is_file(), f"{path} is missing: configure the build"
    return json.loads(path.read_text())


def compiles(commands, root, room, header, folder):
    """Whether a file of the room may include the header."""
    entry = next(c for c in commands if pathlib.Path(c["file"]).parent == root / room)
    words = shlex.split(entry["command"])
    if "ccache" in words[0]:
        words = words[1:]
    source = folder / "asks.cpp"
    source.write_text(f'#include "{header}"\n')
    flags = [w for w in words[: words.index("-o")] if w != "-c"]
    run = subprocess.run([*flags, "-fsyntax-only", source], cwd=entry["directory"], capture_output=True, text=True)
    assert run.returncode == 0 or f"{header}: No such file" in run.stderr, run.stderr
    return run.returncode == 0


@pytest.mark.parametrize(
    "room, below, beyond",
    [
        ("engine/proof", "engine/city/city.h", "engine/fusion/fuse.h"),  # it judges fusion
        ("engine/arrangement", "engine/geometry/ring.h", "engine/city/city.h"),
        ("engine/statistics", "engine/city/city.h", "engine/io/crs.h"),
        ("tiles/maps", "tiles/pyramid/zoom_level.h", "tiles/service/tile_service.h"),
        ("server/http", "engine/base/errors.h", "engine/city/city.h"),
        ("server/words", "engine/city/city.h", "server/http/problem.h"),
    ],
)
def test_a_room_sees_what_lies_below_it_and_nothing_else(compile_commands, root, tmp_path, room, below, beyond):
    assert (root / beyond).is_file()
    assert compiles(compile_commands, root, room, below, tmp_path)
    assert not compiles(compile_commands, root, room, beyond, tmp_path)
