"""A sheet as one HTML page without scripts or outside content, made for the screen and for A4 paper.

Every text is escaped. Unchanged rows are folded; printing leaves them folded.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from kb.comparing.marked import Parts, Row, stretches
from kb.comparing.sheets import GRADES, KINDS, Paragraph, Sheet

_STYLE = """
body{font:16px/1.75 "Songti SC","Noto Serif CJK SC",SimSun,serif;color:#111}
body{margin:2em auto;max-width:76em;padding:0 1em}
h1{font-size:1.5em;text-align:center}
.top{background:#f6f6f3;border-left:4px solid #876;padding:.6em 1em}.top p{margin:.2em 0}
.counts{color:#666;font-size:.85em}
.row{display:grid;grid-template-columns:4.5em 1fr 1fr;border:1px solid #999;border-width:0 1px 1px}
.row{break-inside:avoid-page}
.head{border-top-width:1px;font-weight:bold;background:#eee;position:sticky;top:0}
.row>*{padding:.4em .7em;min-width:0;overflow-wrap:anywhere}
.row>*+*{border-left:1px solid #999}.row small{color:#666}
p{white-space:pre-wrap;margin:.2em 0}h3{font-size:1em;margin:.2em 0}.field{color:#666;font-size:.8em}
del{background:#fdd}ins{background:#dfd;text-decoration:underline}b.number{background:#fe8;padding:0 .15em}
details{border:1px solid #999;border-width:0 1px 1px}summary{padding:.3em .7em;color:#666;cursor:pointer}
details .row{border-width:1px 0 0}.note{color:#754;font-size:.9em}article{break-inside:avoid-page;margin:1em 0}
@media print{@page{size:A4;margin:15mm}body{max-width:none;margin:0;font-size:10.5pt}.head{position:static}
del,ins,b.number,.head,.top{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
_FIELDS = {
    "scenario": "场景", "subscenario": "子场景", "category": "类别", "name": "名称", "description": "说明",
    "rule": "规则", "heading": "标题", "text": "",
}  # fmt: skip
_TAG = {"old": "del", "new": "ins"}


def sheet_html(sheet: Sheet) -> str:
    """The whole page."""
    title = html.escape(sheet.title)
    body = "".join([*_top(sheet), *_table(sheet), *map(_paragraph, sheet.paragraphs)])
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>{body}</html>"
    )


def _top(sheet: Sheet) -> Iterator[str]:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in sheet.headlines)
    counts = f'<p class="counts">{html.escape(sheet.counts)}</p>' if sheet.counts else ""
    if lines or counts:
        yield f'<div class="top">{lines}{counts}</div>'


def _table(sheet: Sheet) -> Iterator[str]:
    if not sheet.rows:
        return
    sides = "".join(f"<div>{html.escape(side)}</div>" for side in (sheet.old, sheet.new))
    yield f'<div class="row head"><div></div>{sides}</div>'
    for changed, listed in stretches(sheet.rows):
        rows = "".join(map(_row, listed))
        yield rows if changed else f"<details><summary>未变 {len(listed)} unchanged</summary>{rows}</details>"


def _row(row: Row) -> str:
    kind = f"{KINDS[row.kind]}<br><small>{GRADES.get(row.grade or '', '')}</small>"
    old = _side(row.old_label, [(field.name, field.old) for field in row.fields], "del")
    new = _side(row.new_label, [(field.name, field.new) for field in row.fields], "ins")
    return f'<div class="row {row.kind}"><div>{kind}</div>{old}{new}</div>'


def _side(label: str | None, fields: Sequence[tuple[str, Parts]], tag: str) -> str:
    if label is None:
        return "<div></div>"
    words = "".join(
        (f'<div class="field">{_FIELDS[name]}</div>' if _FIELDS[name] else "") + f"<p>{_parts(parts, tag)}</p>"
        for name, parts in fields
    )
    return f"<div><h3>{html.escape(label)}</h3>{words}</div>"


def _parts(parts: Parts, tag: str) -> str:
    marked = {"same": "{}", "changed": f"<{tag}>{{}}</{tag}>", "number": f'<b class="number"><{tag}>{{}}</{tag}></b>'}
    return "".join(marked[kind].format(html.escape(words)) for kind, words in parts)


def _paragraph(paragraph: Paragraph) -> str:
    words = "".join(
        f"<{_TAG[kind]}>{html.escape(words)}</{_TAG[kind]}>" if kind in _TAG else html.escape(words)
        for kind, words in paragraph.runs
    )
    note = f'<p class="note">【{html.escape(paragraph.note)}】</p>' if paragraph.note else ""
    return f"<article><h3>{html.escape(paragraph.label)}</h3><p>{words}</p>{note}</article>"
