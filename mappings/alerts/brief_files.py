"""A brief as DOCX, XLSX or HTML, Chinese or English. Quotations stay as published."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from kb.rows import Row
from mappings.alerts.brief import COLUMNS, Brief
from mappings.alerts.wording import one_line
from mappings.alerts.words import Language, Speech, render

LONGEST = 400  # characters of one cell


def brief_file(brief: Brief, format: str, language: Language) -> bytes:
    """``format``: docx, xlsx or html."""
    view = _view(brief, Speech(language))
    return {"docx": _docx, "xlsx": _xlsx, "html": _html}[format](view)


def _view(brief: Brief, say: Speech) -> dict[str, Any]:
    changes = [[_cell(name, row[name], say) for name in COLUMNS] for row in brief.changes]
    sources = [
        [row["source"], say("brief", row["state"], n=row["new"]), str(row["healthy"]), row["last"],
         say("label", "comma").join([*row["gaps"], *row["other"]]) or "—"]
        for row in brief.sources
    ]  # fmt: skip
    deadlines = [[row["date"], say("brief", row["kind"]), one_line(row["title"], 100)] for row in brief.deadlines]
    return {
        "language": say.language, "title": say("brief", "heading", since=brief.since, until=brief.until),
        "parts": [
            (say("brief", "changes", n=len(changes)), [say("brief", name) for name in COLUMNS], changes),
            (say("brief", "sources", n=len(sources)),
             [say("brief", name) for name in ("source", "found", "runs", "last", "gaps")], sources),
            (say("brief", "deadlines", n=len(deadlines)), [say("brief", name) for name in ("date", "what", "title")],
             deadlines),
        ],
        "empty": say("brief", "empty"), "closing": say("brief", "closing"),
    }  # fmt: skip


def _cell(name: str, value: Any, say: Speech) -> str:
    if name == "grade":
        return say("grade", value)
    if name == "status":
        stage, in_force, reading = value
        words = [say("stage", stage) if stage in say.group("stage") else stage, in_force and say("force", in_force),
                 say("brief", reading)]  # fmt: skip
        return say("label", "separator").join(word for word in words if word)
    if name == "state":
        return say("brief", value[0], n=value[1], answered=value[2]) if len(value) > 1 else say("brief", value[0])
    if isinstance(value, list):
        return one_line(say("label", "comma").join(value), LONGEST)
    return one_line(str(value or ""), LONGEST)


def _html(view: dict[str, Any]) -> bytes:
    return render("brief.html", view).encode()


def _xlsx(view: dict[str, Any]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.active)
    for title, head, lines in view["parts"]:
        sheet = book.create_sheet(title.split("（")[0].split(" (")[0][:31])
        for number, line in enumerate([head, *lines], 1):
            for place, words in enumerate(line, 1):
                cell = sheet.cell(number, place, words)
                cell.data_type = "s"  # a quotation that begins with = is words, not a formula
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if number == 1:
                    cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for place in range(1, len(head) + 1):
            sheet.column_dimensions[sheet.cell(1, place).column_letter].width = 18
    return _saved(book)


def _docx(view: dict[str, Any]) -> bytes:
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(42), Cm(29.7)  # A3: the table has many columns
    section.left_margin = section.right_margin = Cm(1.5)
    document.styles["Normal"].font.size = Pt(8)
    document.add_heading(view["title"], 0)
    for title, head, lines in view["parts"]:
        document.add_heading(title, 1)
        if not lines:
            document.add_paragraph(view["empty"])
            continue
        table = document.add_table(rows=1, cols=len(head), style="Table Grid")
        _fill(table.rows[0].cells, head)
        for line in lines:
            _fill(table.add_row().cells, line)
    document.add_paragraph(view["closing"])
    return _saved(document)


def _fill(cells: Sequence[Any], words: Sequence[str]) -> None:
    for cell, word in zip(cells, words, strict=True):
        cell.text = word


def _saved(thing: Any) -> bytes:
    buffer = BytesIO()
    thing.save(buffer)
    return buffer.getvalue()


def brief_json(brief: Brief) -> dict[str, Any]:
    def plain(listed: Sequence[Row]) -> list[Row]:
        return [dict(row) for row in listed]

    return {"since": brief.since, "until": brief.until, "changes": plain(brief.changes),
            "sources": plain(brief.sources), "deadlines": plain(brief.deadlines)}  # fmt: skip
