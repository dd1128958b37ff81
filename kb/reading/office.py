"""DOC, WPS, RTF and OpenDocument through LibreOffice, where it is installed: to DOCX or XLSX, and read as those.

LibreOffice runs without a window, with a profile of its own that is thrown away, and is ended when it takes too long.
The profile forbids macros, and links to other places: opening a file must ask nothing of any host.
Without it only the bare text of a DOC is read (kb.reading.old_word).
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kb.model import Document, Status
from kb.reading.installed import find_office
from kb.reading.old_word import read_old_word
from kb.reading.spreadsheet import read_spreadsheet
from kb.reading.word import read_word

READER = "office"
READER_VERSION = "1"
SECONDS = 90
INSTALL = "install LibreOffice (on Debian: apt install libreoffice-writer-nogui libreoffice-calc-nogui)"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
_SHEETS = b"application/vnd.oasis.opendocument.spreadsheet"
_TEXTS = b"application/vnd.oasis.opendocument.text"


def read_office(data: bytes, kind: str) -> Document:
    """``kind`` is doc, rtf or odf. Without LibreOffice a DOC is PARTLY read, everything else is UNSUPPORTED."""
    sheet = kind == "odf" and _SHEETS in data[:200]
    if kind == "odf" and not sheet and _TEXTS not in data[:200]:
        return _refused(kind, Status.UNSUPPORTED, "neither a text nor a table: save it as PDF")
    office = find_office()
    if office is None:
        bare = read_old_word(data) if kind == "doc" else None
        if bare:
            return replace(bare, detail=f"for all of it {INSTALL} and run `regwatch reread`")
        return _refused(kind, Status.UNSUPPORTED, f"{INSTALL} and run `regwatch reread`, or save it as DOCX or PDF")
    try:
        converted = convert(office, data, kind, "xlsx" if sheet else "docx")
    except subprocess.TimeoutExpired:
        return _refused(kind, Status.TOO_LARGE, f"LibreOffice takes more than {SECONDS} seconds to open it")
    if converted is None:
        return _refused(kind, Status.DAMAGED, "LibreOffice cannot open it: it is broken, or locked with a password")
    document = read_spreadsheet(converted) if sheet else read_word(converted)
    return replace(document, format=kind, reader=READER, reader_version=READER_VERSION)


def convert(office: str, data: bytes, kind: str, target: str, seconds: float = SECONDS) -> bytes | None:
    """The file in another format; None if LibreOffice made nothing of it. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory(prefix="regwatch-office-") as folder:
        source = Path(folder, f"in.{kind if kind != 'odf' else 'odt'}")
        source.write_bytes(data)
        settings = Path(folder, "profile", "user", "registrymodifications.xcu")
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, "utf-8")
        command = [
            office, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--convert-to", target, "--outdir", f"{folder}/out", str(source),
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_lift_limit,
        )  # fmt: skip
        try:
            process.wait(seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        made = Path(folder, "out", f"in.{target}")
        return made.read_bytes() if made.exists() else None


def _lift_limit() -> None:
    """LibreOffice asks for more address space than a reader may have; its memory is bounded by its time."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _refused(kind: str, status: Status, detail: str) -> Document:
    return Document(kind, status, detail, reader=READER, reader_version=READER_VERSION)
