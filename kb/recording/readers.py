"""Which readers are these? A digest of all code, declarations and libraries that turn bytes into rows.

Nobody has to remember to raise a version: a reader that was changed is another reader, and what older ones read is
read again by `regwatch reread`. The versions that rows carry (``reader_version``) are for people.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

from kb.identity import content_id, digest_bytes
from kb.model import Document
from kb.reading.installed import OFFICE, find_office

ROOT = Path(__file__).parents[2]
_WITHOUT_OFFICE = "-without-office"
_LIBRARIES = (
    "beautifulsoup4", "lxml", "ofdkit", "openpyxl", "pdfminer.six", "pdfplumber", "python-calamine", "python-docx",
)  # fmt: skip
_IMPORT = re.compile(r"^\s*(?:from (kb[\w.]*) import (.+)|import (kb[\w.]*))", re.M)


@cache
def readers(module: str = "kb.recording.texts") -> str:
    """16 digits that change with the module, what it imports of ours (its YAML with it) and the readers' libraries."""
    paths = _closure(module)
    declared = {path for source in paths for path in _declarations(source)}
    digests = [(path.name, digest_bytes(path.read_bytes())) for path in sorted(paths | declared)]
    return content_id(digests, [version(library) for library in _LIBRARIES])


def readers_of(document: Document) -> str:
    """The readers of one document: of an office file that waits for LibreOffice, readers that had none."""
    waits = document.format in OFFICE and document.reader in ("office", "old_word") and not find_office()
    return readers() + _WITHOUT_OFFICE * waits


def current_readers() -> tuple[str, str]:
    """What ``readers_of`` says of documents that there is nothing to read again in, on this machine."""
    return readers(), readers() + _WITHOUT_OFFICE * (find_office() is None)


def _closure(module: str) -> set[Path]:
    """The files of a module and of everything of ours that it imports, wherever in it."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        path = _path_of(waiting.pop())
        if path is None or path in found:
            continue
        found.add(path)
        for package, names, plain in _IMPORT.findall(path.read_text("utf-8")):
            waiting += [package or plain, *(f"{package}.{name.strip()}" for name in names.split(",") if package)]
    return found


def _declarations(source: Path) -> list[Path]:
    """The YAML beside a module that bears its name or that it names."""
    words = source.read_text("utf-8")
    return [path for path in source.parent.glob("*.yml") if path.stem == source.stem or f'"{path.name}"' in words]


def _path_of(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)
