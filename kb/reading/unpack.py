"""ZIP archives of annexes: each member is a file of its own. Bounded, because an archive may be made to explode."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kb.reading.detect import detect_format

MAX_MEMBERS = 500
MAX_BYTES = 500_000_000  # of all members together, unpacked
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError)
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Member:
    """``problem`` says why a member's bytes could not be had; its ``data`` are then empty."""

    name: str
    data: bytes
    problem: str = ""


def unpack(data: bytes, name: str = "") -> list[Member]:
    """The members of a ZIP in order, those of an archive inside it (one level) under ``inner.zip/…``.

    Empty for everything that is no plain ZIP, office documents and OFD included, and for a broken one.
    """
    if detect_format(data, name) != "zip":
        return []
    members: list[Member] = []
    left = MAX_BYTES
    for member in _members(data, left):
        left -= len(member.data)
        if detect_format(member.data, member.name) == "zip":
            for inner in _members(member.data, left):
                left -= len(inner.data)
                members.append(Member(f"{member.name}/{inner.name}", inner.data, inner.problem))
        else:
            members.append(member)
    return members[:MAX_MEMBERS]


def _members(data: bytes, left: int) -> Iterator[Member]:
    try:
        # Archives made on Chinese Windows name their members in GBK and do not say so.
        archive = zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gb18030")
    except _FAULTS:
        return
    with archive:
        for info in archive.infolist()[: MAX_MEMBERS + 1]:
            if info.is_dir() or any(litter in info.filename for litter in _LITTER):
                continue
            if info.flag_bits & 1:
                yield Member(info.filename, b"", "encrypted: unpack it with its password")
            elif info.file_size > left:
                yield Member(info.filename, b"", f"too large unpacked: {info.file_size} bytes")
            else:
                yield (member := _read(archive, info, left))
                left -= len(member.data)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> Member:
    try:
        with archive.open(info) as file:
            data = file.read(left + 1)  # the directory may understate the size
    except _FAULTS as error:
        return Member(info.filename, b"", f"damaged: {type(error).__name__}")
    if len(data) > left:
        return Member(info.filename, b"", "too large unpacked")
    return Member(info.filename, data)
