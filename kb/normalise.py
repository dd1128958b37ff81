"""One folding of Chinese text, for digests, title keys and comparing: what it removes is never a change of the law.

Folds width and compatibility forms (NFKC), the radicals that PDF fonts leave behind (⻛ for 风), bracket styles, all
blanks, control characters and what nobody sees. Keeps every character that can carry meaning, digits and punctuation
included: a mark beside a number (①0万, 10²) stays a mark, for it would make another number.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# CJK Radicals Supplement has no compatibility decomposition; these are the ones that fonts of Chinese PDFs emit.
_RADICALS = str.maketrans(
    "⺠⺟⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺎⺝⻍",
    "民母虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟兀月辶",
)
_HAS_RADICAL = re.compile("[\u2e80-\u2eff]")  # str.translate is slow, and next to no text has any
_KANGXI = re.compile("[\u2f00-\u2fdf]+")
_BRACKETS = str.maketrans("﹝﹞［］【】[]", "〔〕〔〕〔〕〔〕")
_HAS_BRACKET = re.compile(r"[﹝﹞［］【】\[\]]")
# Controls, and what Unicode says is never drawn: zero widths, marks of direction, selectors of variants, fillers, tags.
_NEVER_DRAWN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_NEVER_DRAWN}]+")
_BLANKS = re.compile(r"[\s\u2800]+")
_NOTHING = re.compile(rf"[\s\u2800{_NEVER_DRAWN}]+")
# Raised, lowered and ringed numbers, 1. and 1月 in one character.
_MARKS = "²³¹¼-¾⁰⁴-⁹₀-₉⅐-⅟↉①-⑳⒈-⒛⓪㉑-㉟㊀-㊉㊱-㋋㍘-㍰㏠-㏾\U0001f100-\U0001f10a"
_HAS_MARK = re.compile(f"[{_MARKS}]")
_BESIDE_A_NUMBER = re.compile(
    rf"((?<=[\d零〇一二两三四五六七八九十百千万亿{_MARKS}])[{_MARKS}]|[{_MARKS}](?=[\d十百千万亿{_MARKS}]))"
)

_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def fit_for_xml(text: str) -> str:
    """Without what XML 1.0, and so DOCX, XLSX, Atom and Akoma Ntoso, cannot hold: one control character in a title
    would make the whole file unreadable."""
    return _NOT_XML.sub("", text)


def plain_glyphs(text: str) -> str:
    """What a reader sees (NFC): radicals and compatibility ideographs become the usual characters (⽹ → 网);
    full-width punctuation and all else stay."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", _without_radicals(text))
    return _KANGXI.sub(lambda radicals: unicodedata.normalize("NFKC", radicals[0]), text)


def fold_glyphs(text: str) -> str:
    """Width, compatibility and radical forms to the usual characters; blanks and length-preserving marks stay."""
    if text.isascii():
        return text
    text = _without_radicals(text)
    parts = _BESIDE_A_NUMBER.split(text) if _HAS_MARK.search(text) else [text]
    return "".join(part if at % 2 else unicodedata.normalize("NFKC", part) for at, part in enumerate(parts))


def fold_each(text: str) -> list[str]:
    """What each character folds to where it stands."""
    kept = {found.start() for found in _BESIDE_A_NUMBER.finditer(text)} if _HAS_MARK.search(text) else ()
    return [char if at in kept else _fold_one(char) for at, char in enumerate(text)]


@lru_cache(maxsize=1 << 15)
def _fold_one(char: str) -> str:
    return "\ufffd" if "\ud800" <= char <= "\udfff" else fold(char)  # half a character: no word list knows it


def drop_unseen(text: str) -> str:
    """Without the characters that nobody sees: they part a number for a machine, and turn words for a person."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def _without_radicals(text: str) -> str:
    return text.translate(_RADICALS) if _HAS_RADICAL.search(text) else text


def fold(text: str) -> str:
    """The form in which two texts are equal when the law they state is written the same."""
    text = _NOTHING.sub("", fold_glyphs(text))
    return text.translate(_BRACKETS) if _HAS_BRACKET.search(text) else text


def squeeze(text: str) -> str:
    """One line for people: runs of blanks become one blank, and none stands between two Chinese characters."""
    text = _BLANKS.sub(" ", drop_unseen(text)).strip()
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)
