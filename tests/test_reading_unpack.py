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
