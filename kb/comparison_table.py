"""新旧条文对照表: a comparison as text for terminals, as an HTML page and as a DOCX for print."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from dataclasses import dataclass

from kb.model import Comparison, Edit

KINDS = {
    "added": "新增",
    "removed": "删除",
    "modified": "修改",
    "moved": "移动",
    "renamed": "更名",
    "unchanged": "未变",
}
GRADES = {
    "threshold": "数值",
    "deadline": "期限",
    "substantive": "实质",
    "editorial": "文字",
    "renumbered": "条号",
    None: "",
}


@dataclass(frozen=True)
class Line:
    """One row of the table: what it is, both sides as printed, and the runs that changed."""

    kind: str
    grade: str | None
    old: str
    new: str
    old_words: str
    new_words: str
    edits: tuple[Edit, ...]


def lines(comparison: Comparison, everything: bool = False) -> Iterator[Line]:
    """Data items first, then provisions; unchanged ones only if asked."""
    for item in comparison.items:
        if everything or item.kind != "unchanged":
            edits = tuple(edit for _, field_edits in item.fields for edit in field_edits)
            old_words, new_words = (f"{i.description}\n{i.rule}" if i else "" for i in (item.old, item.new))
            old, new = (i.name if i else "" for i in (item.old, item.new))
            yield Line(item.kind, item.grade, old, new, old_words, new_words, edits)
    for change in comparison.provisions:
        if everything or change.kind != "unchanged":
            old, new = (p.number if p else "" for p in (change.old, change.new))
            old_words, new_words = (f"{p.heading}{p.text}" if p else "" for p in (change.old, change.new))
            yield Line(change.kind, change.grade, old, new, old_words, new_words, change.edits)


def summary(comparison: Comparison) -> str:
    counts = "  ".join(f"{name} {count}" for name, count in comparison.summary.items() if count)
    return f"{counts or 'no difference'}{chr(10) + comparison.note if comparison.note else ''}"


def table_text(comparison: Comparison, everything: bool = False) -> str:
    """For terminals: a line for each change, its edits as [-old-]{+new+}."""
    out = [summary(comparison)]
    for line in lines(comparison, everything):
        where = line.new or line.old if line.old in ("", line.new) or not line.new else f"{line.old} → {line.new}"
        out.append(f"\n{KINDS[line.kind]} {GRADES.get(line.grade, '')}  {where}".rstrip())
        marked = [f"[-{edit.old}-]" * bool(edit.old) + f"{{+{edit.new}+}}" * bool(edit.new) for edit in line.edits]
        out += [f"    {mark}" for mark in marked]
        if not marked and line.kind in ("added", "removed"):
            out.append(f"    {(line.new_words or line.old_words)[:200]}")
    return "\n".join(out)


def table_html(comparison: Comparison, old: str, new: str, everything: bool = False) -> str:
    """One printable page without scripts or outside content; every text is escaped."""
    body = "".join(
        f"<tr class={line.kind}><td>{KINDS[line.kind]}<br><small>{GRADES.get(line.grade, '')}</small></td>"
        f"{_cell(line.old, line.old_words, [e.old for e in line.edits], 'del')}"
        f"{_cell(line.new, line.new_words, [e.new for e in line.edits], 'ins')}</tr>"
        for line in lines(comparison, everything)
    )
    style = (
        "body{font:16px/1.7 serif;margin:2em auto;max-width:70em}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #999;padding:.5em .8em;vertical-align:top;text-align:left}"
        "p{white-space:pre-wrap;margin:.3em 0}"
        "del{background:#fdd}ins{background:#dfd;text-decoration:none}th:first-child{width:4em}"
    )
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>新旧条文对照表</title><style>{style}</style>'
        f"<h1>新旧条文对照表</h1><pre>{html.escape(summary(comparison))}</pre><table><tr><th></th>"
        f"<th>{html.escape(old)}</th><th>{html.escape(new)}</th></tr>{body}</table></html>"
    )


def table_docx(comparison: Comparison, old: str, new: str, everything: bool = False) -> bytes:
    """A DOCX with one three-column table; changed runs are bold and underlined."""
    from docx import Document

    document = Document()
    document.add_heading("新旧条文对照表", 1)
    document.add_paragraph(summary(comparison))
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    for cell, words in zip(table.rows[0].cells, ("", old, new), strict=True):
        cell.text = words
    for line in lines(comparison, everything):
        cells = table.add_row().cells
        cells[0].text = f"{KINDS[line.kind]}\n{GRADES.get(line.grade, '')}"
        for cell, number, words, marks in (
            (cells[1], line.old, line.old_words, [e.old for e in line.edits]),
            (cells[2], line.new, line.new_words, [e.new for e in line.edits]),
        ):
            cell.text = number
            paragraph = cell.add_paragraph()
            for run, changed in split_marks(words, marks):
                added = paragraph.add_run(run)
                added.bold = added.underline = changed
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def split_marks(words: str, marks: list[str]) -> Iterator[tuple[str, bool]]:
    """Runs of the words, changed or not: each mark is found after the one before it."""
    at = 0
    for mark in filter(None, marks):
        found = words.find(mark, at)
        if found < 0:
            continue
        yield words[at:found], False
        yield mark, True
        at = found + len(mark)
    yield words[at:], False


def _cell(number: str, words: str, marks: list[str], tag: str) -> str:
    parts = split_marks(words, marks)
    marked = "".join(f"<{tag}>{html.escape(run)}</{tag}>" if changed else html.escape(run) for run, changed in parts)
    return f"<td><b>{html.escape(number)}</b><p>{marked}</p></td>"
