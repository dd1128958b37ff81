"""A file as laid out is kept: read once by each reader of its format, the same afterwards, made anew if it is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.model import Document
from kb.reading import read_document
from kb.recording import layouts
from kb.recording.layouts import Layouts
from kb.recording.readers import readers

ANNEXES = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
BROKEN = Path(__file__).parent / "broken"


@pytest.fixture
def read_count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    seen: list[int] = []

    def counted(data: bytes, **given: str) -> Document:
        seen.append(1)
        return read_document(data, **given)

    monkeypatch.setattr(layouts, "read_apart", counted)
    return lambda: len(seen)


def test_a_file_is_laid_out_once_and_comes_back_the_same(tmp_path: Path, read_count: Callable[[], int]) -> None:
    folder = Layouts(tmp_path)
    files = {"a.pdf": (ANNEXES / "guide-2025-draft.pdf").read_bytes(), "b.txt": "示例。\n\n第一条 为了演示。".encode()}
    for name, data in files.items():
        assert folder.read(data, name=name) == folder.read(data, name="another name") == read_document(data, name=name)
    assert read_count() == 2


def test_another_reader_lays_it_out_anew_and_the_old_layout_goes(
    tmp_path: Path, read_count: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "示例。\n\n第一条 为了演示。".encode()
    Layouts(tmp_path).read(data, name="a.txt")
    monkeypatch.setattr(layouts, "readers", lambda _: "f" * 16)
    Layouts(tmp_path).read(data, name="a.txt")
    assert read_count() == 2
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_what_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    data = (BROKEN / "truncated.pdf").read_bytes()
    assert not Layouts(tmp_path).read(data, name="truncated.pdf").readable
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_broken_layout_is_made_anew(tmp_path: Path) -> None:
    data = "示例。\n\n第一条 为了演示。".encode()
    whole = Layouts(tmp_path).read(data, name="a.txt")
    next(path for path in tmp_path.rglob("*.gz")).write_bytes(b"\x1f\x8b broken")
    assert Layouts(tmp_path).read(data, name="a.txt") == whole


def test_readers_are_known_by_what_they_import() -> None:
    modules = ("kb.recording.texts", "kb.reading.pdf", "kb.reading.html", "kb.reading.word")
    assert len({readers(name) for name in modules}) == 4
    assert readers("kb.recording.texts") == readers("kb.recording.texts")


def test_a_file_where_the_folder_is_to_be_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "layouts").write_text("of somebody")
    folder = Layouts(tmp_path / "layouts")
    data = (ANNEXES / "guide-2025-draft.pdf").read_bytes()
    assert folder.read(data, name="a.pdf") == folder.read(data, name="a.pdf") == read_document(data, name="a.pdf")
    assert [path.read_text() for path in tmp_path.glob("layouts-*")] == ["of somebody"]
