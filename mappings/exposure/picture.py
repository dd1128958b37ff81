"""The routes as a picture: one row for each transfer, from the law in force to the version asked. Plain SVG, pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from mappings.exposure.assess import Exposure
from mappings.exposure.report import NOTICE, ROUTE_ZH, mark_of
from mappings.exposure.sentences import Language, Sentence, in_language

COLOURS = {"assessment": "#b3261e", "contract_or_certification": "#c77700", "no_filing": "#2e7d32",
           "not_regulated": "#607d8b", "undecided": "#6a4c93"}  # fmt: skip
ROW, TOP, LEFT, WIDE, BOX = 34, 96, 250, 360, 310


def draw_routes(
    before: Sequence[Exposure], after: Sequence[Exposure], day: str, what_if: str | None, language: Language = "en"
) -> str:
    """``before`` and ``after`` are the same transfers in the same order; without a what-if one column is drawn."""
    right = LEFT + WIDE * (2 if what_if else 1) + 40
    title, on_day, law, asked = in_language(
        (Sentence("picture", n=len(after), day=day), Sentence("routes_on", day=day), Sentence("law_column"),
         Sentence("asked_column")), language)  # fmt: skip
    height = TOP + ROW * len(after) + 64
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{right}" height="{height}" viewBox="0 0 {right} {height}" '
        f'font-family="sans-serif" font-size="13" role="img"><title>{title}</title>',
        f'<rect width="{right}" height="{height}" fill="#fff"/>',
        _text(16, 28, on_day, "font-size='18' font-weight='bold'"),
        _text(LEFT, 72, law, "font-weight='bold'"),
    ]
    if what_if:
        parts.append(_text(16, 50, in_language(mark_of(what_if), language) or "", "fill='#b3261e' font-weight='bold'"))
        parts.append(_text(LEFT + WIDE, 72, asked, "font-weight='bold' fill='#b3261e'"))
    for n, (old, new) in enumerate(zip(before, after, strict=True)):
        y = TOP + ROW * n
        parts.append(_text(16, y + 16, _short(old.transfer.id)))
        parts.append(_box(LEFT, y, old.decision.route))
        if what_if:
            moved = old.decision.route != new.decision.route
            line = "#b3261e" if moved else "#bbb"
            parts.append(f'<path d="M{LEFT + BOX} {y + 11} H{LEFT + WIDE - 4}" stroke="{line}" stroke-width="2"/>')
            parts.append(_box(LEFT + WIDE, y, new.decision.route))
    totals: Counter[str] = Counter(e.decision.route for e in after)
    line = "   ".join(f"{route} {totals[route]}" for route in COLOURS if totals[route])
    parts.append(_text(16, height - 34, line))
    parts.append(_text(16, height - 14, NOTICE, "fill='#555'"))
    return "\n".join([*parts, "</svg>\n"])


def _box(x: int, y: int, route: str) -> str:
    label = f"{ROUTE_ZH[route]} {route}"
    rect = f'<rect x="{x}" y="{y}" width="{BOX}" height="23" rx="4" fill="{COLOURS[route]}"/>'
    return rect + _text(x + 8, y + 16, label, "fill='#fff' font-size='11'")


def _text(x: int, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" {more}>{escape(words)}</text>'


def _short(words: str) -> str:
    return words if len(words) <= 32 else words[:31] + "…"
