"""Which programs beside Python there are to read with. Light: asked before anything is read."""

from __future__ import annotations

import shutil

OFFICE = ("doc", "rtf", "odf")  # formats that LibreOffice reads for us


def find_office() -> str | None:
    """The command that starts LibreOffice; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")
