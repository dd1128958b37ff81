"""ZIP archives of annexes: each member is a file of its own. Bounded, because an archive may be made to explode."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.reading.detect import detect_format

MAX_MEMBERS = 500
MAX_BYTES = 500_000_000  # of all members together, unpacked
_TOO_DEEP = "an archive in an archive in an archive: unpack it and add its files"
_TOO_MANY = f"there are more than {MAX_MEMBERS} files: unpack it and add those that are missing"
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError)
_SAYS_UTF8 = 0x800
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
                nested = detect_format(inner.data, inner.name) == "zip"
                data, problem = (b"", _TOO_DEEP) if nested else (inner.data, inner.problem)
                members.append(Member(f"{member.name}/{inner.name}", data, problem))
        else:
            members.append(member)
    rest = [Member("…", b"", _TOO_MANY)] if len(members) > MAX_MEMBERS else []
    return _told_apart([*members[:MAX_MEMBERS], *rest])


def _told_apart(members: Sequence[Member]) -> list[Member]:
    """An archive may hold two files of one name: each is a document of its own."""
    seen: Counter[str] = Counter()
    found = []
    for member in members:
        seen[member.name] += 1
        again = seen[member.name] > 1
        found.append(replace(member, name=f"{member.name} ({seen[member.name]})") if again else member)
    return found


def _members(data: bytes, left: int) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _FAULTS:
        return
    with archive:
        for info in archive.infolist()[: MAX_MEMBERS + 1]:
            name = _name(info)
            if info.is_dir() or any(litter in name for litter in _LITTER):
                continue
            if info.flag_bits & 1:
                yield Member(name, b"", "encrypted: unpack it with its password")
            elif info.file_size > left:
                yield Member(name, b"", f"too large unpacked: {info.file_size} bytes")
            else:
                yield (member := _read(archive, info, name, left))
                left -= len(member.data)


def _name(info: zipfile.ZipInfo) -> str:
    """Archives made on Chinese Windows name their members in GBK, others in UTF-8, and do not say so."""
    if info.flag_bits & _SAYS_UTF8:
        return info.filename
    said = info.filename.encode("cp437")
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("gb18030", "replace")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> Member:
    try:
        with archive.open(info) as file:
            data = file.read(left + 1)  # the directory may understate the size
    except _FAULTS as error:
        return Member(name, b"", f"damaged: {type(error).__name__}")
    if len(data) > left:
        return Member(name, b"", "too large unpacked")
    return Member(name, data)
