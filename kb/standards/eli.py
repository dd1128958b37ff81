"""ELI-style URIs: ``/eli/cn/reg/{work}/{version}/zho``, a provision behind ``#``.

After the European Legislation Identifier (jurisdiction, type, natural identifier, version, language; Council
conclusions 2012/C 325/02). China publishes no ELI: these are ours, unofficial, made of our stable ids and as stable as
they. The type is always ``reg``, for a work's level may be learned late and must not move its URI.
"""

from __future__ import annotations

from urllib.parse import quote

LANGUAGE = "zho"


def work_uri(work: str, base: str = "") -> str:
    """The work through all its life. ``base`` is where the site answers (``https://rules.example``), or nothing."""
    return f"{base.rstrip('/')}/eli/cn/reg/{quote(work, safe='')}"


def version_uri(version: str, base: str = "") -> str:
    """One version of a work, whatever the language: ``work@draft-2025`` → ``…/work/draft-2025``."""
    work, _, label = version.partition("@")
    return f"{work_uri(work, base)}/{quote(label, safe='')}"


def text_uri(version: str, base: str = "", eid: str = "") -> str:
    """The Chinese text of a version, or one provision of it by its eId."""
    return f"{version_uri(version, base)}/{LANGUAGE}{'#' + quote(eid, safe='') if eid else ''}"
