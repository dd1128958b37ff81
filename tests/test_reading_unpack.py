"""An archive is its members, one level of nested archives included, within limits."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from kb.model import Status
from kb.reading import read_document, unpack


def pack(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_members_come_out_in_order_and_nested_ones_under_their_archive() -> None:
    data = pack(**{"甲.txt": b"a", "inner.zip": pack(**{"b.txt": b"b", "deep.zip": pack(c=b"c")}), "__MACOSX/x": b"x"})
    members = unpack.unpack(data, "all.zip")
    assert [member.name for member in members] == ["甲.txt", "inner.zip/b.txt", "inner.zip/deep.zip"]
    assert members[0].data == b"a"


def test_names_in_gbk_are_readable() -> None:
    data = pack(**{"XXXXXX.txt": b"a"}).replace(b"XXXXXX", "附件一".encode("gbk"))
    assert [member.name for member in unpack.unpack(data)] == ["附件一.txt"]


def test_names_in_utf8_that_do_not_say_so_and_names_in_no_encoding_are_readable() -> None:
    said = pack(**{"XXXXXX.txt": b"a", "YYY.txt": b"b", "ZZZ.txt": b"c"})
    data = said.replace(b"XXXXXX", "附件".encode()).replace(b"YYY", "一".encode()).replace(b"ZZZ", b"\xff\xff\xff")
    assert [(one.name, one.data) for one in unpack.unpack(data)] == [
        ("附件.txt", b"a"), ("一.txt", b"b"), ("\ufffd\ufffd\ufffd.txt", b"c"),
    ]  # fmt: skip


def test_two_members_of_one_name_are_two() -> None:
    data = pack(**{"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"}).replace(b"b.txt", b"a.txt").replace(b"c.txt", b"a.txt")
    members = unpack.unpack(data)
    assert [(one.name, one.data) for one in members] == [("a.txt", b"a"), ("a.txt (2)", b"b"), ("a.txt (3)", b"c")]


def test_what_is_not_unpacked_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_MEMBERS", 3)
    data = pack(**{"inner.zip": pack(**{"deep.zip": pack(c=b"c")})}, **{f"{n}.txt": b"x" for n in range(5)})
    assert [(one.name, one.problem[:10]) for one in unpack.unpack(data)] == [
        ("inner.zip/deep.zip", "an archive"), ("0.txt", ""), ("1.txt", ""), ("…", "there are "),
    ]  # fmt: skip
    assert read_document(data, name="a.zip").status is Status.PARTLY


def test_an_office_document_is_no_archive() -> None:
    out = io.BytesIO()
    docx.Document().save(out)
    assert unpack.unpack(out.getvalue(), "a.zip") == []
    assert unpack.unpack(b"%PDF-1.7", "a.zip") == []


def test_a_member_too_large_to_unpack_is_listed_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_BYTES", 1000)
    data = pack(bomb=b"0" * 5000, small=b"s" * 10)
    problems = {member.name: member.problem for member in unpack.unpack(data)}
    assert "too large" in problems["bomb"]
    assert problems["small"] == ""
    document = read_document(data, name="a.zip")
    assert document.status is Status.PARTLY
    assert "bomb" in document.losses[0]


def test_an_archive_cut_off_is_damaged() -> None:
    assert read_document(pack(a=b"x" * 5000)[:60], name="a.zip").status is Status.DAMAGED
