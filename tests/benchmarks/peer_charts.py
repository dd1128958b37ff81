"""Charts of the peers' result, drawn by Lets-Plot as SVG: two panels of bars side by side, each with its value.

Pure: a result in, SVG out. Ours is dark blue, everybody else grey, and each bar bears its name and value, so that no
colour is needed to read them. 640 pixels wide in large letters on a white ground: legible at 400, on any page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
from pages.pictures import INK, SOFT, as_svg

Row = Mapping[str, Any]
OURS, THEIRS = "#1f4e79", "#a3adb8"
WIDTH, BAR, LETTER = 640, 34, 7.6


class Panel(NamedTuple):
    title: str
    values: Sequence[tuple[float, str]]  # how long the bar is, and what is written at its end
    most: float = 0.0  # the longest possible bar; 0: the longest of these


def charts(result: Row) -> dict[str, str]:
    """File name → SVG, for each part of the result that has a chart."""
    drawn = {"pages": _pages, "search": _search, "diff": _diff, "matching": _matching}
    return {f"peers-{part}.svg": draw(result[part]) for part, draw in drawn.items() if part in result}


def name_of(row: Row) -> str:
    """As it stands beside a bar: the checker, and how it was asked if not as it comes."""
    how = {"filters for each site": ", filters", "html2text": ", html2text"}.get(row.get("how", ""), "")
    return f"{row.get('checker') or row['name']}{how}"


def _pages(part: Row) -> str:
    rows = part["rows"]
    return draw_bars(
        [name_of(row) for row in rows],
        Panel(
            "true changes found", [(row["found"], f"{row['found']} of {part['true']}") for row in rows], part["true"]
        ),
        Panel("told, and false", [(row["false"], f"{row['false']}") for row in rows]),
    )


def _search(part: Row) -> str:
    rows = part["rows"]
    return draw_bars(
        [row["name"] for row in rows],
        Panel("real terms found", [(row["term_recall"], percent(row["term_recall"])) for row in rows], 1),
        Panel("p95, milliseconds", [(row["p95_ms"], f"{row['p95_ms']:.1f}") for row in rows]),
    )


def _diff(part: Row) -> str:
    rows = part["rows"]
    return draw_bars(
        [row["name"] for row in rows],
        Panel("marked for one digit", [(row["share"], percent(row["share"])) for row in rows], 1),
        Panel("same words, marked", [(both(part, row), percent(both(part, row))) for row in rows], 1),
    )


def both(part: Row, row: Row) -> float:
    """Of the articles that only moved, the share that carries a mark; of those renumbered, where none were moved."""
    return float(row["renumbered"] if row["shuffled"] is None else row["shuffled"])


def _matching(part: Row) -> str:
    rows = part["rows"]
    return draw_bars(
        [row["name"] for row in rows],
        Panel("micro-F1", [(row["f1"][0], f"{row['f1'][0]:.2f}") for row in rows], 1),
        Panel("right in first three", [(row["top3"][0], f"{row['top3'][0]:.2f}") for row in rows], 1),
    )


def percent(share: float) -> str:
    return f"{share:.0%}" if share == 0 or share >= 0.095 else f"{share:.1%}"


def draw_bars(names: Sequence[str], *panels: Panel) -> str:
    """A line for each name, the first on top; a column for each panel, its bars to one scale of its own."""
    from lets_plot import (  # fmt: skip
        aes,
        element_rect,
        geom_rect,
        geom_text,
        ggplot,
        scale_fill_identity,
        scale_x_continuous,
        scale_y_continuous,
        theme,
        theme_void,
    )

    left, gap, lines = 0.385, 0.02, len(names)
    wide = (1 - left) / len(panels) - gap
    data: dict[str, list[Any]] = {key: [] for key in ("xmin", "xmax", "ymin", "ymax", "fill")}
    texts: list[tuple[float, float, str, str, str]] = []
    for place, name in enumerate(names):
        y = lines - place
        texts.append((left - 0.015, y, name, INK if name == "Regwatch" else SOFT, "right"))
        for number, panel in enumerate(panels):
            start = left + number * (wide + gap)
            value, said = panel.values[place]
            end = start + wide * 0.58 * value / (panel.most or max(1e-9, *(v for v, _ in panel.values)))
            for key, one in zip(data, (start, max(end, start + 0.003), y - 0.33, y + 0.33,
                                       OURS if name == "Regwatch" else THEIRS), strict=True):  # fmt: skip
                data[key].append(one)
            texts.append((max(end, start + 0.003) + 0.01, y, said, INK, "left"))
    for number, panel in enumerate(panels):
        texts.append((left + number * (wide + gap), lines + 1, panel.title, INK, "left"))
    plot = ggplot() + geom_rect(
        aes(xmin="xmin", xmax="xmax", ymin="ymin", ymax="ymax", fill="fill"), data=data, size=0, tooltips="none"
    )
    for side in ("left", "right"):
        for colour in (INK, SOFT):
            chosen = [text for text in texts if text[3:] == (colour, side)]
            if chosen:
                plot += geom_text(
                    aes("x", "y", label="said"), color=colour, hjust=0 if side == "left" else 1, size=LETTER,
                    data=dict(zip(("x", "y", "said"), map(list, zip(*[text[:3] for text in chosen], strict=True)),
                                  strict=True)),
                )  # fmt: skip
    plot += scale_fill_identity() + scale_x_continuous(limits=[0, 1], expand=[0, 0])
    plot += scale_y_continuous(limits=[0.4, lines + 1.5], expand=[0, 0])
    plot += theme_void() + theme(plot_background=element_rect(fill="white", color="white"), legend_position="none")
    return as_svg(plot, WIDTH, BAR * (lines + 1) + 16)


def written(svgs: Mapping[str, str], folder: Path) -> Iterable[Path]:
    for name, svg in svgs.items():
        (folder / name).write_text(svg, "utf-8")
        yield folder / name
