"""What a file is, told from its bytes; its name and declared type only break ties between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile

from kb.plain_values import load_json
from kb.reading.article import has_article
from kb.reading.bundle import is_bundle

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second: an archive without members
_PACKAGES = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"),
             ("ppt/presentation.xml", "pptx"), ("OFD.xml", "ofd"), ("content.xml", "odf"))  # fmt: skip
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body|meta|title)\b", re.I | re.S
)
_ELEMENT = re.compile(rb"<(?:p|div|ul|section|article|table|span|br|h[1-6])\b[^>]*>", re.I)
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})
_LOOK = 65_536  # bytes looked at to tell text from other bytes
MAX_TAGS = 400_000  # opening and closing; a law of 300 pages as HTML has some 20,000


def detect_format(data: bytes, name: str = "", content_type: str = "") -> str:
    """One of pdf docx xlsx xls doc ofd zip html markdown text, or of what we do not read:
    encrypted_office ole xlsb pptx odf rtf rar 7z gzip picture unknown, or empty."""
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        return _ole_format(data)
    if data.startswith(_ZIP):
        return _zip_format(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    return _text_format(data, name.lower(), content_type.lower())


def is_page(data: bytes) -> bool:
    """HTML whatever it holds, one page or a bundle, or an article in JSON, rather than any other file.

    A page of more tags than any text has is none: parsing it would take minutes and gigabytes.
    """
    if has_too_many_tags(data):
        return False
    marked = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return marked or is_bundle(data) or has_article(data) or detect_format(data, "", "") == "html"


def has_too_many_tags(data: bytes) -> bool:
    return data.count(b"<") > MAX_TAGS


def _zip_format(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        # Cut off: the directory at the end is gone, the names before each member are not.
        names = {name for name, _ in _PACKAGES if (name.split("/")[0] + "/" if "/" in name else name).encode() in data}
    return next((kind for member, kind in _PACKAGES if member in names), "zip")


def _ole_format(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as package:
            streams = {entry[0] for entry in package.listdir()}
    except (OSError, ValueError, IndexError, TypeError):
        return "ole"
    if "EncryptedPackage" in streams:
        return "encrypted_office"
    if "WordDocument" in streams:
        return "doc"
    return "xls" if streams & {"Workbook", "Book"} else "ole"


def _text_format(data: bytes, name: str, content_type: str) -> str:
    head = data[:_LOOK]
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and len(head) - len(head.translate(None, _CONTROL)) > len(head) / 1000:
        return "unknown"
    if not utf16 and not _reads_as_text(head):
        return "unknown"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "html"
    if _ELEMENT.match(head.lstrip()):
        return "html"
    if (name.endswith((".htm", ".html", ".shtml")) or "html" in content_type) and _ELEMENT.search(head):
        return "html"
    if name.endswith((".md", ".markdown")) or (head.startswith(b"---\n") and b"\n---\n" in head):
        return "markdown"
    return "json" if _is_json(data) else "text"


def _is_json(data: bytes) -> bool:
    if data[:_LOOK].lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        load_json(data)
    except ValueError:
        return False
    return True


def _reads_as_text(head: bytes) -> bool:
    """UTF-8 or GB18030 with next to no faults (a look may end inside a character)."""
    return any(
        head.decode(encoding, "replace").count("\ufffd") <= 1 + len(head) // 1000 for encoding in ("utf-8", "gb18030")
    )
