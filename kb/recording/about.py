"""What a rule in force, or single articles of it, are about: whom it concerns when something is done to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlite_utils import Database

from kb.comparing.chosen import load_version
from kb.lineage.titles import is_decision
from kb.rows import rows
from kb.vocabulary import Target, targets_of_text, types_of_item

ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十])?")


def articles_in(words: str) -> list[str]:
    """The numbers of the articles that words name."""
    return ARTICLE.findall(words)


def targets_in_force(db: Database, work: str, articles: Collection[str] | None = None) -> tuple[Target, ...]:
    """All that the newest adopted text of a work is about, or these articles of it."""
    texts = [row["text"] for row in rows(db, _ADOPTED_TEXTS, [work]) if not is_decision(row["title"])]
    units = (
        [row for row in rows(db, _UNITS, texts[:1]) if articles is None or row["number"] in articles] if texts else []
    )
    return targets_of_texts(row["words"] for row in units)


def targets_of_whole(db: Database, text: str) -> tuple[Target, ...]:
    """All that one text is about, its data items, too."""
    side = load_version(db, text)
    of_items = {target.id: target for item in side.items for target in types_of_item(item)}
    of_units = {target.id: target for target in targets_of_texts(unit["words"] for unit in rows(db, _UNITS, [text]))}
    return tuple((of_items | of_units).values())


def targets_of_texts(texts: Iterable[str]) -> tuple[Target, ...]:
    """All that several texts are about, each once."""
    return tuple({target.id: target for words in texts for target in targets_of_text(words)}.values())


_ADOPTED_TEXTS = """
select text, title from version where work = ? and stage in ('final', 'amended') and text is not null
order by coalesce(published, signed, '') desc
"""
_UNITS = """
select number, coalesce(heading, '') || ' ' || coalesce(body, '') as words
from provision where text = ? order by ordinal
"""
