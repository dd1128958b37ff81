"""One folding of Chinese text, for digests, title keys and comparing: what it removes is never a change of the law.

Folds width and compatibility forms (NFKC), the radicals that PDF fonts leave behind (⻛ for 风), bracket styles, all
blanks and control characters. Keeps every character that can carry meaning, digits and punctuation included.
"""

from __future__ import annotations

import re
import unicodedata

# CJK Radicals Supplement has no compatibility decomposition; these are the ones that fonts of Chinese PDFs emit.
_RADICALS = str.maketrans(
    "⺠⺟⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺎⺝⻍",
    "民母虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟兀月辶",
)
_HAS_RADICAL = re.compile("[\u2e80-\u2eff]")  # str.translate is slow, and next to no text has any
_KANGXI = re.compile("[\u2f00-\u2fdf]+")
_BRACKETS = str.maketrans("﹝﹞［］【】[]", "〔〕〔〕〔〕〔〕")
_HAS_BRACKET = re.compile(r"[﹝﹞［］【】\[\]]")
_BLANKS = re.compile(r"[\s\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad\u3000]+")

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
    return text if text.isascii() else unicodedata.normalize("NFKC", _without_radicals(text))


def _without_radicals(text: str) -> str:
    return text.translate(_RADICALS) if _HAS_RADICAL.search(text) else text


def fold(text: str) -> str:
    """The form in which two texts are equal when the law they state is written the same."""
    text = _BLANKS.sub("", fold_glyphs(text))
    return text.translate(_BRACKETS) if _HAS_BRACKET.search(text) else text


def squeeze(text: str) -> str:
    """One line for people: runs of blanks become one blank, and none stands between two Chinese characters."""
    text = _BLANKS.sub(" ", text).strip()
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)
