"""Print one thing of the knowledge base for people: its facts, then what stands under it."""

from __future__ import annotations

from typing import Any

from kb.terminal import echo, in_words


def print_thing(thing: dict[str, Any]) -> None:
    """Simple values as ``name  value``; lists of rows as one line each."""
    for name, value in thing.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            echo(f"{name}:")
            for row in value:
                echo(f"    {_line(row)}")
        elif isinstance(value, dict):
            echo(f"{name}:")
            for key, inner in value.items():
                if inner not in (None, "", [], {}):
                    echo(f"    {key}  {inner}")
        else:
            echo(f"{name:14}  {in_words(value)}")


def _line(row: dict[str, Any]) -> str:
    if "claims" in row:
        return f"{row['fact']}: " + "; ".join(f"{claim['value']} ({claim['source']})" for claim in row["claims"])
    if "scope" in row:
        return f"{row['date'] or 'day not known'}  {row['scope']}  ({row['source']})"
    if "fact" in row:
        return f"{row['fact']}  {row['value']}  ({row['certainty']}: {row['source']})"
    if "term" in row:
        return f"{row['term']}  {row['relation']}  {row['name']}  [{row['list']}]"
    if "add" in row:
        return f"{row['id']}  {row['title']}  not read: {row['add']}"
    names = (
        "id",
        "number",
        "name",
        "title",
        "heading",
        "body",
        "stage",
        "status",
        "detail",
        "url",
        "published",
        "in_force",
    )
    return "  ".join(" ".join(str(row[name]).split())[:80] for name in names if row.get(name))
