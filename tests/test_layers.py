"""The house: nothing imports upward, no circles, no module over 300 lines."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = {"kb": {"kb"}, "crawlers": {"crawlers", "kb"}, "mappings": {"mappings", "kb"},
           "site": {"kb", "mappings", "pages"}}  # fmt: skip
ROOMS = ("catalog", "exposure", "alerts")  # each knows only those before it


def modules() -> Iterator[tuple[str, Path]]:
    for room in ALLOWED:
        for path in (ROOT / room).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__").removeprefix("site."), path  # site/ is a folder on the path


def imports(path: Path, everywhere: bool = True) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_nothing_imports_upward() -> None:
    for name, path in modules():
        room = path.relative_to(ROOT).parts[0]
        for imported in imports(path):
            top = imported.split(".")[0]
            assert top not in {*ALLOWED, "pages", "plugins", "regwatch", "tests"} - ALLOWED[room] or top == "site", (
                f"{name} imports {imported}"
            )


def test_rooms_of_mappings_know_only_those_before_them() -> None:
    for name, path in modules():
        parts = name.split(".")
        if parts[0] == "mappings" and len(parts) > 1 and parts[1] in ROOMS:
            later = ROOMS[ROOMS.index(parts[1]) + 1 :]
            for imported in imports(path):
                assert imported.split(".")[:1] != ["mappings"] or imported.split(".")[1] not in later, (
                    f"{name} imports {imported}"
                )


def test_there_are_no_circles() -> None:
    names = dict(modules())
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        found = {i if i in names else i.rpartition(".")[0] for i in imports(path)}
        graph[name] = {other for other in found if other in names and other != name}
    list(TopologicalSorter(graph).static_order())  # raises CycleError


def test_no_module_is_over_300_lines() -> None:
    for path in [ROOT / "regwatch.py", *(path for _, path in modules()), *(ROOT / "tests").rglob("*.py")]:
        assert len(path.read_text("utf-8").splitlines()) <= 300, path


def test_the_front_door_is_small() -> None:
    assert len((ROOT / "regwatch.py").read_text("utf-8").splitlines()) <= 100
