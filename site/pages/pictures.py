"""Pictures of what tables beside them say, drawn by Lets-Plot as SVG: one work along time, the limits of a data type.

Pure: rows in, SVG out. The library is loaded when the first picture is asked for, never by a page. Words are placed
directly where they belong: the width of Chinese legends is not known without the visitor's fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from math import log10
from typing import Any

from pages import terms
from pages.language import Language

Row = Mapping[str, Any]
INK, SOFT, LINE, AMBER, GREEN, RED, BLUE = "#22252a", "#555b63", "#ddd8ce", "#c98a12", "#2c6a47", "#a4382b", "#24507a"
STAGE = {"draft": AMBER, "second_draft": AMBER, "approval_draft": AMBER, "plan": "#8a9098", "repealed": RED}
LINES = (BLUE, RED, GREEN, AMBER, "#6a4c93", "#5b8c99", "#8a5a00", "#444b54")
COMPARED = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}
ROW, MOST = 46, 6  # pixels; works in one picture


def draw_timeline(found: Mapping[str, Sequence[Row]], today: str, language: Language, width: int = 900) -> str:
    """One line for each version: its mark, the weeks in which comments were taken, the time in which it was law."""
    from lets_plot import aes, geom_point, geom_segment, geom_text, geom_vline, ggplot

    marks, last = found["marks"], len(found["marks"])
    place = {mark["version"]: last - n for n, mark in enumerate(marks)}
    days = [_date(mark["day"]) for mark in marks] + [_date(today)]
    spans = [
        {**span, "until": span["until"] or "", "y": place[span["version"]]}
        for span in found["law"] if span["version"] in place
    ]  # fmt: skip
    bounds = [_date(day) for span in (*spans, *found["comments"]) for day in (span["since"], span["until"]) if day]
    first, end = min([*days, *bounds]), max([*days, *bounds])
    margin = max((end - first) * 0.06, timedelta(30))
    right = end + margin
    plot = ggplot() + geom_vline(xintercept=_date(today), color=RED, linetype="dashed", size=0.5)
    for kind, colour, rows in (("law", GREEN, spans), ("comments", AMBER, found["comments"])):
        drawn = [row for row in rows if row["version"] in place]
        if drawn:
            plot += geom_segment(
                aes("x", "y", xend="xend", yend="y"), size=7 if kind == "law" else 3, color=colour, alpha=0.45,
                data={"x": [_date(row["since"]) for row in drawn],
                      "xend": [_date(row["until"]) if row["until"] else right for row in drawn],
                      "y": [place[row["version"]] for row in drawn]}, tooltips="none",
            )  # fmt: skip
    plot += geom_point(
        aes("x", "y", fill="colour"), shape=21, size=5, color="white", tooltips="none",
        data={"x": [_date(mark["day"]) for mark in marks], "y": list(place.values()),
              "colour": [STAGE.get(mark["stage"], GREEN) for mark in marks]},
    )  # fmt: skip
    middle = first + (right - first) * 0.55
    for hjust, chosen in ((0, [m for m in marks if _date(m["day"]) <= middle]),
                          (1, [m for m in marks if _date(m["day"]) > middle])):  # fmt: skip
        if chosen:
            said = [f"{terms.term('stage', m['stage'], language)} · {terms.day(m['date'], language)}" for m in chosen]
            plot += geom_text(
                aes("x", "y", label="said"), hjust=hjust, nudge_y=0.36, size=6, color=INK,
                data={"x": [_date(m["day"]) for m in chosen], "y": [place[m["version"]] for m in chosen], "said": said},
            )  # fmt: skip
    return as_svg(plot + _frame(first - margin / 2, right, last), width, ROW * max(last, 1) + 48)


def draw_limits(rows: Sequence[Row], language: Language, width: int = 900) -> str:
    """The numbers of each measure along time on a logarithmic axis, a step line for each work and item."""
    from lets_plot import (  # fmt: skip
        aes,
        facet_wrap,
        geom_path,
        geom_point,
        geom_text,
        ggplot,
        scale_color_identity,
        scale_x_datetime,
        scale_y_continuous,
        theme,
    )

    dated = [row for row in rows if len(row["date"] or "") == 10 and row["value"] > 0]
    newest = sorted({row["work"]: row["date"] for row in dated}.items(), key=lambda pair: pair[1])[-MOST:]
    dated = [row for row in dated if row["work"] in dict(newest)][:120]
    names = list(dict.fromkeys((row["work"], row["name"]) for row in dated))
    colour = {name: LINES[n % len(LINES)] for n, name in enumerate(names)}
    drawn: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in dated:
        point = {
            "measure": terms.term("measure", row["measure"], language), "x": _date(row["date"]),
            "y": log10(row["value"]), "line": f"{row['work']} {row['name']} {row['measure']}",
            "colour": colour[row["work"], row["name"]], "said": "",
        }  # fmt: skip
        if (place := (row["measure"], row["date"], row["value"])) not in {key[:3] for key in drawn}:
            point["said"] = f"{COMPARED.get(row['comparator'], '')} {number(row['value'], language)}"
        drawn[(*place, point["line"])] = point
    days = [row["x"] for row in drawn.values()]
    middle = min(days) + (max(days) - min(days)) / 2 if days else _date("2000-01-01")
    early = [row for row in drawn.values() if row["said"] and row["x"] <= middle]
    late = [row for row in drawn.values() if row["said"] and row["x"] > middle]
    panels = len({row["measure"] for row in drawn.values()})
    plot = ggplot(_columns(drawn.values()), aes("x", "y", group="line", color="colour"))
    plot += geom_path(data=_columns(_steps(drawn.values())), size=1, na_rm=True) + geom_point(size=4, tooltips="none")
    for hjust, chosen in ((0, early), (1, late)):
        if chosen:
            plot += geom_text(aes(label="said"), data=_columns(chosen), hjust=hjust, size=5.5, vjust=1.7)
    plot += facet_wrap("measure", ncol=1, scales="free_y") + scale_color_identity()
    plot += scale_y_continuous(expand=[0.4, 0.2]) + scale_x_datetime(format="%Y-%m", expand=[0.08, 0])
    return as_svg(plot + _plain() + theme(axis_text_y="blank", axis_title="blank"), width, 104 * max(panels, 1) + 40)


def _steps(points: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A number holds until the next one: the corners between the points of each line."""
    before: dict[str, dict[str, Any]] = {}
    for point in points:
        if held := before.get(point["line"]):
            yield {**held, "x": point["x"]}
        yield point
        before[point["line"]] = point


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    listed = list(rows)
    return {key: [row[key] for row in listed] for key in listed[0]} if listed else {}


def number(value: float, language: Language) -> str:
    """A large number as people write it: 100万, 1 million."""
    steps = ((1e8, "亿"), (1e4, "万")) if language == "zh" else ((1e6, " million"),)
    for step, name in steps:
        if value >= step:
            return f"{value / step:g}{name}"
    return f"{value:,g}"


def empty(width: int = 900) -> str:
    """Where there is nothing to draw; the page beside it says so in words."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="1"/>'


def _frame(first: datetime, last: datetime, rows: int) -> Any:
    from lets_plot import scale_fill_identity, scale_x_datetime, scale_y_continuous, theme

    days = (last - first).days
    form = "%Y" if days > 2500 else "%Y-%m"
    return (
        scale_fill_identity() + scale_x_datetime(format=form, limits=[first, last], expand=[0.035, 0])
        + scale_y_continuous(limits=[0.6, rows + 0.75], expand=[0, 0])
        + _plain() + theme(axis_text_y="blank", axis_title="blank", panel_grid_major_y="blank")
    )  # fmt: skip


@cache
def _plain() -> Any:
    from lets_plot import element_line, element_text, theme, theme_minimal

    return theme_minimal() + theme(
        legend_position="none", panel_grid_minor="blank", panel_grid_major=element_line(color=LINE),
        axis_text=element_text(color=SOFT, size=12), strip_text=element_text(color=INK, size=13, hjust=0),
        strip_background="blank",
    )  # fmt: skip


def as_svg(plot: Any, width: int, height: int) -> str:
    """The same plot is the same text: the library's random ids are numbered, so that a kept copy stays good."""
    from lets_plot import ggsize

    drawn = str((plot + ggsize(width, height)).to_svg())
    ids: dict[str, str] = {}
    for found in re.findall(r'\bid="([^"]+)"', drawn):
        ids.setdefault(found, f"i{len(ids)}")
    for old, new in ids.items():
        drawn = drawn.replace(f'"{old}"', f'"{new}"').replace(f"#{old}", f"#{new}")
    head, _, rest = drawn.partition(">")
    return f'{head} viewBox="0 0 {width} {height}">{rest}'


def _date(day: str) -> datetime:
    return datetime.fromisoformat(day)
